"""The grid of a picture's cells, padded to whole blocks of 64 px, and the map on it."""

import numpy as np
import torch
from torch import Tensor

from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER, HYPER_CELL_PX
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.tiling import Tile, tiles_over
from qmap_studio.core.cells import CELL_PX, MAX_LEVEL
from qmap_studio.core.rect import Rect


class CellGrid:
    """The cells of a picture, on whose grid networks run tile by tile, on a device.

    Args:
        tile_cells: the largest side of a tile.
        least_hypers: blocks that the grid has at least on each side.

    Attributes:
        rows, columns: of the padded grid, in cells.
        inside_rows, inside_columns: of the cells that the picture touches.
        hypers: rows and columns in blocks.
        map: float32 (1, 1, rows, columns), 16-bit qualities; cells beyond the picture have the nearest one's.
    """

    map: Tensor

    def __init__(
        self, device: torch.device, height: int, width: int, cells: MapCells, tile_cells: int, least_hypers: int = 1
    ) -> None:
        self.device, self._whole = device, Rect.whole(height, width)
        self.inside_rows, self.inside_columns = cells.steps.shape
        self.hypers = max(-(-height // HYPER_CELL_PX), least_hypers), max(-(-width // HYPER_CELL_PX), least_hypers)
        self.rows, self.columns = (count * CELLS_PER_HYPER for count in self.hypers)
        self.tile_blocks = tile_cells // CELLS_PER_HYPER
        self.take_map(cells)

    def take_map(self, cells: MapCells) -> None:
        padding = ((0, self.rows - self.inside_rows), (0, self.columns - self.inside_columns))
        self.map = torch.from_numpy(np.pad(cells.values, padding, mode="edge"))[None, None]

    def quality(self, tile: Tile) -> Tensor:
        """The outer tile's cells of the map, float32 (1, 1, rows, columns) in [0, 1]."""
        return self.map[..., *tile.outer].to(self.device) / MAX_LEVEL

    def inside_px(self, tile: Tile) -> Rect:
        """The inner tile's pixels that lie in the picture."""
        rows, columns = tile.scaled_inner(CELL_PX)
        whole = Rect(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
        return whole.intersected(self._whole)

    def all_tiles(self, reach: int) -> list[Tile]:
        """Tiles that cover everything, with a halo of so many blocks."""
        return [tile for tile, _ in tiles_over(np.ones(self.hypers, bool), self.tile_blocks, reach)]
