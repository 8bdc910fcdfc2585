"""The learned codec: pictures and quality maps to `.sfc` files and back.

What the rest of the program needs of it; what a family of models shares with the others is in `common`.
"""

from qmap_studio.codec.common.interface import Codec, Coded, Decoding, Encoding, IncrementalEncoder, ProgressCallback
from qmap_studio.codec.common.rate_control import SIZE_TOLERANCE, encode_to_size
from qmap_studio.codec.common.size_curve import uniform_quality
from qmap_studio.codec.models import (
    ModelInfo,
    import_checkpoint,
    importable_models,
    list_models,
    load_codec,
    model_of,
)
from qmap_studio.codec.registry import DEFAULT_MODEL

__all__ = [
    "DEFAULT_MODEL",
    "SIZE_TOLERANCE",
    "Codec",
    "Coded",
    "Decoding",
    "Encoding",
    "IncrementalEncoder",
    "ModelInfo",
    "ProgressCallback",
    "encode_to_size",
    "import_checkpoint",
    "importable_models",
    "list_models",
    "load_codec",
    "model_of",
    "uniform_quality",
]
