"""The transforms of the encoder: from the picture to latents, and to what 4x4 cells have in common."""

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.exact.planes import Pointwise, leaky, start_at_zero
from qmap_studio.codec.common.gradients import bound
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER
from qmap_studio.codec.common.rearrange import enlarge, space_to_depth
from qmap_studio.codec.common.tiling import Area, cropped, scaled, widened, within
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.dct import first_transform
from qmap_studio.codec.live.gradients import Linear
from qmap_studio.codec.live.residual_blocks import ConditionedBlocks
from qmap_studio.core.cells import CELL_PX

RESIDUAL_BOUND = 2.0
"""Of what the blocks add to a DCT coefficient."""
CONDITION_BOUND = 1.5
"""Of a condition that sees the source: unbounded, it and the features that it steers are a polynomial that explodes."""


class SourceConditionedBlocks(ConditionedBlocks):
    """Residual blocks whose condition sees what enters them, too."""

    def __init__(self, channels: int, blocks: int, condition: int) -> None:
        super().__init__(channels, blocks, condition)
        self.from_source = Pointwise(channels, condition)

    def condition(self, x: Tensor, quality: Tensor) -> Tensor:
        mixed = leaky(self.mix(leaky(self.from_map(quality.to(x.dtype)) + self.from_source(x))))
        return bound(mixed, -CONDITION_BOUND, CONDITION_BOUND)


class Analysis(nn.Module):
    """g_a: picture (B, H, W, 3), centred at 0, and map (B, H/16, W/16, 1) to coefficients (B, H/16, W/16, N)."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.transform = first_transform(config)
        self.enter = Pointwise(192, config.width8)
        self.at8 = SourceConditionedBlocks(config.width8, config.blocks8, config.condition)
        self.down = Pointwise(4 * config.width8, config.width16)
        self.at16 = SourceConditionedBlocks(config.width16, config.blocks16, config.condition)
        self.leave = Pointwise(config.width16, config.latent)
        start_at_zero(self.leave)

    def forward(self, x: Tensor, quality: Tensor, kind: torch.dtype, inner: Area | None = None) -> Tensor:
        near = inner and widened(inner, len(self.at16.blocks), quality)
        h = self.at8(self.enter(space_to_depth(x.to(kind), 8)), enlarge(quality), near and scaled(near, 2))
        own = near and inner and within(inner, near)
        h = self.leave(self.at16(self.down(space_to_depth(h, 2)), cropped(quality, near), own))
        linear = Linear.apply(space_to_depth(cropped(x, inner, CELL_PX), CELL_PX), self.transform.flatten(1))
        return linear + bound(h.float(), -RESIDUAL_BOUND, RESIDUAL_BOUND)


class HyperAnalysis(nn.Module):
    """h_a: what 4x4 cells have in common, (B, H/16, W/16, N) to z (B, H/64, W/64, C). Sees those cells alone."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.reduce = Pointwise(config.latent, 64)
        self.from_map = Pointwise(1, 64)
        self.mix = Pointwise(64 * CELLS_PER_HYPER**2, 128)
        self.leave = Pointwise(128, config.hyper_latent)

    def forward(self, y: Tensor, quality: Tensor, kind: torch.dtype) -> Tensor:
        h = leaky(self.reduce(torch.log2(1.0 + y.abs()).to(kind)) + self.from_map(quality.to(kind)))
        h = leaky(self.mix(space_to_depth(h, CELLS_PER_HYPER)))
        return 4.0 * self.leave(h).float()
