"""Encoding with SigVIC: its analysis, in front of the four passes."""

import torch

from qmap_studio.codec.common.coding import tile_blocks, write_cells
from qmap_studio.codec.common.importance import StageImportance
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.codec.common.latent_decoder import TRANSFORM_REACH, ticker
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER
from qmap_studio.codec.common.passes.coding import PassesCoding
from qmap_studio.codec.common.staged import CodingStage
from qmap_studio.codec.common.tiling import Blocks, Tile, divided, scaled
from qmap_studio.codec.sigvic2023.planes import STAGES
from qmap_studio.core.cells import CELL_PX


class Sigvic2023Coding(PassesCoding):
    """See `PassesCoding`."""

    def _analysis(self) -> tuple[CodingStage, ...]:
        return CodingStage(self._analyse, TRANSFORM_REACH), CodingStage(self._hyper_analyse, TRANSFORM_REACH)

    @torch.inference_mode()
    def _analyse(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """y."""
        x, quality = self._pixels(tile).sub_(0.5).movedim(1, -1), self.grid.quality(tile).movedim(1, -1)
        write_cells(self.exact[tile.inner], self.network.analyse(x, quality)[0, *tile.crop()].cpu(), blocks)
        return tile_blocks(tile, changed=True)

    @torch.inference_mode()
    def _hyper_analyse(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """z_hat."""
        z = self.network.hyper_analyse(self.exact[tile.outer][None].to(self.grid.device))
        return self._write_z(tile, z[0, *divided(tile.crop(), CELLS_PER_HYPER)], blocks)

    @torch.inference_mode()
    def importance(self, checkpoint: ProgressCallback | None) -> tuple[StageImportance, ...]:
        """See `common.importance`."""
        height, width = self.reconstruction.shape[:2]
        sides = [CELL_PX >> (STAGES - 1 - t) for t in range(STAGES)]
        found = [torch.empty((2, self.grid.rows * CELL_PX // s, self.grid.columns * CELL_PX // s)) for s in sides]
        tiles = self.grid.all_tiles(TRANSFORM_REACH)
        tick = ticker(checkpoint, len(tiles))
        for tile in tiles:
            stages = self.network.g_a.stages(self._pixels(tile).sub_(0.5), self.grid.quality(tile))
            for stage, planes, side in zip(stages, found, sides, strict=True):
                both = torch.cat((stage.si_map, stage.scale), dim=1)[0].float().cpu()
                planes[:, *scaled(tile.inner, CELL_PX // side)] = both[:, *tile.crop(CELL_PX // side)]
            tick()
        return tuple(
            StageImportance(side, *(plane[: -(-height // side), : -(-width // side)].numpy() for plane in planes))
            for side, planes in zip(sides, found, strict=True)
        )
