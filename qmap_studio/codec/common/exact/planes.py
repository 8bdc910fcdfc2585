"""Pointwise and depthwise layers over planes (B, rows, columns, channels).

Channels come last, so that a pointwise layer is one matrix product. A layer computes in the type of its input: float32
in the codec, bfloat16 in training where the processor is fast at it.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SLOPE = 0.1
"""Of every leaky ReLU."""


def depthwise(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A convolution (kernel (C, 1, k, k), zeros beyond the edges) of each channel of x (B, rows, columns, C) alone."""
    y = F.conv2d(x.permute(0, 3, 1, 2), weight, bias, padding=weight.shape[-1] // 2, groups=weight.shape[0])
    return y.permute(0, 2, 3, 1)


def leaky(x: Tensor) -> Tensor:
    return F.leaky_relu(x, SLOPE)


def start_at_zero(*layers: nn.Module) -> None:
    """Lets layers give nothing until they have learned."""
    for layer in layers:
        for parameter in layer.parameters():
            nn.init.zeros_(parameter)


class Pointwise(nn.Linear):
    """The same linear map at every position."""

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight.to(x.dtype), self.bias.to(x.dtype))


class Depthwise(nn.Module):
    """See `depthwise`."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        limit = 1.0 / kernel
        self.weight = nn.Parameter(torch.empty(channels, 1, kernel, kernel).uniform_(-limit, limit))
        self.bias = nn.Parameter(torch.empty(channels).uniform_(-limit, limit))

    def forward(self, x: Tensor) -> Tensor:
        return depthwise(x, self.weight.to(x.dtype), self.bias.to(x.dtype))
