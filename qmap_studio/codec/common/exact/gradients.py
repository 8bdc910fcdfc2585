"""Gradients by hand of the exact layers; what the layers compute stands in `integers.py`.

A layer's `compute` is called as it is; gradients are taken in the type that is fast on the device.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from qmap_studio.codec.common.devices import fast_type
from qmap_studio.codec.common.exact.integer_rounding import LARGEST


class ExactLayer(Protocol):
    """What `integers.IntegerLayer` gives; its outputs are clamped at `low` and, unless `high` is infinite, at 255."""

    low: float
    high: float
    weight_units: float
    bias_units: float

    def used(self) -> tuple[Tensor, Tensor]: ...


class Pointwise(torch.autograd.Function):
    """Of a layer's weight, bias and input in parts (..., inputs); `compute` gives (..., outputs)."""

    @staticmethod
    def forward(ctx: Any, layer: Any, _weight: Tensor, _bias: Tensor, *parts: Tensor) -> Tensor:
        y: Tensor = layer.compute(*parts)
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(y, layer.used()[0], *parts)
            ctx.layer = layer
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        y, weight, *parts = ctx.saved_tensors
        kind = fast_type(y.device)
        flat = passed_by(ctx.layer, grad, y).reshape(-1, y.shape[-1])
        narrow, weight = flat.to(kind), weight.to(kind)
        columns = torch.split(weight, [part.shape[-1] for part in parts], dim=1)
        of_parts = [
            (narrow @ of_part).view(part.shape).float() if needed else None
            for part, of_part, needed in zip(parts, columns, ctx.needs_input_grad[3:], strict=True)
        ]
        if not ctx.needs_input_grad[1]:
            return None, None, None, *of_parts
        of_weight = torch.cat([narrow.t() @ part.flatten(0, -2).to(kind) for part in parts], dim=1).float()
        of_bias = flat.sum(dim=0)
        return None, of_weight.mul_(ctx.layer.weight_units), of_bias.mul_(ctx.layer.bias_units), *of_parts


class Grouped(torch.autograd.Function):
    """Of a layer's weight, bias and input (groups, any, inputs); `compute_grouped` gives (groups, any, outputs)."""

    @staticmethod
    def forward(ctx: Any, layer: Any, order: Sequence[int], weight: Tensor, _bias: Tensor, x: Tensor) -> Tensor:
        y: Tensor = layer.compute_grouped(x, order)
        if any(ctx.needs_input_grad):
            groups = len(order)
            ctx.save_for_backward(x, y, layer.used()[0].view(groups, -1, weight.shape[1])[list(order)])
            ctx.layer, ctx.back = layer, [order.index(group) for group in range(groups)]
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, y, rows = ctx.saved_tensors
        kind = fast_type(x.device)
        grad = passed_by(ctx.layer, grad, y)
        narrow = grad.to(kind)
        of_x = (narrow @ rows.to(kind)).float() if ctx.needs_input_grad[4] else None
        if not ctx.needs_input_grad[2]:
            return None, None, None, None, of_x
        of_weight = (narrow.transpose(1, 2) @ x.to(kind)).float()[ctx.back].flatten(0, 1)
        of_bias = grad.sum(dim=1)[ctx.back].flatten()
        return None, None, of_weight.mul_(ctx.layer.weight_units), of_bias.mul_(ctx.layer.bias_units), of_x


class Depthwise(torch.autograd.Function):
    """Of a layer's weight, bias and input (B, rows, columns, C)."""

    @staticmethod
    def forward(ctx: Any, layer: Any, _weight: Tensor, _bias: Tensor, x: Tensor) -> Tensor:
        y: Tensor = layer.compute(x)
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(x, y, layer.used()[0])
            ctx.layer = layer
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, y, weight = ctx.saved_tensors
        learns = ctx.needs_input_grad[1]
        of_x, of_weight, of_bias = of_depthwise(
            passed_by(ctx.layer, grad, y), x, weight, wants_x=ctx.needs_input_grad[3], learns=learns
        )
        if not learns:
            return None, None, None, of_x
        return None, of_weight.mul_(ctx.layer.weight_units), of_bias.mul_(ctx.layer.bias_units), of_x


class Clamp(torch.autograd.Function):
    """Of what is clamped to `low`..255."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, low: float) -> Tensor:
        y = x.clamp(low, LARGEST)
        ctx.save_for_backward(y)
        ctx.low = low
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return passed(grad, ctx.saved_tensors[0], ctx.low), None


def of_depthwise(grad: Tensor, x: Tensor, weight: Tensor, *, wants_x: bool, learns: bool) -> tuple[Any, Tensor, Tensor]:
    """Of a depthwise layer's input (B, rows, columns, C), weight and bias; None where it is not wanted."""
    channels, reach = weight.shape[0], weight.shape[-1] // 2
    of_x, of_weight, of_bias = torch.ops.aten.convolution_backward(
        grad.permute(0, 3, 1, 2), x.permute(0, 3, 1, 2), weight, [channels], [1, 1], [reach, reach], [1, 1], False,
        [0, 0], channels, [wants_x, learns, learns],
    )  # fmt: skip
    return None if of_x is None else of_x.permute(0, 2, 3, 1), of_weight, of_bias


def passed_by(layer: ExactLayer, grad: Tensor, y: Tensor) -> Tensor:
    """What a layer's clamping lets through."""
    return grad if layer.high == float("inf") else passed(grad, y, layer.low)


def passed(grad: Tensor, y: Tensor, low: float) -> Tensor:
    """The gradient where an output is not clamped, and where it leads back inside; none where a ReLU gives 0."""
    at_low = y <= low if low == 0.0 else (y <= low) & (grad > 0.0)
    return grad.masked_fill(at_low | ((y >= LARGEST) & (grad < 0.0)), 0.0)
