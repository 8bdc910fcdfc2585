"""A picture and its quality map to a file's bytes."""

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec import Codec, Encoding, ProgressCallback, encode_to_size
from qmap_studio.core.picture import Picture


def encode(
    codec: Codec,
    picture: Picture,
    quality_map: NDArray[np.float32],
    target_bytes: int | None = None,
    *,
    known_bytes: int | None = None,
    checkpoint: ProgressCallback | None = None,
) -> Encoding:
    """The picture's file.

    Args:
        quality_map: float32 (H, W) in [0, 1].
        target_bytes: moves the whole map until the file has at most so many bytes and at least 99 % of them.
        known_bytes: about the size of the file with the map as it is, which shortens that search.
    Raises:
        QualityMapError: the map is not of the picture's size, or holds values outside [0, 1].
        TargetSizeError: no shift of the map gives a file of that size.
    """
    if target_bytes is None:
        return codec.encode(picture, quality_map, checkpoint=checkpoint)
    known = (0, known_bytes) if known_bytes else None
    return encode_to_size(codec, picture, quality_map, target_bytes, known=known, checkpoint=checkpoint)


def uniform_map(picture: Picture, quality: float) -> NDArray[np.float32]:
    """float32 (H, W), read-only: one quality everywhere in a picture."""
    return np.broadcast_to(np.float32(quality), (picture.height, picture.width))
