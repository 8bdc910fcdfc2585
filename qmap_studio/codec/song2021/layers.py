"""The layers of the paper's network that take a condition."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.common.transform_layers import convolution
from qmap_studio.codec.song2021.config import Song2021Config


def fitted(condition: Tensor, x: Tensor) -> Tensor:
    """The condition (B, C, any, any) averaged to the size of x, or repeated where x is finer."""
    return F.adaptive_avg_pool2d(condition, (x.shape[-2], x.shape[-1]))


class ConditionedLayer(nn.Module):
    """A layer that takes a condition beside its input."""


class SFT(ConditionedLayer):
    """Spatial feature transform: x (1 + gamma) + beta, both from the condition averaged to x. Eq. 2."""

    def __init__(self, channels: int, prior: int, hidden: int) -> None:
        super().__init__()
        self.mlp_shared = nn.Sequential(convolution(prior, hidden, 3), nn.ReLU(inplace=True))
        self.mlp_gamma = convolution(hidden, channels, 3)
        self.mlp_beta = convolution(hidden, channels, 3)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        h = self.mlp_shared(fitted(condition, x))
        return torch.addcmul(x + self.mlp_beta(h), x, self.mlp_gamma(h))


class Concatenation(ConditionedLayer):
    """Where there is no SFT: the condition, fitted to x, as further channels of it."""

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        return torch.cat((x, fitted(condition, x)), dim=1)


class ResidualBlock(ConditionedLayer):
    """x -> (SFT -> leaky ReLU -> 3x3) twice -> + x. Figure 4."""

    def __init__(self, channels: int, config: Song2021Config) -> None:
        super().__init__()
        joined = config.prior if config.conditioning == "concatenated" else 0
        self.norm_0, self.norm_1 = (
            Concatenation() if joined else SFT(channels, config.prior, config.hidden) for _ in range(2)
        )
        self.conv_0, self.conv_1 = (convolution(channels + joined, channels, 3) for _ in range(2))

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        h = self.conv_0(F.leaky_relu(self.norm_0(x, condition), 0.2))
        h = self.conv_1(F.leaky_relu(self.norm_1(h, condition), 0.2))
        return x + h


class Stage(nn.ModuleList):
    """Layers in a row; those that take a condition share one."""

    def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
        for layer in self:
            x = layer(x, condition) if isinstance(layer, ConditionedLayer) else layer(x)
        return x
