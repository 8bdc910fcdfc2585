"""A picture and its quality map to a file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec import SIZE_TOLERANCE, Codec, Encoding, ProgressCallback, encode_to_size
from qmap_studio.core.bounds import Bounds
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture
from qmap_studio.core.sizes import size_text
from qmap_studio.recipes.sfc_files import write_sfc


def encode_picture(
    codec: Codec,
    picture: Picture,
    quality_map: NDArray[np.float32],
    path: Path,
    target_bytes: int | None = None,
    *,
    bounds: Bounds | None = None,
    thorough: bool = False,
    checkpoint: ProgressCallback | None = None,
) -> Encoding:
    """Picture in, file out: codes a picture with its map and writes the `.sfc` file; gives what it holds.

    Args:
        quality_map: float32 (H, W) in [0, 1].
        path: of the file, written whole or not at all.
        target_bytes, bounds, thorough: as `encode` takes them.
    Raises:
        QualityMapError: the map is not of the picture's size, or holds values outside [0, 1].
        TargetSizeError: the smallest file is larger.
        FileAccessError: the file cannot be written.
    """
    encoding = encode(
        codec, picture, quality_map, target_bytes, bounds=bounds, thorough=thorough, checkpoint=checkpoint
    )
    write_sfc(path, picture, encoding)
    return encoding


def encode(
    codec: Codec,
    picture: Picture,
    quality_map: NDArray[np.float32],
    target_bytes: int | None = None,
    *,
    bounds: Bounds | None = None,
    known_bytes: int | None = None,
    thorough: bool = False,
    checkpoint: ProgressCallback | None = None,
) -> Encoding:
    """The picture's file, not written yet.

    Args:
        quality_map: float32 (H, W) in [0, 1].
        target_bytes: moves the whole map until the file has at most so many bytes and at least 99 % of them; where
            there is none, the largest file below is taken (`size_notice` says so).
        bounds: uint8 (H, W), the largest error of each pixel; None where no pixel has such a bound.
        known_bytes: about the size of the file with the map as it is, which shortens that search.
        thorough: as `Codec.encode` takes it.
    Raises:
        QualityMapError: the map is not of the picture's size, or holds values outside [0, 1].
        TargetSizeError: the smallest file is larger.
    """
    if target_bytes is None:
        return codec.encode(picture, quality_map, bounds=bounds, thorough=thorough, checkpoint=checkpoint)
    known = (0, known_bytes) if known_bytes else None
    return encode_to_size(
        codec,
        picture,
        quality_map,
        target_bytes,
        bounds=bounds,
        known=known,
        thorough=thorough,
        checkpoint=checkpoint,
    )


def size_notice(encoding: Encoding, target_bytes: int | None) -> str | None:
    """What a person should know about a file that is smaller than it could have been, in a sentence."""
    if target_bytes is None or encoding.size_bytes >= (1.0 - SIZE_TOLERANCE) * target_bytes:
        return None
    if encoding.quality_cells.min() >= 1.0:
        text = tr("The largest file of this picture has {size}; the limit was {target}.")
    else:
        text = tr("No file with this map is nearer to {target} than the one of {size}.")
    return text.format(size=size_text(encoding.size_bytes), target=size_text(target_bytes))


def uniform_map(picture: Picture, quality: float) -> NDArray[np.float32]:
    """float32 (H, W), read-only: one quality everywhere in a picture."""
    return np.broadcast_to(np.float32(quality), (picture.height, picture.width))
