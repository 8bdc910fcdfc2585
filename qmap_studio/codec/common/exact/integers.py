"""Exact layers: integers, the same on every machine. What picks the entropy tables is made of them.

An activation is an integer of at most 255 in magnitude, held in float32; 32 of them make 1. The weights of a row are
whole multiples, of at most 255 times, of one power of two: the finest for which every sum stays below 2^24 of it. So
float32 holds each product and each partial sum without error: neither their order nor threads, fused operations or a
multiplier of fewer bits (bfloat16 and TF32 hold 255 too) can matter. A layer rounds the sum, halves up, and clamps it.

The network is trained with this rounding; gradients (`gradients.py`) pass straight through it.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.exact import gradients
from qmap_studio.codec.common.exact.integer_rounding import LARGEST, as_multiples
from qmap_studio.codec.common.exact.planes import Depthwise, Pointwise, depthwise

UNIT = 1.0 / 32.0
"""What an activation of 1 stands for."""
FINE = 16.0
"""Outputs that are only added up are so much finer than activations."""


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
        self._kept: tuple[tuple[int, ...], tuple[Tensor, Tensor]] | None = None

    def used(self) -> tuple[Tensor, Tensor]:
        """Weights, and biases with the half for rounding, that the layer computes with; kept until they change."""
        # Tensors made in inference mode count no versions; nobody trains those.
        versions = (0 if p.is_inference() else p._version for p in (self.weight, self.bias))
        version = *versions, self.weight.data_ptr(), self.is_real
        if self._kept is None or self._kept[0] != version:
            with torch.inference_mode(False), torch.no_grad():
                self._kept = version, self._in_output_units() if self.is_real else self._as_multiples()[:2]
        return self._kept[1]

    def forget(self) -> None:
        """Weights in shared memory may have changed without a trace here."""
        self._kept = None

    @torch.no_grad()
    def settle(self) -> None:
        """Replaces the weights by the multiples that they stand for: 16-bit floats hold those exactly."""
        while not self.is_settled:  # a row at the edge of what its sums allow can have room for a finer step now
            weight, bias = self.used()
            self.weight.copy_(weight / self.weight_units)
            self.bias.copy_((bias - 0.5) / self.bias_units)

    @property
    def is_settled(self) -> bool:
        """Whether rounding changes nothing: only then do all machines compute what the weights say."""
        (weight, bias), (real_weight, real_bias) = self.used(), self._in_output_units()
        return torch.equal(weight, real_weight) and torch.equal(bias, real_bias + 0.5)

    def largest_sum(self) -> float:
        """The largest sum that activations can lead to, in steps; below 2^24, or the layer is not exact."""
        weight, bias, step = (t.double() for t in self._as_multiples())
        return float(((LARGEST * weight.abs().flatten(1).sum(dim=1) + bias.abs()) / step).max())

    def round_off(self, sums: Tensor) -> Tensor:
        if not self.is_real:
            sums.floor_()
        return sums if self.high == float("inf") else sums.clamp_(self.low, self.high)

    def _in_output_units(self) -> tuple[Tensor, Tensor]:
        return self.weight * self.weight_units, self.bias * self.bias_units

    def _as_multiples(self) -> tuple[Tensor, Tensor, Tensor]:
        with torch.no_grad():
            return as_multiples(*self._in_output_units())


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
        return gradients.Pointwise.apply(self, self.weight, self.bias, *parts)

    def grouped(self, x: Tensor, order: Sequence[int]) -> Tensor:
        """The outputs fall into groups of neighbours; of each of several inputs one group of them.

        Args:
            x: (groups, any, inputs).
            order: which group of outputs each input is for; all are in it.
        Returns:
            (groups, any, outputs / groups).
        """
        return gradients.Grouped.apply(self, order, self.weight, self.bias, x)

    def compute(self, *parts: Tensor) -> Tensor:
        """What `forward` gives."""
        weight, bias = self.used()
        columns = torch.split(weight, [part.shape[-1] for part in parts], dim=1)
        flat = [part.flatten(0, -2) for part in parts]
        sums = torch.addmm(bias, flat[0], columns[0].t())
        for part, of_part in zip(flat[1:], columns[1:], strict=True):
            sums.addmm_(part, of_part.t())
        return self.round_off(sums).view(*parts[0].shape[:-1], sums.shape[-1])

    def compute_grouped(self, x: Tensor, order: Sequence[int]) -> Tensor:
        """What `grouped` gives."""
        weight, bias = self.used()
        groups = len(order)
        rows = weight.view(groups, -1, weight.shape[1])[list(order)]
        return self.round_off(torch.baddbmm(bias.view(groups, 1, -1)[list(order)], x, rows.transpose(1, 2)))


class IntegerDepthwise(IntegerLayer):
    """A convolution of each channel of (B, rows, columns, C) alone, zeros beyond the edges."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__(-LARGEST, LARGEST, UNIT, 1.0)
        first = Depthwise(channels, kernel)
        self.weight, self.bias = first.weight, first.bias

    def forward(self, x: Tensor) -> Tensor:
        return gradients.Depthwise.apply(self, self.weight, self.bias, x)

    def compute(self, x: Tensor) -> Tensor:
        """What `forward` gives."""
        return self.round_off(depthwise(x, *self.used()))


def clamped(x: Tensor, low: float = -LARGEST) -> Tensor:
    """Sums of activations as activations."""
    return gradients.Clamp.apply(x, low)
