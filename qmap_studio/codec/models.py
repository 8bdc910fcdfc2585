"""The models that there are, by id."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qmap_studio.codec.container import unpack
from qmap_studio.codec.installed import installed_weights
from qmap_studio.codec.interface import Codec
from qmap_studio.core.errors import WeightsError
from qmap_studio.core.files import make_folder
from qmap_studio.core.resources import user_path

if TYPE_CHECKING:
    from qmap_studio.codec.complexity import Complexity

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
    import torch

    from qmap_studio.codec.song2021.variants import VARIANTS

    torch.set_num_threads(1)  # see core.threads
    if model_id in VARIANTS:
        from qmap_studio.codec.song2021.codec import Song2021Codec

        if model_id not in installed_weights():
            raise WeightsError(f"The weights of the model {model_id} are not installed. {how_to_get(model_id)}")
        return Song2021Codec.load(model_id, device)
    from qmap_studio.codec.live_codec import LiveCodec

    return LiveCodec.load(model_id, device)


def model_of(data: bytes) -> str:
    """The id of the model that made a file; BitstreamError where the bytes are no `.sfc` file."""
    return unpack(data).model_id


def how_to_get(model_id: str) -> str:
    """Sentences that say how a model's weights are got."""
    training = (
        f"Train them with `python -m qmap_studio.training train --model {model_id} --data FOLDER --run RUN` "
        "and install them with `python -m qmap_studio.training export --run RUN`."
    )
    if model_id != "song2021":
        return training
    return f"Import the authors' checkpoint with `qmap-studio models import 2M_itrs.pt --as song2021`. Or: {training}"


@dataclass(frozen=True)
class ModelInfo:
    """What there is to know of a model before it is loaded.

    Attributes:
        weights: where they lie, None where they are not installed.
    """

    model_id: str
    about: str
    complexity: "Complexity"
    weights: Path | None


def list_models() -> list[ModelInfo]:
    """The models that the program knows, installed or not.

    Raises:
        WeightsError: an installed file is damaged.
    """
    from qmap_studio.codec.complexity import complexity_of
    from qmap_studio.codec.live import LiveConfig
    from qmap_studio.codec.song2021.network import Song2021Config
    from qmap_studio.codec.song2021.variants import VARIANTS
    from qmap_studio.codec.weights_file import damage_told, read_config

    there = installed_weights()
    models = []
    for model_id in dict.fromkeys((DEFAULT_MODEL, *VARIANTS, *there)):
        weights, variant = there.get(model_id), VARIANTS.get(model_id)
        config: LiveConfig | Song2021Config = variant.config if variant else LiveConfig()
        if weights is not None:
            with damage_told(weights):
                config = type(config)(**read_config(weights))
        about = variant.about if variant else "a transform coder that learned, light enough to follow a brush"
        models.append(ModelInfo(model_id, about, complexity_of(config), weights))
    return models


def import_checkpoint(path: Path) -> Path:
    """Installs the authors' checkpoint of song2021 for this user; returns where.

    Raises:
        WeightsError: the file is no such checkpoint; all that is wrong with it is named.
        FileAccessError: the weights cannot be written.
    """
    import torch

    from qmap_studio.codec.song2021.checkpoint import read_checkpoint
    from qmap_studio.codec.song2021.model import save_model

    model = read_checkpoint(path)
    installed = user_path("models") / "song2021.safetensors"
    make_folder(installed.parent)
    save_model(installed, model, torch.float32)
    return installed
