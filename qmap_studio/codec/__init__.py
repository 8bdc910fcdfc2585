"""The learned codec: pictures and quality maps to `.sfc` files and back."""

from qmap_studio.codec.interface import (
    CELL,
    Checkpoint,
    Codec,
    Coded,
    Decoding,
    Encoding,
    IncrementalEncoder,
    base_quality,
)
from qmap_studio.codec.models import DEFAULT_MODEL, import_checkpoint, list_models, load_codec, model_of
from qmap_studio.codec.rate_control import encode_to_size
from qmap_studio.codec.size_curve import uniform_quality

__all__ = [
    "CELL",
    "DEFAULT_MODEL",
    "Checkpoint",
    "Codec",
    "Coded",
    "Decoding",
    "Encoding",
    "IncrementalEncoder",
    "base_quality",
    "encode_to_size",
    "import_checkpoint",
    "list_models",
    "load_codec",
    "model_of",
    "uniform_quality",
]
