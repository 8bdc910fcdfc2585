"""What the codings of all models share: the padded grid of cells, the stages over it, and the picture at the end."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.detail import DetailLayer
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.codec.common.kept import KeptPixels
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER, HYPER_CELL_PX
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.common.staged import Blocks, CodingStage, Staged
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder
from qmap_studio.codec.common.tiling import Tile
from qmap_studio.core.bounds import Bounds
from qmap_studio.core.cells import CELL_PX, MAX_LEVEL, cells_of
from qmap_studio.core.rect import Rect
from qmap_studio.core.threads import spread

TRANSFORM_REACH = 2
"""Blocks: so far the transforms of every model see."""


class Coding(ABC):
    """One picture while it is encoded or decoded, or kept encoded while its map changes.

    The grid is padded to whole hyper cells of 64 px. Networks run over tiles with a halo, which gives the numbers of
    the whole. The first stage decides which pixels are kept apart, the last is the synthesis.

    Args:
        source: what is encoded; None to decode.
        tile_cells: the largest side of a tile.
        least_hypers: hyper cells that the grid has at least on each side.

    Attributes:
        rows, columns: of the padded grid, in latent cells.
        inside_rows, inside_columns: of the cells that the picture touches.
        is_grey: the reconstruction's three channels are to be equal.
        reconstruction: uint8 (H, W, 3), valid where the last stage is done.
    """

    symbols: Tensor

    def __init__(
        self,
        device: torch.device,
        height: int,
        width: int,
        cells: MapCells,
        source: Source | None,
        tile_cells: int,
        least_hypers: int = 1,
    ) -> None:
        self._device, self._whole = device, Rect.whole(height, width)
        self.is_grey = source is not None and source.is_grey
        self.kept = None if source is None else KeptPixels(source.pixels, cells.values, source.bounds)
        self.inside_rows, self.inside_columns = cells.steps.shape
        hypers = max(-(-height // HYPER_CELL_PX), least_hypers), max(-(-width // HYPER_CELL_PX), least_hypers)
        self.details = DetailLayer(self.inside_rows, self.inside_columns)
        self.rows, self.columns = (count * CELLS_PER_HYPER for count in hypers)
        stages = CodingStage(self._prepare, TRANSFORM_REACH), *self._stages()
        self.staged = Staged(*hypers, stages, tile_cells // CELLS_PER_HYPER)
        # Memory of a large picture is only taken as parts of it are written.
        self.reconstruction: NDArray[np.uint8] = np.empty((height, width, 3), np.uint8)
        self._take_map(cells)

    @abstractmethod
    def _stages(self) -> tuple[CodingStage, ...]:
        """The steps from the picture, as the networks see it, to its reconstruction."""

    @abstractmethod
    def write(self, encoder: SymbolEncoder) -> None:
        """Codes the symbols, once all of them are there."""

    @abstractmethod
    def decode(self, decoder: SymbolDecoder, checkpoint: ProgressCallback | None) -> None:
        """Fills symbols, latents, bits and the reconstruction from a stream."""

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
        kept = 0.0 if self.kept is None else self.kept.cell_bits().max()
        return int(kept > 0) + int(self.details.cell_bits().max() > 0)

    def cell_bits(self) -> NDArray[np.float32]:
        """Bits of every cell of the picture, all layers together but without the map's, where nothing is stale."""
        bits = self._learned_bits()
        return bits if self.kept is None else bits + self.kept.cell_bits() + self.details.cell_bits()

    def cell_bits_with(self, cells: MapCells, *layers: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bits of every cell, those of further layers added, and those of the map shared among all."""
        bits = sum(layers, self.cell_bits())
        return bits + np.float32(8.0 * len(cells.stream) / bits.size)

    def change_map(self, cells: MapCells, bounds: Bounds | None) -> None:
        """Goes on with another map and other bounds: what they change is out of date from now on."""
        assert self.kept is not None, "a coding that decodes keeps its map"
        before = self._map
        self._take_map(cells)
        changed = self._map[0, 0] != before[0, 0]
        changed[: self.inside_rows, : self.inside_columns] |= torch.from_numpy(self.kept.change(cells.values, bounds))
        self.staged.outdate(by_block(changed))

    def _take_map(self, cells: MapCells) -> None:
        padding = ((0, self.rows - self.inside_rows), (0, self.columns - self.inside_columns))
        self._map = torch.from_numpy(np.pad(cells.values, padding, mode="edge"))[None, None]

    def _prepare(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """The first stage. What it changes later is told by `change_map`."""
        assert self.kept is not None
        self.kept.prepare(self._inside_px(tile))
        return tile_blocks(tile, changed=False)

    @torch.inference_mode()
    def _reconstruct(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """The last stage."""
        x_hat = self._synthesise(tile)[0].mul_(255.0).nan_to_num_(0.0).round_().clamp_(0.0, 255.0)
        part = self.reconstruction[tile.scaled_inner(CELL_PX)]
        pixels = x_hat.to(torch.uint8).permute(1, 2, 0).cpu().numpy()[: part.shape[0], : part.shape[1]]
        pixels = to_grey(pixels) if self.is_grey else np.ascontiguousarray(pixels)
        rect = self._inside_px(tile)
        if self.kept is not None and not rect.empty:
            self._mend(pixels, rect, blocks, self.kept)
        if blocks is None:
            part[...] = pixels
        else:
            meant = blocks.repeat(HYPER_CELL_PX, axis=0).repeat(HYPER_CELL_PX, axis=1)[: part.shape[0], : part.shape[1]]
            np.copyto(part, pixels, where=meant[..., None])
        return tile_blocks(tile, changed=True)

    def _mend(self, pixels: NDArray[np.uint8], rect: Rect, blocks: Blocks | None, kept: KeptPixels) -> None:
        """Puts what is kept, and the details of the rest, into a part of the picture as it was synthesised."""
        kept.put_into(pixels, rect)
        cells = cells_of(rect)
        meant = None if blocks is None else of_cells(blocks).numpy()[: cells.height, : cells.width]
        levels = self._map[0, 0].numpy()[cells.slices].astype(np.uint16)
        self.details.mend(kept.as_kept(rect), pixels, levels, cells, meant)
        kept.put_into(pixels, rect)
        kept.write(rect)

    def _inside_px(self, tile: Tile) -> Rect:
        """The inner tile's pixels that lie in the picture."""
        rows, columns = tile.scaled_inner(CELL_PX)
        whole = Rect(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
        return whole.intersected(self._whole)

    def _everywhere(self, do: Callable[[Tile], object], reach: int, tick: Callable[[], None]) -> None:
        for _ in spread(do, self.staged.all_tiles(reach)):
            tick()

    def _quality(self, tile: Tile) -> Tensor:
        """The outer tile's cells of the map, float32 (1, 1, rows, columns) in [0, 1]."""
        return self._map[..., *tile.outer].to(self._device) / MAX_LEVEL

    def _pixels(self, tile: Tile) -> Tensor:
        """The outer tile of the padded picture, float32 (1, 3, h, w) in [0, 1]."""
        assert self.kept is not None, "a coding that decodes has no picture"
        rows, columns = tile.scaled_outer(CELL_PX)
        part = self.kept.seen[rows, columns]
        padding = ((0, rows.stop - rows.start - part.shape[0]), (0, columns.stop - columns.start - part.shape[1]))
        part = np.pad(part, (*padding, (0, 0)), mode="edge") if max(padding)[1] else part
        return torch.tensor(part).to(self._device).permute(2, 0, 1)[None].float().div_(255.0)


def to_grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Three equal channels: the mean, which for an orthonormal colour space is the decoded luma."""
    mean = (pixels.sum(axis=2, dtype=np.uint16) + 1) // 3
    return np.repeat(mean.astype(np.uint8)[..., None], 3, axis=2)


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


def ticker(checkpoint: ProgressCallback | None, total: int) -> Callable[[], None]:
    """To be called `total` times: tells the fraction done."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if checkpoint is not None:
            checkpoint(min(done / total, 1.0))

    return tick
