"""The models that there are, by id."""

from qmap_studio.codec.installed import installed_weights
from qmap_studio.codec.interface import Codec
from qmap_studio.core.errors import WeightsError

DEFAULT_MODEL = "live"


def load_codec(model_id: str = DEFAULT_MODEL, device: str = "auto") -> Codec:
    """Loads a model's weights.

    Args:
        device: "cpu", "cuda", "mps", or "auto" for the best one there is.
    Raises:
        WeightsError: no such model, or its weights are missing or damaged.
        ComputeError: there is no such device.
    """
    # Imported here: networks are slow to import, and most of what imports this package needs none.
    from qmap_studio.codec.song2021.variants import VARIANTS

    if model_id in VARIANTS:
        from qmap_studio.codec.song2021.codec import Song2021Codec

        if model_id not in installed_weights():
            raise WeightsError(f"The weights of the model {model_id} are not installed. {how_to_get(model_id)}")
        return Song2021Codec.load(model_id, device)
    from qmap_studio.codec.live_codec import LiveCodec

    return LiveCodec.load(model_id, device)


def how_to_get(model_id: str) -> str:
    """Sentences that say how a model's weights are got."""
    training = f"python -m qmap_studio.training train --model {model_id} --data FOLDER --run RUN"
    if model_id == "song2021":
        return (
            "Import the authors' checkpoint with `qmap-studio models import 2M_itrs.pt --as song2021`, "
            f"or train them: `{training}`."
        )
    return f"Train them: `{training}`."
