"""How the encoder rounds latents, and the family of distributions that it learns tables with."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from qmap_studio.codec.common.entropy_tables import LATENT_BOUND
from qmap_studio.codec.common.passes.symbols import TABLES

SCALE_MIN, SCALE_MAX = 0.06, 40.0
LOG_RATIO = math.log(SCALE_MAX / SCALE_MIN) / (TABLES - 1)
LEAST_PROBABILITY = 1e-9


def scale_of(index: Tensor) -> Tensor:
    """Scale of the logistic distribution behind a (possibly fractional) table index."""
    return SCALE_MIN * torch.exp(LOG_RATIO * index)


def is_coded(index: Tensor) -> Tensor:
    """Whether symbols with a (possibly fractional) table index are coded: the smallest table says that they are 0."""
    return index >= 0.5


def logistic_bits(distance: Tensor, scale: Tensor) -> Tensor:
    """Bits of the unit-wide bin at `distance` from the centre of a logistic distribution."""
    distance = distance.abs()
    probability = torch.sigmoid((0.5 - distance) / scale) - torch.sigmoid((-0.5 - distance) / scale)
    return -torch.log2(probability.clamp_min(LEAST_PROBABILITY))


class _MixedBits(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, value: Tensor, rounded: Tensor, index: Tensor) -> Tensor:
        scale = scale_of(index)
        bits, _, of_scale = _logistic(rounded, scale)
        noisy = value + torch.rand_like(value) - 0.5
        ctx.save_for_backward(_logistic(noisy, scale)[1], of_scale.mul_(scale).mul_(LOG_RATIO))
        return bits.flatten(1).sum(dim=1)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, Tensor]:
        of_value, of_index = ctx.saved_tensors
        grad = grad.view(-1, *(1,) * (of_value.dim() - 1))
        return of_value * grad, None, of_index * grad


def _logistic(value: Tensor, scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """`logistic_bits`, and their derivatives by value and by scale."""
    distance = value.abs()
    above, below = (0.5 - distance) / scale, (-0.5 - distance) / scale
    s_above, s_below = torch.sigmoid(above), torch.sigmoid(below)
    probability = s_above - s_below
    slope_above, slope_below = s_above * (1.0 - s_above), s_below * (1.0 - s_below)
    is_coded = probability > LEAST_PROBABILITY
    factor = is_coded / (probability.clamp_min(LEAST_PROBABILITY) * scale * math.log(2.0))
    of_value = (slope_above - slope_below) * factor * value.sign()
    of_scale = (slope_above * above - slope_below * below) * factor
    return -torch.log2(probability.clamp_min(LEAST_PROBABILITY)), of_value, of_scale


def mixed_bits(value: Tensor, rounded: Tensor, index: Tensor) -> Tensor:
    """Bits of the rounded values (B, ...) with tables `index`, by picture: (B,).

    The index learns from the rounded value, the value from its noisy stand-in (uniform noise in place of rounding,
    Balle et al. 2017). The straight-through gradient would not do: symbols that are 0 send none, so that nothing holds
    the gains down. Measured: after 750 steps of it the rate at quality 1 was 12 % higher for 0.4 dB.
    """
    return _MixedBits.apply(value, rounded, index)


def quantise(residual: Tensor, weight: Tensor, saved_bits: Callable[[Tensor], Tensor]) -> Tensor:
    """Rate-distortion optimised rounding: the nearest integer, or the next one towards zero where that costs less.

    Args:
        residual: y - mu.
        weight: bits that a squared error of 1 is worth.
        saved_bits: of integers n >= 0, the bits that n - 1 would save.
    Returns:
        Integers as floats.
    """
    magnitude = residual.abs()
    nearest = torch.round(magnitude).clamp_max(LATENT_BOUND)
    added_error = 2.0 * (magnitude - nearest) + 1.0
    lower = (saved_bits(nearest) > weight * added_error) & (nearest > 0.0)
    return torch.sign(residual) * (nearest - lower.to(nearest.dtype))


def quantise_by_index(residual: Tensor, index: Tensor, weight: Tensor) -> Tensor:
    """`quantise` for the logistic distributions of (possibly fractional) table indices; 0 where nothing is coded."""
    scale = scale_of(index)
    q = quantise(residual, weight, lambda n: logistic_bits(n, scale) - logistic_bits(n - 1.0, scale))
    return q.masked_fill(~is_coded(index), 0.0)
