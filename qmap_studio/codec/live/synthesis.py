"""The transform of the decoder: from latents to the picture."""

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.exact.planes import Pointwise, start_at_zero
from qmap_studio.codec.common.rearrange import depth_to_space, enlarge
from qmap_studio.codec.common.tiling import Area, cropped, scaled, widened, within
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.dct import first_transform
from qmap_studio.codec.live.gradients import Linear
from qmap_studio.codec.live.residual_blocks import ConditionedBlocks
from qmap_studio.core.cells import CELL_PX


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
        near = inner and widened(inner, -(-len(self.at8.blocks) // 2), quality)
        h = self.at16(self.enter(whitened.to(kind)), quality, near)
        own = near and inner and scaled(within(inner, near), 2)
        h = self.leave(self.at8(depth_to_space(self.up(h), 2), enlarge(cropped(quality, near)), own))
        coefficients = cropped(whitened, inner) * deviation
        linear = depth_to_space(Linear.apply(coefficients, self.transform.flatten(1).t()), CELL_PX)
        return torch.add(linear, depth_to_space(h.to(linear.dtype), 8), alpha=0.1)
