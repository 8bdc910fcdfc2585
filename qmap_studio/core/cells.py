"""The cells in which the codec tells qualities apart, and the levels in which qualities are stored."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect

CELL_PX = 16
"""Pixels of a latent cell's side: a file keeps one quality for each."""

BLOCK_PX = 64
"""Pixels of the side of a block, a cell of the hyper latent: pictures are coded and measured anew by blocks."""

CELLS_PER_BLOCK = BLOCK_PX // CELL_PX

MAX_LEVEL = 65535
"""The stored level of quality 1; a quality map holds levels as uint16."""

Values = TypeVar("Values")


def level_of(quality: float) -> int:
    """The stored level of a quality.

    Raises:
        ValueError: the quality is not in [0, 1].

    >>> level_of(0.5)
    32768
    """
    if not 0 <= quality <= 1:
        raise ValueError(f"quality is in 0 to 1, not {quality}")
    return round(quality * MAX_LEVEL)


def levels_of(quality: NDArray[np.floating[Any]]) -> NDArray[np.uint16]:
    """The stored levels of qualities in [0, 1], of the same shape.

    >>> levels_of(np.array([0, 0.5, 1], np.float32))
    array([    0, 32768, 65535], dtype=uint16)
    """
    levels: NDArray[np.uint16] = np.rint(quality * np.float32(MAX_LEVEL)).astype(np.uint16)
    return levels


def qualities_of(levels: NDArray[np.uint16]) -> NDArray[np.float32]:
    """The qualities of stored levels, of the same shape."""
    quality: NDArray[np.float32] = np.multiply(levels, np.float32(1 / MAX_LEVEL), dtype=np.float32)
    return quality


def cells_across(length_px: int) -> int:
    """How many cells lie along so many pixels; the last one may have fewer.

    >>> [cells_across(length_px) for length_px in (1, 16, 17)]
    [1, 1, 2]
    """
    return -(-length_px // CELL_PX)


def cells_of(rect: Rect) -> Rect:
    """The cells under a rectangle of pixels, in cells.

    >>> cells_of(Rect(x=15, y=16, width=2, height=16))
    Rect(x=0, y=1, width=2, height=1)
    """
    left, top = rect.x // CELL_PX, rect.y // CELL_PX
    return Rect(left, top, cells_across(rect.right) - left, cells_across(rect.bottom) - top)


def pixels_of_cells(height: int, width: int) -> NDArray[np.int32]:
    """How many pixels each cell of a picture has, (rows, columns); those at its right and lower edge may have fewer."""
    return np.outer(_sides_of_cells(height), _sides_of_cells(width)).astype(np.int32)


def mean_of_cells(values: NDArray[Any]) -> NDArray[np.float64]:
    """The mean of each cell, (rows, columns), over the pixels that it has.

    Args:
        values: (H, W), floats or unsigned integers of 8 or 16 bits, whose sums are exact.
    """
    height, width = values.shape
    wide = np.float64 if values.dtype.kind == "f" else np.uint32
    # Row by row of cells: at once the whole map would be copied as wider numbers.
    bands = [values[top : top + CELL_PX].sum(axis=0, dtype=wide) for top in range(0, height, CELL_PX)]
    sums = np.add.reduceat(np.stack(bands), np.arange(0, width, CELL_PX), axis=1)
    means: NDArray[np.float64] = sums / np.outer(_sides_of_cells(height), _sides_of_cells(width))
    return means


def at_middles(values: Values) -> Values:
    """The values of an array or a tensor (..., H, W) at the cells' middles, (..., rows, columns)."""
    of_any_kind: Any = values
    first = [min(CELL_PX // 2, side - 1) for side in of_any_kind.shape[-2:]]
    middles: Values = of_any_kind[..., first[0] :: CELL_PX, first[1] :: CELL_PX]
    return middles


def median_of_middles(quality_map: NDArray[Any]) -> float:
    """The most usual quality of a map (H, W): the median at the cells' middles, in the map's own unit.

    A file signals the map as steps from it.
    """
    return float(np.median(at_middles(quality_map)))


def _sides_of_cells(length_px: int) -> NDArray[np.int64]:
    return np.diff(np.arange(0, length_px, CELL_PX), append=length_px)
