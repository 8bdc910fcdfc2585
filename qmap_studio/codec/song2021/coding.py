"""The stages of encoding with a mean-scale hyperprior, tile by tile, and the stream of the symbols."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.coding import Coding, of_cells, tile_blocks
from qmap_studio.codec.common.entropy_tables import LATENT_BOUND
from qmap_studio.codec.common.latent_decoder import TRANSFORM_REACH
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.common.staged import CodingStage
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder
from qmap_studio.codec.common.tiling import Blocks, Tile, divided
from qmap_studio.codec.song2021.decoding import HYPER_BOUND, HyperpriorLatents, channel_groups
from qmap_studio.codec.song2021.model import Song2021Model
from qmap_studio.core.cells import CELL_PX


class HyperpriorCoding(Coding):
    """See `Coding`. The network sees the map as it is signalled: each cell's quality for all its pixels.

    Attributes:
        latents: as the decoder will know them.
    """

    def __init__(self, model: Song2021Model, grid: CellGrid, cells: MapCells, source: Source) -> None:
        super().__init__(grid, cells, source)
        self._model, self.latents = model, HyperpriorLatents(model, grid)
        self.symbols = self.latents.symbols
        self._y = torch.empty(self.latents.y_hat.shape)

    def _stages(self) -> tuple[CodingStage, ...]:
        stages = (self._analyse, self._hyper_analyse, self._code, self._reconstruct)
        return tuple(CodingStage(stage, TRANSFORM_REACH) for stage in stages)

    @torch.inference_mode()
    def write(self, encoder: SymbolEncoder) -> None:
        latents = self.latents
        encoder.encode(latents.hyper_indices.flatten().numpy(), latents.hyper_symbols.flatten().to(torch.int32).numpy())
        for index, part in channel_groups(latents.indices, latents.symbols):
            encoder.encode(index.flatten().numpy(), part.flatten().numpy())

    def _learned_bits(self) -> NDArray[np.float32]:
        return self.latents.cell_bits()

    @torch.inference_mode()
    def _analyse(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """y, (M, rows, columns)."""
        m = F.interpolate(self.grid.quality(tile), scale_factor=CELL_PX)
        part = self._model.network.analyse(self._pixels(tile), m)[0, ..., *tile.crop()].cpu()
        write_planes(self._y[:, *tile.inner], part, blocks)
        return tile_blocks(tile, changed=True)

    @torch.inference_mode()
    def _hyper_analyse(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """The symbols of z, (N, rows / 4, columns / 4)."""
        y, quality = self._y[:, *tile.outer][None].to(self.grid.device), self.grid.quality(tile)
        part = self._model.network.hyper_analyse(y, quality)[0, ..., *divided(tile.crop(), CELLS_PER_HYPER)]
        symbols = part.nan_to_num_(0.0).cpu().sub_(self._model.medians).round_().clamp_(-HYPER_BOUND, HYPER_BOUND)
        before = self.latents.hyper_symbols[:, *tile.blocks]
        changed: Blocks = (symbols != before).any(dim=0).numpy()
        before.copy_(symbols if blocks is None else torch.where(torch.from_numpy(blocks), symbols, before))
        return changed

    @torch.inference_mode()
    def _code(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """Tables, symbols and y_hat."""
        latents = self.latents
        indices, means = latents.predict(tile)
        q = (self._y[:, *tile.inner] - means).nan_to_num_(0.0).round_().clamp_(-LATENT_BOUND, LATENT_BOUND)
        symbols = q.to(torch.int16)
        write_planes(latents.bits[tile.inner][None], latents.bits_of(indices, symbols)[None], blocks)
        for target, new in ((latents.indices, indices), (latents.symbols, symbols), (latents.y_hat, means.add_(q))):
            write_planes(target[:, *tile.inner], new, blocks)
        return tile_blocks(tile, changed=True)

    def _synthesise(self, tile: Tile) -> Tensor:
        return self.latents.synthesise(tile)


def write_planes(target: Tensor, new: Tensor, blocks: Blocks | None) -> None:
    """Writes planes (any, rows, columns) for the given blocks, all without."""
    target.copy_(new if blocks is None else torch.where(of_cells(blocks), new, target))
