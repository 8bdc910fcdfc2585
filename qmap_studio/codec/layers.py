"""Building blocks of the `live` network: spatial feature transform, residual blocks, dyadic convolutions."""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ACTIVATION_STEP = 2.0**-10
ACTIVATION_BOUND = 64.0
WEIGHT_STEP = 2.0**-12
WEIGHT_BOUND = 8.0 - WEIGHT_STEP


def round_half_up(x: Tensor, step: float) -> Tensor:
    """Rounds to multiples of `step`, a power of two; exact in float64, so the same on every machine."""
    return torch.floor(x * (1.0 / step) + 0.5) * step


def straight_through(value: Tensor, rounded: Tensor) -> Tensor:
    """`rounded`, with the gradient of `value`."""
    return value + (rounded - value).detach()


class _Bound(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, low: float, high: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.limits = (low, high)
        return x.clamp(low, high)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (x,) = ctx.saved_tensors
        low, high = ctx.limits
        blocked = ((x < low) & (grad > 0)) | ((x > high) & (grad < 0))
        return grad.masked_fill(blocked, 0.0), None, None


def bound(x: Tensor, low: float, high: float) -> Tensor:
    """Clamps; outside the limits only gradients that lead back inside pass."""
    return _Bound.apply(x, low, high)


def start_at_zero(layer: nn.Conv2d) -> None:
    """Lets a layer give nothing until it has learned."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


class DyadicConv2d(nn.Conv2d):
    """A stride-1 convolution (pointwise or depthwise) that can be made exact on every machine.

    In training it is an ordinary convolution. After `make_exact` its weights are multiples of 2^-12 within +-8 and its
    outputs are rounded to multiples of 2^-10 within +-64, all held in float64. Every product is then a multiple of
    2^-22 and every partial sum stays far below 2^31, so float64 holds them without error and the order of the sums,
    the number of threads and fused operations cannot matter.
    """

    bias: Tensor
    exact = False

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, *, depthwise: bool = False) -> None:
        super().__init__(inputs, outputs, kernel, padding=kernel // 2, groups=inputs if depthwise else 1)

    def make_exact(self) -> None:
        with torch.no_grad():
            self.double()
            self.weight.copy_(round_half_up(self.weight, WEIGHT_STEP).clamp(-WEIGHT_BOUND, WEIGHT_BOUND))
            self.bias.copy_(round_half_up(self.bias, ACTIVATION_STEP).clamp(-ACTIVATION_BOUND, ACTIVATION_BOUND))
        self.exact = True

    def forward(self, *parts: Tensor, outputs: slice = slice(None)) -> Tensor:
        """The layer's outputs.

        Args:
            parts: the input. A pointwise layer takes its channels in several parts; all but the last may be of
                one cell that stands for all.
            outputs: of a pointwise layer, which of its channels to compute.
        """
        if self.kernel_size == (1, 1):
            y = self._pointwise(parts, outputs)
        elif self.exact:
            y = self._depthwise(parts[0])
        else:
            y = F.conv2d(parts[0], self.weight, self.bias, padding=self.padding, groups=self.groups)
        if self.exact:
            assert y.dtype == torch.float64
            y.mul_(1.0 / ACTIVATION_STEP).add_(0.5).floor_().mul_(ACTIVATION_STEP)
        return y.clamp(-ACTIVATION_BOUND, ACTIVATION_BOUND)

    def _pointwise(self, parts: tuple[Tensor, ...], outputs: slice) -> Tensor:
        weights = torch.split(self.weight[outputs], [part.shape[1] for part in parts], dim=1)
        if not self.exact:
            y = F.conv2d(parts[-1], weights[-1], self.bias[outputs])
            for part, weight in zip(parts[:-1], weights[:-1], strict=True):
                y += F.conv2d(part, weight)
            return y
        flat = [part.flatten(2) for part in parts]
        y = torch.matmul(weights[-1][..., 0, 0], flat[-1])
        y += self.bias[outputs, None]
        for part, weight in zip(flat[:-1], weights[:-1], strict=True):
            y += torch.matmul(weight[..., 0, 0], part)
        return y.view(*y.shape[:2], *parts[-1].shape[2:])

    def _depthwise(self, x: Tensor) -> Tensor:
        """A sum of shifted copies: several times faster on a CPU than float64 grouped convolution."""
        rows, columns = x.shape[-2:]
        reach = self.kernel_size[0] // 2
        padded = F.pad(x, (reach, reach, reach, reach))
        y = self.bias[:, None, None].expand_as(x).clone()
        for i in range(self.kernel_size[0]):
            for j in range(self.kernel_size[1]):
                y.addcmul_(padded[..., i : i + rows, j : j + columns], self.weight[:, 0, i, j, None, None])
        return y


class SFT(nn.Module):
    """Spatial feature transform: `x (1 + gamma) + beta`, both from a condition of the same size. Starts as identity.

    Source: Song et al. 2021, eq. 2.
    """

    def __init__(self, channels: int, condition_channels: int) -> None:
        super().__init__()
        self.affine = nn.Conv2d(condition_channels, 2 * channels, 1)
        start_at_zero(self.affine)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        gamma, beta = self.affine(condition).chunk(2, dim=1)
        return torch.addcmul(x + beta, x, gamma)


class SFTResidualBlock(nn.Module):
    """x -> SFT -> depthwise 3x3 -> pointwise -> leaky ReLU -> pointwise -> + x."""

    def __init__(self, channels: int, condition_channels: int, *, expansion: int = 2) -> None:
        super().__init__()
        self.sft = SFT(channels, condition_channels)
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.expand = nn.Conv2d(channels, expansion * channels, 1)
        self.project = nn.Conv2d(expansion * channels, channels, 1)
        with torch.no_grad():
            self.project.weight.mul_(0.1)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        h = self.expand(self.depthwise(self.sft(x, condition)))
        return x + self.project(F.leaky_relu(h, 0.1, inplace=True))


def dct_basis(luma: int, chroma: int, size: int = 16) -> Tensor:
    """Orthonormal 2-D DCT of a decorrelated, orthonormal colour space, lowest frequencies first.

    Args:
        luma: how many frequencies of (R + G + B) / sqrt 3 to keep.
        chroma: how many of each of (R - B) / sqrt 2 and (R - 2 G + B) / sqrt 6.
    Returns:
        float32 (luma + 2 chroma, 3, size, size): rows are orthonormal.
    """
    k = torch.arange(size, dtype=torch.float64)
    cosines = torch.cos(math.pi / size * (k[None, :] + 0.5) * k[:, None]) * math.sqrt(2.0 / size)
    cosines[0] /= math.sqrt(2.0)
    radius = (k[:, None] ** 2 + k[None, :] ** 2).flatten()
    order = torch.argsort(radius, stable=True)
    planes = torch.einsum("ui,vj->uvij", cosines, cosines).reshape(size * size, size, size)[order]
    colours = torch.tensor([[1, 1, 1], [1, 0, -1], [1, -2, 1]], dtype=torch.float64)
    colours /= colours.norm(dim=1, keepdim=True)
    parts = [
        torch.einsum("c,fij->fcij", colour, planes[:count])
        for colour, count in zip(colours, (luma, chroma, chroma), strict=True)
    ]
    return torch.cat(parts).float()
