"""What the networks see in place of kept pixels: as smooth as can be, so that it costs next to nothing."""

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.latent_grid import HYPER_CELL_PX
from qmap_studio.core.cells import CELL_PX

USUAL_SHARE = 0.25
"""A colour that so many of a cell's pixels have is its ground."""


def filled(pixels: NDArray[np.uint8], kept: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The pixels with a smooth fill where they are kept.

    Blocks of 64 px that are wholly kept become flat. Elsewhere kept pixels take the colour of their cell's ground,
    or the mean of what is not kept in the cell.

    Args:
        pixels: uint8 (H, W, 3), a part of the picture that begins on the grid of blocks.
        kept: bool (H, W).
    Returns:
        uint8 (H, W, 3), new.
    """
    new = pixels.copy()
    height, width = kept.shape
    for top in range(0, height, HYPER_CELL_PX):
        for left in range(0, width, HYPER_CELL_PX):
            block = np.s_[top : top + HYPER_CELL_PX, left : left + HYPER_CELL_PX]
            if kept[block].all():
                new[block] = np.rint(pixels[block].mean(axis=(0, 1)))
            elif kept[block].any():
                _fill_cells(new[block], pixels[block], kept[block])
    return new


def _fill_cells(new: NDArray[np.uint8], pixels: NDArray[np.uint8], kept: NDArray[np.bool_]) -> None:
    for top in range(0, kept.shape[0], CELL_PX):
        for left in range(0, kept.shape[1], CELL_PX):
            cell = np.s_[top : top + CELL_PX, left : left + CELL_PX]
            inside = kept[cell]
            if inside.any():
                new[cell][inside] = _ground(pixels[cell].reshape(-1, 3), ~inside.ravel())


def _ground(colours: NDArray[np.uint8], seen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The colour to fill a cell with; `colours` (n, 3), `seen` (n,)."""
    if seen.any():
        colours = colours[seen]
    packed = colours.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    found, counts = np.unique(packed, return_counts=True)
    if counts.max() >= USUAL_SHARE * len(packed):
        usual = int(found[counts.argmax()])
        return np.array([usual >> 16, usual >> 8 & 255, usual & 255], np.float64)
    ground: NDArray[np.float64] = np.rint(colours.mean(axis=0))
    return ground
