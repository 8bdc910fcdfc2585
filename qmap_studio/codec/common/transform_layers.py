"""The layers of the classic learned transforms: strided convolutions and divisive normalisation."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.common.gradients import bound


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
