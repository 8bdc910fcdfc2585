"""What the codings of all models share: the padded grid of cells, the tiles over it, and the picture at the end."""

from abc import ABC, abstractmethod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.entropy import SymbolDecoder, SymbolEncoder
from qmap_studio.codec.interface import CELL, Checkpoint
from qmap_studio.codec.latent_grid import CELLS_PER_HYPER, HYPER_CELL
from qmap_studio.codec.map_cells import MapCells
from qmap_studio.codec.tiling import Tile, tiles


class Coding(ABC):
    """One picture while it is encoded or decoded.

    The grid is padded to whole hyper cells of 64 px. Networks run over tiles with a halo, which gives the numbers of
    the whole.

    Args:
        stages: how often the tiles are gone through, for the progress.
        least_hypers: hyper cells that the grid has at least on each side.

    Attributes:
        rows, columns: of the padded grid, in latent cells.
        inside_rows, inside_columns: of the cells that the picture touches.
        symbols: what the latents were coded as, once they are.
    """

    symbols: list[Tensor]

    def __init__(
        self,
        device: torch.device,
        height: int,
        width: int,
        cells: MapCells,
        tile_cells: int,
        halo_cells: int,
        stages: int,
        checkpoint: Checkpoint | None,
        least_hypers: int = 1,
    ) -> None:
        self._device, self._height, self._width, self._checkpoint = device, height, width, checkpoint
        self.inside_rows, self.inside_columns = cells.steps.shape
        self.rows = max(-(-height // HYPER_CELL), least_hypers) * CELLS_PER_HYPER
        self.columns = max(-(-width // HYPER_CELL), least_hypers) * CELLS_PER_HYPER
        padding = ((0, self.rows - self.inside_rows), (0, self.columns - self.inside_columns))
        self._map = torch.from_numpy(np.pad(cells.values, padding, mode="edge"))[None, None]
        self._quality_of_cells = self._map.float() / 65535.0
        self._map_bits = 8.0 * len(cells.stream)
        self._tiles = list(tiles(self.rows, self.columns, tile_cells, halo_cells))
        self._done, self._stages = 0, stages * len(self._tiles)

    @abstractmethod
    def encode(self, pixels: NDArray[np.uint8], encoder: SymbolEncoder | None) -> None:
        """Fills symbols, latents and bits from the picture (H, W, 3); without an encoder nothing is coded."""

    @abstractmethod
    def decode(self, decoder: SymbolDecoder) -> None:
        """Fills symbols, latents and bits from a stream."""

    @abstractmethod
    def cell_bits(self) -> NDArray[np.float32]:
        """Bits of every cell of the picture; hyper latents and map shared among the cells they serve."""

    @abstractmethod
    def _synthesise(self, tile: Tile) -> Tensor:
        """The outer tile's picture, (1, 3, h, w), 0 to 1 but not clamped."""

    @torch.inference_mode()
    def reconstruct(self) -> NDArray[np.uint8]:
        """The picture, uint8 (H, W, 3)."""
        picture = np.empty((self._height, self._width, 3), np.uint8)
        for tile in self._tiles:
            x_hat = self._synthesise(tile)[0, :, *tile.crop(CELL)]
            x_hat = x_hat.mul_(255.0).nan_to_num_(0.0).round_().clamp_(0.0, 255.0)
            rows, columns = tile.scaled_inner(CELL)
            part = picture[rows, columns]
            part[...] = x_hat.to(torch.uint8).permute(1, 2, 0).cpu().numpy()[: part.shape[0], : part.shape[1]]
            self._tick()
        return picture

    def _padded(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        padding = ((0, self.rows * CELL - self._height), (0, self.columns * CELL - self._width), (0, 0))
        return np.pad(pixels, padding, mode="edge") if max(padding)[1] else pixels

    def _quality(self, tile: Tile) -> Tensor:
        """The outer tile's cells of the map, float32 (1, 1, rows, columns) in [0, 1]."""
        return self._quality_of_cells[..., *tile.outer].to(self._device)

    def _pixels(self, padded: NDArray[np.uint8], tile: Tile) -> Tensor:
        """The outer tile of a padded picture, float32 (1, 3, h, w) in [0, 1]."""
        part = torch.tensor(padded[tile.scaled_outer(CELL)]).to(self._device)
        return part.permute(2, 0, 1)[None].float().div_(255.0)

    def _tick(self) -> None:
        self._done += 1
        if self._checkpoint is not None:
            self._checkpoint(self._done / self._stages)
