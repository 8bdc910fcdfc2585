"""Encoding with `live`: its analysis, in front of the four passes, and the search for better latents."""

import math
from concurrent.futures import CancelledError
from functools import partial
from threading import Lock

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
from qmap_studio.codec.live.latent_search import STEPS, LatentSearch
from qmap_studio.codec.live.model import LiveModel
from qmap_studio.core.threads import watched

SEARCHED_BLOCKS = 8
"""A side of the tiles that are searched: a worker takes 0.3 GB for one in bfloat16, more in float32."""
SEARCH_SHARE = 0.95
"""Of the time of a thorough encoding."""


class LiveCoding(PassesCoding):
    """See `PassesCoding`."""

    def __init__(self, model: LiveModel, grid: CellGrid, cells: MapCells, source: Source) -> None:
        super().__init__(model, grid, cells, source)
        self._analysed, self._latent_search = self.exact, None
        self._searched, self._is_over, self._lock = 0.0, False, Lock()
        if source.is_thorough:
            self._analysed = torch.empty(self.exact.shape)
            self._latent_search = LatentSearch(self.network, model.tables, grid.device)

    def encode(self, checkpoint: ProgressCallback | None) -> None:
        if self._latent_search is None or checkpoint is None:
            super().encode(checkpoint)
            return
        # A tile takes seconds: who asks for an end does not wait for it.
        try:
            watched(partial(super().encode, None), lambda: checkpoint(SEARCH_SHARE * min(self._searched, 1.0)))
        finally:
            self._is_over = True

    def _analysis(self) -> tuple[CodingStage, ...]:
        return (CodingStage(self._analyse, TRANSFORM_REACH),)

    def _search(self) -> tuple[CodingStage, ...]:
        if not self._source.is_thorough:
            return ()
        side = min(SEARCHED_BLOCKS, self.grid.tile_blocks)
        return (CodingStage(self._find, TRANSFORM_REACH, side),)

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
        share = (rows.stop - rows.start) * (columns.stop - columns.start) / (self.grid.rows * self.grid.columns)
        found = self._latent_search.find(
            self._pixels(tile).sub_(0.5).movedim(1, -1),
            self._analysed[tile.outer][None].to(device),
            latents.psi[tile.outer][None].to(device),
            self.grid.map[..., *tile.outer].movedim(1, -1).to(device),
            latents.coded[(slice(None), *divided(tile.outer, 2))].to(device),
            tile.crop(),
            seed=rows.start * self.grid.columns + columns.start,
            checkpoint=partial(self._count, share / STEPS),
        )
        write_cells(self.exact[tile.inner], found[0].cpu(), blocks)
        return tile_blocks(tile, changed=True)

    def _count(self, share: float) -> None:
        """Called at each step, of which this is a share of all."""
        if self._is_over:
            raise CancelledError
        with self._lock:
            self._searched += share

    def _quantise(self, residual: Tensor, weight: Tensor, indices: Tensor) -> Tensor:
        """What was searched for is near the integers that it is meant to be."""
        if self._source.is_thorough:
            weight = torch.tensor(math.inf)
        return super()._quantise(residual, weight, indices)
