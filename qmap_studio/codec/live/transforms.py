"""The transforms of `live`: between picture and latents, and between latents and what 4x4 cells have in common."""

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.gradients import bound
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER
from qmap_studio.codec.common.tiling import Area, cropped, widened, within
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.convolutions import Pointwise, leaky, start_at_zero
from qmap_studio.codec.live.dct import dct_basis, transform
from qmap_studio.codec.live.integers import IntegerDepthwise, IntegerPointwise, clamped
from qmap_studio.codec.live.passes import interleaved
from qmap_studio.codec.live.rearrange import depth_to_space, enlarge, space_to_depth
from qmap_studio.codec.live.residual_blocks import ConditionedBlocks
from qmap_studio.core.cells import CELL_PX

RESIDUAL_BOUND = 2.0
"""Of what the blocks add to a DCT coefficient."""


def first_transform(config: LiveConfig) -> nn.Parameter:
    return nn.Parameter(dct_basis(config.luma, config.chroma)[interleaved(config.latent)])


class Analysis(nn.Module):
    """g_a: picture (B, H, W, 3), centred at 0, and map (B, H/16, W/16, 1) to coefficients (B, H/16, W/16, N)."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.transform = first_transform(config)
        self.enter = Pointwise(192, config.width8)
        self.at8 = ConditionedBlocks(config.width8, config.blocks8, config.condition, sees_source=True)
        self.down = Pointwise(4 * config.width8, config.width16)
        self.at16 = ConditionedBlocks(config.width16, config.blocks16, config.condition, sees_source=True)
        self.leave = Pointwise(config.width16, config.latent)
        start_at_zero(self.leave)

    def forward(self, x: Tensor, quality: Tensor, kind: torch.dtype, inner: Area | None = None) -> Tensor:
        h = self.at8(self.enter(space_to_depth(x.to(kind), 8)), enlarge(quality))
        near = inner and widened(inner, len(self.at16.blocks), quality)
        h = self.at16(self.down(space_to_depth(cropped(h, near, 2), 2)), cropped(quality, near))
        h = self.leave(cropped(h, near and inner and within(inner, near)))
        linear = transform(space_to_depth(cropped(x, inner, CELL_PX), CELL_PX), self.transform.flatten(1))
        return linear + bound(h.float(), -RESIDUAL_BOUND, RESIDUAL_BOUND)


class Synthesis(nn.Module):
    """g_s: coefficients (B, H/16, W/16, N) and map to the picture (B, H, W, 3), centred at 0."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.transform = first_transform(config)
        self.enter = Pointwise(config.latent, config.width16)
        self.at16 = ConditionedBlocks(config.width16, config.blocks16, config.condition)
        self.up = Pointwise(config.width16, 4 * config.width8)
        self.at8 = ConditionedBlocks(config.width8, config.blocks8, config.condition)
        self.leave = Pointwise(config.width8, 192)
        start_at_zero(self.leave)

    def forward(
        self, whitened: Tensor, deviation: Tensor, quality: Tensor, kind: torch.dtype, inner: Area | None = None
    ) -> Tensor:
        h = self.at16(self.enter(whitened.to(kind)), quality)
        near = inner and widened(inner, -(-len(self.at8.blocks) // 2), quality)
        h = self.at8(depth_to_space(self.up(cropped(h, near)), 2), enlarge(cropped(quality, near)))
        h = self.leave(cropped(h, near and inner and within(inner, near), 2))
        coefficients = cropped(whitened, inner) * deviation
        linear = depth_to_space(transform(coefficients, self.transform.flatten(1).t()), CELL_PX)
        return torch.add(linear, depth_to_space(h.to(linear.dtype), 8), alpha=0.1)


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


class HyperSynthesis(nn.Module):
    """h_s, of integers: z_hat (B, H/64, W/64, C) to the activations psi (B, H/16, W/16, F)."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.enter = IntegerPointwise(config.hyper_latent, 128, relu=True, unit=1.0)
        self.spread = IntegerPointwise(128, CELLS_PER_HYPER**2 * config.hyper, relu=True)
        self.smooth = IntegerDepthwise(config.hyper, 3)

    def forward(self, z_hat: Tensor) -> Tensor:
        h = depth_to_space(self.spread(self.enter(z_hat)), CELLS_PER_HYPER)
        return clamped(h + self.smooth(h))
