"""Layers of integers, the same on every machine: what picks the entropy tables is made of them.

An activation is an integer of at most 255 in magnitude, held in float32; 32 of them make 1. The weights of a row are
whole multiples, of at most 255 times, of one power of two: the finest for which every sum stays below 2^24 of it. So
float32 holds each product and each partial sum without error: neither their order nor threads, fused operations or a
multiplier of fewer bits (bfloat16 and TF32 hold 255 too) can matter. A layer rounds the sum, halves up, and clamps it.

The network is trained with this rounding; gradients pass straight through it.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.devices import fast_type
from qmap_studio.codec.live.convolutions import Depthwise, Pointwise, depthwise

LARGEST = 255.0
UNIT = 1.0 / 32.0
"""What an activation of 1 stands for."""
SUM_BOUND = 2.0**24
FINEST = 14
"""No row of weights is of multiples of less than 2^-14, so that 16-bit floats hold it."""
FINE = 16.0
"""Outputs that are only added up are so much finer than activations."""


class Rounded(NamedTuple):
    """What a layer computes with: rows of weights, biases with the half for rounding, and the rows' powers of two."""

    weight: Tensor
    bias: Tensor
    step: Tensor


def _rounded(weight: Tensor, bias: Tensor) -> Rounded:
    """Rows of real weights (outputs, ...) and biases, both in units of the output, as multiples of powers of two."""
    rows, bias = weight.flatten(1).double(), bias.double()
    largest, total = rows.abs().amax(dim=1), rows.abs().sum(dim=1)
    left = SUM_BOUND - LARGEST * (0.5 * rows.shape[1] + 2.0)  # without what rounding can add
    room = torch.minimum(LARGEST / largest.clamp_min(1e-30), left / (LARGEST * total + bias.abs() + 1.0))
    fit = (0.5 * room).clamp_max(1.0)  # rows too large for even half units are made smaller
    exponent = (torch.frexp(room).exponent - 1).clamp(1, FINEST)  # of the power of two below
    step = torch.tensor([2.0**-k for k in range(FINEST + 1)], dtype=torch.float64, device=room.device)[exponent]
    multiples = torch.floor(rows * (fit / step)[:, None] + 0.5).clamp_(-LARGEST, LARGEST)
    offset = torch.floor((bias * fit + 0.5) / step + 0.5)
    exact = ((multiples * step[:, None]).view_as(weight), offset * step, step)
    return Rounded(*(t.float() for t in exact))


class _Pointwise(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, layer: "IntegerLayer", _weight: Tensor, _bias: Tensor, *parts: Tensor) -> Tensor:
        weight, bias, _ = layer.rounded()
        columns = torch.split(weight, [part.shape[-1] for part in parts], dim=1)
        flat = [part.flatten(0, -2) for part in parts]
        sums = torch.addmm(bias, flat[0], columns[0].t())
        for part, of_part in zip(flat[1:], columns[1:], strict=True):
            sums.addmm_(part, of_part.t())
        y = layer.round_off(sums)
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(y, weight, *parts)
            ctx.layer = layer
        return y.view(*parts[0].shape[:-1], y.shape[-1])

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        y, weight, *parts = ctx.saved_tensors
        kind = fast_type(y.device)
        flat = ctx.layer.passed(grad.reshape(y.shape), y)
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


class _Grouped(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, layer: "IntegerLayer", order: list[int], weight: Tensor, _bias: Tensor, x: Tensor) -> Tensor:
        groups = len(order)
        rounded, bias, _ = layer.rounded()
        rows = rounded.view(groups, -1, weight.shape[1])[order]
        y = layer.round_off(torch.baddbmm(bias.view(groups, 1, -1)[order], x, rows.transpose(1, 2)))
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(x, y, rows)
            ctx.layer, ctx.back = layer, [order.index(group) for group in range(groups)]
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, y, rows = ctx.saved_tensors
        kind = fast_type(x.device)
        grad = ctx.layer.passed(grad, y)
        narrow = grad.to(kind)
        of_x = (narrow @ rows.to(kind)).float() if ctx.needs_input_grad[4] else None
        if not ctx.needs_input_grad[2]:
            return None, None, None, None, of_x
        of_weight = (narrow.transpose(1, 2) @ x.to(kind)).float()[ctx.back].flatten(0, 1)
        of_bias = grad.sum(dim=1)[ctx.back].flatten()
        return None, None, of_weight.mul_(ctx.layer.weight_units), of_bias.mul_(ctx.layer.bias_units), of_x


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, _weight: Tensor, _bias: Tensor, layer: "IntegerLayer") -> Tensor:
        weight, bias, _ = layer.rounded()
        y = layer.round_off(depthwise(x, weight, bias))
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(x, y, weight)
            ctx.layer = layer
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, y, weight = ctx.saved_tensors
        learns, c, reach = ctx.needs_input_grad[1], weight.shape[0], weight.shape[-1] // 2
        of_x, of_weight, of_bias = torch.ops.aten.convolution_backward(
            ctx.layer.passed(grad, y).permute(0, 3, 1, 2), x.permute(0, 3, 1, 2), weight, [c], [1, 1],
            [reach, reach], [1, 1], False, [0, 0], c, [ctx.needs_input_grad[0], learns, learns],
        )  # fmt: skip
        of_x = None if of_x is None else of_x.permute(0, 2, 3, 1)
        if not learns:
            return of_x, None, None, None
        return of_x, of_weight.mul_(ctx.layer.weight_units), of_bias.mul_(ctx.layer.bias_units), None


