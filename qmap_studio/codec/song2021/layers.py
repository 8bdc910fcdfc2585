"""The layers of the paper's network: convolutions, GDN, and those that take a condition."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.common.gradients import bound
from qmap_studio.codec.song2021.config import Song2021Config


def fitted(condition: Tensor, x: Tensor) -> Tensor:
    """The condition (B, C, any, any) averaged to the size of x, or repeated where x is finer."""
    return F.adaptive_avg_pool2d(condition, (x.shape[-2], x.shape[-1]))


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1, *, reflected: bool = False) -> nn.Conv2d:
    """A convolution that keeps the size, or divides it by the stride; the trunks' are padded by reflection."""
    return nn.Conv2d(
        inputs, outputs, kernel, stride, padding=kernel // 2, padding_mode="reflect" if reflected else "zeros"
    )


def upsampling(inputs: int, outputs: int, kernel: int) -> nn.ConvTranspose2d:
    """A transposed convolution that doubles the size."""
    return nn.ConvTranspose2d(inputs, outputs, kernel, 2, padding=kernel // 2, output_padding=1)


class GDN(nn.Module):
    """Generalised divisive normalisation, or its inverse, which multiplies.

    Simplified: x / (gamma |x| + beta + 1e-4), where the inverse has no 1e-4 (Johnston et al. 2019); else
    x / sqrt(gamma x^2 + beta) (Balle et al. 2016). Beta and gamma are held as square roots: learning keeps them
    positive.
    """

    PEDESTAL = 2.0**-36
    BETA_MIN = 1e-6

    def __init__(self, channels: int, *, inverse: bool = False, simplified: bool = True) -> None:
        super().__init__()
        self.inverse, self.simplified = inverse, simplified
        self.beta = nn.Parameter(torch.sqrt(torch.ones(channels) + self.PEDESTAL))
        self.gamma = nn.Parameter(torch.sqrt(0.1 * torch.eye(channels) + self.PEDESTAL))

    def forward(self, x: Tensor) -> Tensor:
        beta = self._positive(self.beta, self.BETA_MIN)
        gamma = self._positive(self.gamma, 0.0)[..., None, None]
        norm = F.conv2d(x.abs(), gamma, beta) if self.simplified else F.conv2d(x.square(), gamma, beta).sqrt()
        return x * norm if self.inverse else x / (norm + 1e-4 * self.simplified)

    def _positive(self, root: Tensor, minimum: float) -> Tensor:
        lowest = (minimum + self.PEDESTAL) ** 0.5
        return bound(root, lowest, float("inf")).square() - self.PEDESTAL


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
