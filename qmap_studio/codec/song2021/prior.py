"""The factorised prior of z: a learned density for each channel.

Source: Balle et al. 2018, "Variational image compression with a scale hyperprior", appendix 6.1; the same function as
CompressAI's `EntropyBottleneck`.
"""

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.common.gradients import bound
from qmap_studio.codec.song2021.fixed_point import ACTIVATION_STEP, round_half_up

WIDTHS = (1, 3, 3, 3, 3, 1)
INITIAL_SCALE = 10.0
LEAST_PROBABILITY = 1e-9
FARTHEST_MEDIAN = 512.0


class FactorisedPrior(nn.Module):
    """The cumulative distribution of every channel, a small monotonous network: sigmoid(logits(z))."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.matrices, self.biases, self.factors = nn.ParameterList(), nn.ParameterList(), nn.ParameterList()
        step = INITIAL_SCALE ** (1.0 / (len(WIDTHS) - 1))
        for inputs, outputs in pairwise(WIDTHS):
            start = math.log(math.expm1(1.0 / step / outputs))
            self.matrices.append(nn.Parameter(torch.full((channels, outputs, inputs), start)))
            self.biases.append(nn.Parameter(torch.rand(channels, outputs, 1) - 0.5))
        for width in WIDTHS[1:-1]:
            self.factors.append(nn.Parameter(torch.zeros(channels, width, 1)))

    def logits(self, z: Tensor) -> Tensor:
        """Rises with z; both (channels, 1, any)."""
        for i, (matrix, bias) in enumerate(zip(self.matrices, self.biases, strict=True)):
            z = torch.matmul(F.softplus(matrix), z) + bias
            if i < len(self.factors):
                z = z + torch.tanh(self.factors[i]) * torch.tanh(z)
        return z

    def probability(self, z: Tensor) -> Tensor:
        """Of the unit-wide bins around z, (channels, 1, any)."""
        lower, upper = self.logits(z - 0.5), self.logits(z + 0.5)
        sign = 1.0 - 2.0 * (lower + upper > 0.0).to(z.dtype)  # to the side where the sigmoids are not near 1
        return (torch.sigmoid(sign * upper) - torch.sigmoid(sign * lower)).abs()

    def bits(self, z: Tensor) -> Tensor:
        """Bits of z (B, channels, rows, columns), of the same shape."""
        by_channel = z.transpose(0, 1).flatten(1)[:, None]
        probability = bound(self.probability(by_channel), LEAST_PROBABILITY, float("inf"))
        return -torch.log2(probability).view(z.shape[1], z.shape[0], *z.shape[2:]).transpose(0, 1)

    @torch.no_grad()
    def medians(self) -> Tensor:
        """Where each channel's distribution halves, multiples of 2^-10 within +-512: float32 (channels, 1, 1)."""
        low = self.biases[0].new_full((self.channels, 1, 1), -FARTHEST_MEDIAN)
        high = -low
        for _ in range(24):
            middle = 0.5 * (low + high)
            is_below = self.logits(middle) < 0.0
            low, high = torch.where(is_below, middle, low), torch.where(is_below, high, middle)
        return round_half_up(0.5 * (low + high), ACTIVATION_STEP)
