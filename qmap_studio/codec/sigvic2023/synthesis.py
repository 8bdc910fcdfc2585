"""The transform of the decoder: four stages, and the fusion with shallow features at their end."""

from torch import Tensor, nn

from qmap_studio.codec.common.tiling import Area, scaled, within
from qmap_studio.codec.common.transform_layers import GDN, upsampling
from qmap_studio.codec.sigvic2023.config import Sigvic2023Config
from qmap_studio.codec.sigvic2023.fusion import HALO_CELLS, WINDOW_CELLS, ShallowFeatureFusion, windows
from qmap_studio.codec.sigvic2023.layers import Scaling
from qmap_studio.codec.sigvic2023.planes import STAGES, enlarged
from qmap_studio.core.cells import CELL_PX

STAGE_REACH = 4
"""Cells that the features before the fusion see around one: 56 px."""
SHALLOW_PX = 2
"""Of the picture for one shallow feature."""
SHALLOW_SIDE = CELL_PX // SHALLOW_PX


class Synthesis(nn.Module):
    """g_s: latents (B, N + K, rows, columns) and map (B, 1, rows, columns) to pictures (B, 3, H, W), centred at 0."""

    def __init__(self, config: Sigvic2023Config) -> None:
        super().__init__()
        n, k = config.N, config.shallow
        self.channels = n
        self.scalings = nn.ModuleList(Scaling(config) for _ in range(STAGES))
        self.convolutions = nn.ModuleList(upsampling(n, n, 5) for _ in range(STAGES - 1))
        self.norms = nn.ModuleList(GDN(n, inverse=True, simplified=False) for _ in range(STAGES - 1))
        self.leave = upsampling(n, 3, 5)
        self.restore = nn.ConvTranspose2d(k, k, SHALLOW_SIDE, SHALLOW_SIDE) if k else None
        self.fusion = ShallowFeatureFusion(n, k, config.fusion) if k else None

    def forward(self, latents: Tensor, rd_map: Tensor, inner: Area, outer: Area) -> Tensor:
        """The inner part of a tile, whose outer part the latents and the map are of; both in cells of the grid."""
        seen = _seen(inner, outer)
        part = within(seen, outer)
        f, shallow = self._stages(latents[:, :, *part], rd_map[:, :, *part])
        if self.fusion is None or shallow is None:
            return self.leave(f)[:, :, *scaled(within(inner, seen), CELL_PX)]
        whole = f.new_empty((len(f), 3, *((side.stop - side.start) * CELL_PX for side in inner)))
        for wanted, around in windows(inner, seen):
            near = scaled(within(around, seen), SHALLOW_SIDE)
            x = self.leave(self.fusion(f[:, :, *near], shallow[:, :, *near]))
            whole[:, :, *scaled(within(wanted, inner), CELL_PX)] = x[:, :, *scaled(within(wanted, around), CELL_PX)]
        return whole

    def _stages(self, latents: Tensor, rd_map: Tensor) -> tuple[Tensor, Tensor | None]:
        """The decoder's last features and the shallow ones, both at half of the picture's size."""
        f, kept, shallow = latents[:, : self.channels], latents[:, self.channels :], None
        for stage, scaling in enumerate(self.scalings):
            gated, scale, _ = scaling(f, enlarged(rd_map, 2**stage))
            f = gated * scale
            if stage == 0 and self.restore is not None:
                shallow = self.restore(kept * scale)
            if stage < STAGES - 1:
                f = self.norms[stage](self.convolutions[stage](f))
        return f, shallow


def _seen(inner: Area, outer: Area) -> Area:
    """What of a tile's outer part its inner part depends on."""
    rows, columns = (_side_seen(*sides) for sides in zip(inner, outer, strict=True))
    return rows, columns


def _side_seen(inner: slice, outer: slice) -> slice:
    first, reach = inner.start // WINDOW_CELLS * WINDOW_CELLS, HALO_CELLS + STAGE_REACH
    last = -(-inner.stop // WINDOW_CELLS) * WINDOW_CELLS
    return slice(max(first - reach, outer.start), min(last + reach, outer.stop))
