"""How the bits of kept pixels are spread over the cells of a picture."""

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.kept.codes import NOT_KEPT, Codes
from qmap_studio.codec.common.kept.graphics import bit_weights
from qmap_studio.codec.common.kept.tiles import TileGrid
from qmap_studio.core.cells import CELL_PX, cells_across, cells_of


class CellBits:
    """Bits of each cell, tile by tile.

    Attributes:
        values: float32 (rows, columns).
    """

    def __init__(self, grid: TileGrid) -> None:
        self._grid = grid
        self.values: NDArray[np.float32] = np.zeros((cells_across(grid.height), cells_across(grid.width)), np.float32)

    def set(self, index: int, pixels: NDArray[np.uint8], codes: Codes, size_bytes: int) -> None:
        """A tile's stream has so many bytes; they are shared by what its kept pixels are like.

        Args:
            pixels: uint8 (H, W, 3), the tile as a file gives it back, with any pixels where nothing is kept.
            codes: uint8 (H, W).
        """
        kept = codes != NOT_KEPT
        weights = bit_weights(pixels * kept[..., None]) * kept
        for axis in (0, 1):
            weights = np.add.reduceat(weights, np.arange(0, weights.shape[axis], CELL_PX), axis=axis)
        self.values[cells_of(self._grid.rect(index)).slices] = weights * (8 * size_bytes / weights.sum())

    def clear(self, index: int) -> None:
        """Nothing is kept in a tile."""
        self.values[cells_of(self._grid.rect(index)).slices] = 0
