"""Building blocks of the `live` network: pointwise and depthwise layers, residual blocks behind an SFT, the DCT.

Everything is laid out as (pictures, rows, columns, channels), so that a pointwise layer is one matrix product. A layer
computes in the type of its input: float32 in the codec, bfloat16 in training where the processor is fast at it.
"""

import math
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SLOPE = 0.1
"""Of every leaky ReLU."""


@cache
def fast_type(device: torch.device) -> torch.dtype:
    """The type in which a device multiplies matrices fastest in training: bfloat16 where its units know it."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.get_device_capability(device) >= (8, 0) else torch.float32
    has: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)() if device.type == "cpu" else {}
    return torch.bfloat16 if has.get("avx512_bf16") or has.get("amx_bf16") else torch.float32


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


def space_to_depth(x: Tensor, side: int) -> Tensor:
    """(B, rows, columns, C) to (B, rows / side, columns / side, side side C)."""
    b, h, w, c = x.shape
    cells = x.reshape(b, h // side, side, w // side, side, c).transpose(2, 3)
    return cells.reshape(b, h // side, w // side, side * side * c)


def depth_to_space(x: Tensor, side: int) -> Tensor:
    """The inverse of `space_to_depth`."""
    b, h, w, c = x.shape
    cells = x.reshape(b, h, w, side, side, c // side**2).transpose(2, 3)
    return cells.reshape(b, h * side, w * side, c // side**2)


def enlarge(x: Tensor) -> Tensor:
    """(B, rows, columns, C) to twice the rows and columns, each value four times."""
    b, h, w, c = x.shape
    return x[:, :, None, :, None].expand(b, h, 2, w, 2, c).reshape(b, 2 * h, 2 * w, c)


def depthwise(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A convolution (kernel (C, 1, k, k), zeros beyond the edges) of each channel of x (B, rows, columns, C) alone."""
    y = F.conv2d(x.permute(0, 3, 1, 2), weight, bias, padding=weight.shape[-1] // 2, groups=weight.shape[0])
    return y.permute(0, 2, 3, 1)


def start_at_zero(*layers: nn.Module) -> None:
    """Lets layers give nothing until they have learned."""
    for layer in layers:
        for parameter in layer.parameters():
            nn.init.zeros_(parameter)


class _Transform(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, matrix: Tensor) -> Tensor:
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(x, matrix)
        return F.linear(x, matrix)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, matrix = ctx.saved_tensors
        kind = fast_type(x.device)
        flat = grad.reshape(-1, grad.shape[-1]).to(kind)
        of_x = (flat @ matrix.to(kind)).float().view(x.shape) if ctx.needs_input_grad[0] else None
        of_matrix = (flat.t() @ x.reshape(-1, x.shape[-1]).to(kind)).float() if ctx.needs_input_grad[1] else None
        return of_x, of_matrix


def transform(x: Tensor, matrix: Tensor) -> Tensor:
    """A linear map whose numbers need all of float32, and whose gradients do not: `matrix` is (outputs, inputs)."""
    return _Transform.apply(x, matrix)


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


class SFT(Pointwise):
    """What a spatial feature transform `x (1 + gamma) + beta` takes from its condition: 1 + gamma, then beta.

    Starts as the identity. Source: Song et al. 2021, eq. 2.
    """

    def __init__(self, channels: int, condition_channels: int) -> None:
        super().__init__(condition_channels, 2 * channels)
        start_at_zero(self)


class _ResidualBlock(torch.autograd.Function):
    """The arithmetic of `SFTResidualBlock` with its gradients by hand: half the time of separate operations."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, condition: Tensor, *parameters: Tensor) -> Tensor:
        affine, offset, kernel, kernel_bias, expand, expand_bias, project, project_bias = (
            p.to(x.dtype) for p in parameters
        )
        c = x.shape[-1]
        offset = torch.cat((offset[:c] + 1.0, offset[c:]))
        steer = torch.addmm(offset, condition.flatten(0, 2), affine.t())
        steered = torch.addcmul(steer[:, c:], x.flatten(0, 2), steer[:, :c])
        mixed = depthwise(steered.view(x.shape), kernel, kernel_bias).flatten(0, 2)
        hidden = F.leaky_relu_(torch.addmm(expand_bias, mixed, expand.t()), SLOPE)
        y = torch.addmm(x.flatten(0, 2), hidden, project.t()).add_(project_bias)
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(x, condition, steer, steered, mixed, hidden, affine, kernel, expand, project)
        return y.view(x.shape)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, condition, steer, steered, mixed, hidden, affine, kernel, expand, project = ctx.saved_tensors
        c, learns = x.shape[-1], ctx.needs_input_grad[2]
        flat = grad.reshape(-1, c)
        of_hidden = torch.ops.aten.leaky_relu_backward(flat @ project, hidden, SLOPE, True)
        of_mixed = (of_hidden @ expand).view(x.shape).permute(0, 3, 1, 2)
        reach = kernel.shape[-1] // 2
        of_steered, of_kernel, of_kernel_bias = torch.ops.aten.convolution_backward(
            of_mixed, steered.view(x.shape).permute(0, 3, 1, 2), kernel, [c], [1, 1], [reach, reach], [1, 1], False,
            [0, 0], c, [True, learns, learns],
        )  # fmt: skip
        of_steered = of_steered.permute(0, 2, 3, 1).reshape(-1, c)
        of_x = torch.addcmul(flat, of_steered, steer[:, :c]).view(x.shape)
        of_steer = torch.empty_like(steer)
        torch.mul(of_steered, x.flatten(0, 2), out=of_steer[:, :c])
        of_steer[:, c:] = of_steered
        of_condition = (of_steer @ affine).view(condition.shape) if ctx.needs_input_grad[1] else None
        if not learns:
            return of_x, of_condition, *(None,) * 8
        of_parameters = (
            of_steer.t() @ condition.flatten(0, 2), of_steer.sum(dim=0), of_kernel, of_kernel_bias,
            of_hidden.t() @ mixed, of_hidden.sum(dim=0), flat.t() @ hidden, flat.sum(dim=0),
        )  # fmt: skip
        return of_x, of_condition, *(g.float() for g in of_parameters)


class SFTResidualBlock(nn.Module):
    """x -> SFT -> depthwise 3x3 -> pointwise -> leaky ReLU -> pointwise -> + x."""

    def __init__(self, channels: int, condition_channels: int, *, expansion: int = 2) -> None:
        super().__init__()
        self.sft = SFT(channels, condition_channels)
        self.depthwise = Depthwise(channels, 3)
        self.expand = Pointwise(channels, expansion * channels)
        self.project = Pointwise(expansion * channels, channels)
        with torch.no_grad():
            self.project.weight.mul_(0.1)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        layers = (self.sft, self.depthwise, self.expand, self.project)
        parameters = (p for layer in layers for p in (layer.weight, layer.bias))
        return _ResidualBlock.apply(x.contiguous(), condition.contiguous(), *parameters)


def dct_basis(luma: int, chroma: int, size: int = 16) -> Tensor:
    """Orthonormal 2-D DCT of a decorrelated, orthonormal colour space, lowest frequencies first.

    Args:
        luma: how many frequencies of (R + G + B) / sqrt 3 to keep.
        chroma: how many of each of (R - B) / sqrt 2 and (R - 2 G + B) / sqrt 6.
    Returns:
        float32 (luma + 2 chroma, size, size, 3): rows are orthonormal.
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
        torch.einsum("c,fij->fijc", colour, planes[:count])
        for colour, count in zip(colours, (luma, chroma, chroma), strict=True)
    ]
    return torch.cat(parts).float()
