"""From hyper latents to what 4x4 cells have in common."""

from torch import Tensor, nn

from qmap_studio.codec.common.exact.integers import IntegerDepthwise, IntegerPointwise, clamped
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER
from qmap_studio.codec.common.passes.sizes import PassSizes
from qmap_studio.codec.common.rearrange import depth_to_space


class HyperSynthesis(nn.Module):
    """h_s, of integers: z_hat (B, H/64, W/64, C) to the activations psi (B, H/16, W/16, F)."""

    def __init__(self, sizes: PassSizes) -> None:
        super().__init__()
        self.enter = IntegerPointwise(sizes.hyper_latent, sizes.hidden, relu=True, unit=1.0)
        self.spread = IntegerPointwise(sizes.hidden, CELLS_PER_HYPER**2 * sizes.hyper, relu=True)
        self.smooth = IntegerDepthwise(sizes.hyper, 3)

    def forward(self, z_hat: Tensor) -> Tensor:
        h = depth_to_space(self.spread(self.enter(z_hat)), CELLS_PER_HYPER)
        return clamped(h + self.smooth(h))
