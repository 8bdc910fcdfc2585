"""The models that there are, by id."""

from qmap_studio.codec.interface import Codec


def load_codec(model_id: str = "live", device: str = "auto") -> Codec:
    """Loads a model's weights.

    Args:
        device: "cpu", "cuda", "mps", or "auto" for the best one there is.
    Raises:
        WeightsError: no such model, or its weights are missing or damaged.
        ComputeError: there is no such device.
    """
    from qmap_studio.codec.live_codec import LiveCodec

    return LiveCodec.load(model_id, device)
