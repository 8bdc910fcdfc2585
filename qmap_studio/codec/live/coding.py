"""Encoding with `live`: its analysis, in front of the four passes, and the search for better latents."""

import math
from concurrent.futures import CancelledError
from functools import partial

import torch
from torch import Tensor

from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.coding import tile_blocks, write_cells
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.codec.common.latent_decoder import TRANSFORM_REACH
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.passes.coding import PassesCoding
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.common.staged import CodingStage
from qmap_studio.codec.common.tiling import Blocks, Tile, divided
from qmap_studio.codec.live.latent_search import LatentSearch
from qmap_studio.codec.live.model import LiveModel
from qmap_studio.core.threads import watched

SEARCHED_BLOCKS = 8
"""A side of the tiles that are searched: a worker takes 0.3 GB for one in bfloat16, more in float32."""
SEARCH_WORK = 50.0  # of a tile, in those of other stages


class LiveCoding(PassesCoding):
    """See `PassesCoding`."""

    def __init__(self, model: LiveModel, grid: CellGrid, cells: MapCells, source: Source) -> None:
        super().__init__(model, grid, cells, source)
        self._analysed, self._latent_search, self._is_over = self.exact, None, False
        if source.is_thorough:
            self._analysed = torch.empty(self.exact.shape)
            self._latent_search = LatentSearch(self.network, model.tables, grid.device)

    def encode(self, checkpoint: ProgressCallback | None) -> None:
        if self._latent_search is None or checkpoint is None:
            super().encode(checkpoint)
            return
        fraction = 0.0

        def note(done: float) -> None:
            nonlocal fraction
            fraction = done

        # A tile takes seconds: who asks for an end does not wait for it.
        try:
            watched(partial(super().encode, note), lambda: checkpoint(fraction))
        finally:
            self._is_over = True

    def _analysis(self) -> tuple[CodingStage, ...]:
        return (CodingStage(self._analyse, TRANSFORM_REACH),)

    def _search(self) -> tuple[CodingStage, ...]:
        if not self._source.is_thorough:
            return ()
        side = min(SEARCHED_BLOCKS, self.grid.tile_blocks)
        return (CodingStage(self._find, TRANSFORM_REACH, side, SEARCH_WORK),)

    @torch.inference_mode()
    def _analyse(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """Whitened latents and z_hat."""
        x, quality = self._pixels(tile).sub_(0.5).movedim(1, -1), self.grid.quality(tile).movedim(1, -1)
        whitened, z = self.network.analyse(x, quality, tile.crop())
        write_cells(self._analysed[tile.inner], whitened[0].cpu(), blocks)
        return self._write_z(tile, z[0], blocks)

    def _find(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """Better latents."""
        assert self._latent_search is not None
        latents, device, (rows, columns) = self.latents, self.grid.device, tile.inner
        found = self._latent_search.find(
            self._pixels(tile).sub_(0.5).movedim(1, -1),
            self._analysed[tile.outer][None].to(device),
            latents.psi[tile.outer][None].to(device),
            self.grid.map[..., *tile.outer].movedim(1, -1).to(device),
            latents.coded[(slice(None), *divided(tile.outer, 2))].to(device),
            tile.crop(),
            seed=rows.start * self.grid.columns + columns.start,
            checkpoint=self._go_on,
        )
        write_cells(self.exact[tile.inner], found[0].cpu(), blocks)
        return tile_blocks(tile, changed=True)

    def _go_on(self) -> None:
        if self._is_over:
            raise CancelledError

    def _quantise(self, residual: Tensor, weight: Tensor, indices: Tensor) -> Tensor:
        """What was searched for is near the integers that it is meant to be."""
        if self._source.is_thorough:
            weight = torch.tensor(math.inf)
        return super()._quantise(residual, weight, indices)