class IntegerLayer(nn.Module):
    """What both kinds of layers share: weights and biases are stored for real activations, and rounded for use.

    Args:
        low, high: where the outputs are clamped; infinite, they are not.
        unit: what 1 in the input stands for.
        fine: how much finer than an activation the output is.

    Attributes:
        is_real: nothing is rounded, for a smooth slope or to measure what the rounding costs; then not exact.
    """

    weight: nn.Parameter
    bias: nn.Parameter
    is_real = False

    def __init__(self, low: float, high: float, unit: float, fine: float) -> None:
        super().__init__()
        self.low, self.high = low, high
        self.weight_units, self.bias_units = fine * unit / UNIT, fine / UNIT
        self._kept: tuple[tuple[int, ...], Rounded] | None = None

    def rounded(self) -> Rounded:
        """What the layer computes with, kept until its weights change."""
        # Tensors made in inference mode count no versions; nobody trains those.
        versions = (0 if p.is_inference() else p._version for p in (self.weight, self.bias))
        version = *versions, self.weight.data_ptr(), self.is_real
        if self._kept is None or self._kept[0] != version:
            with torch.inference_mode(False), torch.no_grad():
                weight, bias = self.weight * self.weight_units, self.bias * self.bias_units
                real = Rounded(weight, bias, torch.ones_like(bias))
                self._kept = version, real if self.is_real else _rounded(weight, bias)
        return self._kept[1]

    def forget(self) -> None:
        """Weights in shared memory may have changed without a trace here."""
        self._kept = None

    @torch.no_grad()
    def settle(self) -> None:
        """Replaces the weights by the multiples that they stand for: 16-bit floats hold those exactly."""
        while not self.is_settled:  # a row at the edge of what its sums allow can have room for a finer step now
            weight, bias, _ = self.rounded()
            self.weight.copy_(weight / self.weight_units)
            self.bias.copy_((bias - 0.5) / self.bias_units)

    @property
    def is_settled(self) -> bool:
        """Whether rounding changes nothing: only then do all machines compute what the weights say."""
        weight, bias, _ = self.rounded()
        same = torch.equal(weight, self.weight * self.weight_units)
        return same and torch.equal(bias, self.bias * self.bias_units + 0.5)

    def largest_sum(self) -> float:
        """The largest sum that activations can lead to, in steps; below `SUM_BOUND`, or the layer is not exact."""
        weight, bias, step = (t.double() for t in self.rounded())
        return float(((LARGEST * weight.abs().flatten(1).sum(dim=1) + bias.abs()) / step).max())

    def round_off(self, sums: Tensor) -> Tensor:
        if not self.is_real:
            sums.floor_()
        return sums if self.high == float("inf") else sums.clamp_(self.low, self.high)

    def passed(self, grad: Tensor, y: Tensor) -> Tensor:
        return grad if self.high == float("inf") else passed(grad, y, self.low)


class IntegerPointwise(IntegerLayer):
    """The same linear map at every position of (B, rows, columns, inputs).

    Args:
        relu: outputs are from 0 to 255 instead of from -255.
        fine: outputs are 16 times finer than activations and not clamped: only fit to be added up.
        unit: what 1 in the input stands for.
    """

    def __init__(
        self, inputs: int, outputs: int, *, relu: bool = False, fine: bool = False, unit: float = UNIT
    ) -> None:
        limit = float("inf") if fine else LARGEST
        super().__init__(0.0 if relu else -limit, limit, unit, FINE if fine else 1.0)
        first = Pointwise(inputs, outputs)
        self.weight, self.bias = nn.Parameter(first.weight), nn.Parameter(first.bias)

    def forward(self, *parts: Tensor) -> Tensor:
        """Outputs (B, rows, columns, outputs); the inputs may come in several parts."""
        return _Pointwise.apply(self, self.weight, self.bias, *parts)

    def grouped(self, x: Tensor, order: list[int]) -> Tensor:
        """The outputs fall into groups of neighbours; of each of several inputs one group of them.

        Args:
            x: (groups, any, inputs).
            order: which group of outputs each input is for; all are in it.
        Returns:
            (groups, any, outputs / groups).
        """
        return _Grouped.apply(self, order, self.weight, self.bias, x)


class IntegerDepthwise(IntegerLayer):
    """A convolution of each channel of (B, rows, columns, C) alone, zeros beyond the edges."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__(-LARGEST, LARGEST, UNIT, 1.0)
        first = Depthwise(channels, kernel)
        self.weight, self.bias = first.weight, first.bias

    def forward(self, x: Tensor) -> Tensor:
        return _Depthwise.apply(x, self.weight, self.bias, self)


def passed(grad: Tensor, y: Tensor, low: float) -> Tensor:
    """The gradient where an output is not clamped, and where it leads back inside; none where a ReLU gives 0."""
    at_low = y <= low if low == 0.0 else (y <= low) & (grad > 0.0)
    return grad.masked_fill(at_low | ((y >= LARGEST) & (grad < 0.0)), 0.0)


class _Clamp(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, low: float) -> Tensor:
        y = x.clamp(low, LARGEST)
        ctx.save_for_backward(y)
        ctx.low = low
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return passed(grad, ctx.saved_tensors[0], ctx.low), None


def clamped(x: Tensor, low: float = -LARGEST) -> Tensor:
    """Sums of activations as activations."""
    return _Clamp.apply(x, low)
