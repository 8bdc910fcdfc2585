"""Error bounds as files: a mask of what is bounded, grey PNG, TIFF or BMP, or NPY.

What is written holds 255 - E where the error may be E levels at most, and 0 where nothing is promised. So whoever takes
it for a mask sees what is bounded in white.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from qmap_studio.core.bounds import LARGEST_BOUND, UNBOUNDED, WITHOUT_LOSS, Bounds
from qmap_studio.document.blend import HALF
from qmap_studio.document.map_files import check_map_name, read_quality_map

_WHITE = 255
_LEVELS_OF_GREY = 257  # the step from one of 256 greys to the next, in levels of 16 bits


def read_bounds(path: Path | str, height: int, width: int, bound: int | None = None) -> Bounds:
    """Reads bounds for a picture of this size from a file that `read_quality_map` would take.

    Args:
        bound: of the pixels that are above half; without one it is that of a file of `bounds_file`, and any other
            mask is without loss inside.
    Returns:
        uint8 (height, width).
    Raises:
        QualityMapShapeError: it is a mask of another size.
        QualityMapError: it cannot be read, or is no mask.
    """
    levels = read_quality_map(path, height, width).values
    inside = levels >= HALF
    if bound is None:
        written = _bounds_written(levels)
        if written is not None:
            return written
        bound = WITHOUT_LOSS
    return np.where(inside, np.uint8(bound), np.uint8(UNBOUNDED))


def bounds_file(path: Path, bounds: Bounds) -> bytes:
    """The file of bounds, uint8 (H, W), in the format of a path's suffix; all give them back exactly.

    Raises:
        QualityMapError: the suffix is none of .png, .tif, .tiff and .npy.
    """
    check_map_name(path, is_exact=True)
    # Nothing promised is the largest number in memory, and black in the file.
    mask = np.uint8(_WHITE) - bounds
    content = BytesIO()
    match path.suffix.lower():
        case ".npy":
            np.save(content, mask, allow_pickle=False)
        case ".png":
            Image.fromarray(mask).save(content, "PNG", compress_level=4)
        case _:
            Image.fromarray(mask).save(content, "TIFF", compression="tiff_adobe_deflate")
    return content.getvalue()


def _bounds_written(levels: NDArray[np.uint16]) -> Bounds | None:
    """The bounds of a file of them; None if it is another mask."""
    grey, rest = np.divmod(levels, np.uint16(_LEVELS_OF_GREY))
    if rest.any() or not ((grey == 0) | (grey >= _WHITE - LARGEST_BOUND)).all():
        return None
    bounds: Bounds = (_WHITE - grey).astype(np.uint8)
    return bounds
