"""What the encoders of all models share: the stages over a picture's blocks, its layers, and its reconstruction."""

from abc import ABC, abstractmethod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.detail import DetailLayer
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.codec.common.kept import KeptPixels
from qmap_studio.codec.common.latent_decoder import TRANSFORM_REACH, rounded
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER, HYPER_CELL_PX
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.common.staged import CodingStage, Staged
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder
from qmap_studio.codec.common.tiling import Blocks, Tile
from qmap_studio.core.bounds import Bounds
from qmap_studio.core.cells import CELL_PX, cells_of
from qmap_studio.core.rect import Rect


class Coding(ABC):
    """One picture while it is encoded, or kept encoded while its map changes.

    The first stage decides which pixels are kept apart, the last is the synthesis.

    Attributes:
        grid: of its cells.
        symbols: int16, of the latents.
        reconstruction: uint8 (H, W, 3), valid where the last stage is done.
    """

    symbols: Tensor

    def __init__(self, grid: CellGrid, cells: MapCells, source: Source) -> None:
        self.grid, self._source = grid, source
        self.kept = KeptPixels(source.pixels, cells.values, source.bounds)
        self.details = DetailLayer(grid.inside_rows, grid.inside_columns)
        stages = CodingStage(self._prepare, TRANSFORM_REACH), *self._stages()
        self.staged = Staged(*grid.hypers, stages, grid.tile_blocks)
        # Memory of a large picture is only taken as parts of it are written.
        self.reconstruction: NDArray[np.uint8] = np.empty(source.pixels.shape, np.uint8)

    @abstractmethod
    def _stages(self) -> tuple[CodingStage, ...]:
        """The steps from the picture, as the networks see it, to its reconstruction."""

    @abstractmethod
    def write(self, encoder: SymbolEncoder) -> None:
        """Codes the symbols, once all of them are there."""

    @abstractmethod
    def _learned_bits(self) -> NDArray[np.float32]:
        """Bits of every cell of the picture, where its symbols are there; hyper latents shared among their cells."""

    @abstractmethod
    def _synthesise(self, tile: Tile) -> Tensor:
        """The inner tile's picture, (1, 3, h, w), 0 to 1 but not clamped."""

    def encode(self, checkpoint: ProgressCallback | None) -> None:
        """Brings everything up to date."""
        self.staged.bring_up_to_date(None, checkpoint)

    @property
    def learned_bits(self) -> float:
        """Bits of the latents."""
        return float(self._learned_bits().sum(dtype=np.float64))

    @property
    def layers(self) -> int:
        """How many there are besides the latents by now."""
        return int(self.kept.cell_bits().max() > 0) + int(self.details.cell_bits().max() > 0)

    def cell_bits(self) -> NDArray[np.float32]:
        """Bits of every cell of the picture, all layers together but without the map's, where nothing is stale."""
        return self._learned_bits() + self.kept.cell_bits() + self.details.cell_bits()

    def change_map(self, cells: MapCells, bounds: Bounds | None) -> None:
        """Goes on with another map and other bounds: what they change is out of date from now on."""
        before = self.grid.map
        self.grid.take_map(cells)
        changed = self.grid.map[0, 0] != before[0, 0]
        inside = changed[: self.grid.inside_rows, : self.grid.inside_columns]
        inside |= torch.from_numpy(self.kept.change(cells.values, bounds))
        self.staged.outdate(by_block(changed))

    def _prepare(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """The first stage. What it changes later is told by `change_map`."""
        self.kept.prepare(self.grid.inside_px(tile))
        return tile_blocks(tile, changed=False)

    @torch.inference_mode()
    def _reconstruct(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """The last stage."""
        part = self.reconstruction[tile.scaled_inner(CELL_PX)]
        pixels = rounded(self._synthesise(tile), *part.shape[:2], is_grey=self._source.is_grey)
        rect = self.grid.inside_px(tile)
        if not rect.empty:
            self._mend(pixels, rect, blocks)
        if blocks is None:
            part[...] = pixels
        else:
            meant = blocks.repeat(HYPER_CELL_PX, axis=0).repeat(HYPER_CELL_PX, axis=1)[: part.shape[0], : part.shape[1]]
            np.copyto(part, pixels, where=meant[..., None])
        return tile_blocks(tile, changed=True)

    def _mend(self, pixels: NDArray[np.uint8], rect: Rect, blocks: Blocks | None) -> None:
        """Puts what is kept, and the details of the rest, into a part of the picture as it was synthesised."""
        self.kept.put_into(pixels, rect)
        cells = cells_of(rect)
        meant = None if blocks is None else of_cells(blocks).numpy()[: cells.height, : cells.width]
        levels = self.grid.map[0, 0].numpy()[cells.slices].astype(np.uint16)
        self.details.mend(self.kept.as_kept(rect), pixels, levels, cells, meant)
        self.kept.put_into(pixels, rect)
        self.kept.write(rect)

    def _pixels(self, tile: Tile) -> Tensor:
        """The outer tile of the padded picture, float32 (1, 3, h, w) in [0, 1]."""
        rows, columns = tile.scaled_outer(CELL_PX)
        part = self.kept.seen[rows, columns]
        padding = ((0, rows.stop - rows.start - part.shape[0]), (0, columns.stop - columns.start - part.shape[1]))
        part = np.pad(part, (*padding, (0, 0)), mode="edge") if max(padding)[1] else part
        return torch.tensor(part).to(self.grid.device).permute(2, 0, 1)[None].float().div_(255.0)


def tile_blocks(tile: Tile, *, changed: bool) -> Blocks:
    """All blocks of a tile, as changed or not."""
    rows, columns = tile.blocks
    return np.full((rows.stop - rows.start, columns.stop - columns.start), changed)


def by_block(cells: Tensor) -> Blocks:
    """Blocks of which any cell is True, from bool (rows, columns)."""
    side, (rows, columns) = CELLS_PER_HYPER, cells.shape
    found: Blocks = cells.view(rows // side, side, columns // side, side).any(dim=3).any(dim=1).numpy()
    return found


def of_cells(blocks: Blocks) -> Tensor:
    """What holds for a block, for each of its cells: (rows, columns)."""
    return torch.from_numpy(blocks.repeat(CELLS_PER_HYPER, axis=0).repeat(CELLS_PER_HYPER, axis=1))


def write_cells(target: Tensor, new: Tensor, blocks: Blocks | None) -> None:
    """Writes planes (rows, columns, any) for the given blocks, all without."""
    target.copy_(new if blocks is None else torch.where(of_cells(blocks)[..., None], new, target))


def write_blocks(target: Tensor, new: Tensor, blocks: Blocks | None) -> None:
    """Writes planes (block rows, block columns, any) for the given blocks, all without."""
    target.copy_(new if blocks is None else torch.where(torch.from_numpy(blocks)[..., None], new, target))
