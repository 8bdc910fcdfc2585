"""Encoding with `live`: its analysis, in front of the four passes."""

import torch

from qmap_studio.codec.common.coding import write_cells
from qmap_studio.codec.common.latent_decoder import TRANSFORM_REACH
from qmap_studio.codec.common.passes.coding import PassesCoding
from qmap_studio.codec.common.staged import CodingStage
from qmap_studio.codec.common.tiling import Blocks, Tile


class LiveCoding(PassesCoding):
    """See `PassesCoding`."""

    def _analysis(self) -> tuple[CodingStage, ...]:
        return (CodingStage(self._analyse, TRANSFORM_REACH),)

    @torch.inference_mode()
    def _analyse(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """Whitened latents and z_hat."""
        x, quality = self._pixels(tile).sub_(0.5).movedim(1, -1), self.grid.quality(tile).movedim(1, -1)
        whitened, z = self.network.analyse(x, quality, tile.crop())
        write_cells(self.exact[tile.inner], whitened[0].cpu(), blocks)
        return self._write_z(tile, z[0], blocks)
