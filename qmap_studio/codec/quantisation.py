"""Rounding of latents and the family of distributions behind the entropy tables."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from qmap_studio.codec.layers import ACTIVATION_STEP, round_half_up

TABLES = 64
SCALE_MIN, SCALE_MAX = 0.06, 40.0
LOG_RATIO = math.log(SCALE_MAX / SCALE_MIN) / (TABLES - 1)
INDEX_PER_UNIT, INDEX_OFFSET = 8.0, 24.0
"""A table index is 8 t + 24 for a network's output t."""
LATENT_BOUND = 30000
HYPER_BOUND = 60


def scale_of(index: Tensor) -> Tensor:
    """Scale of the logistic distribution behind a (possibly fractional) table index."""
    return SCALE_MIN * torch.exp(LOG_RATIO * index)


def logistic_bits(distance: Tensor, scale: Tensor) -> Tensor:
    """Bits of the unit-wide bin at `distance` from the centre of a logistic distribution."""
    distance = distance.abs()
    probability = torch.sigmoid((0.5 - distance) / scale) - torch.sigmoid((-0.5 - distance) / scale)
    return -torch.log2(probability.clamp_min(1e-9))


def noisy_bits(value: Tensor, _rounded: Tensor, scale: Tensor) -> Tensor:
    """Bits of a value with uniform noise in place of rounding (Balle et al. 2017)."""
    return logistic_bits(value + torch.rand_like(value) - 0.5, scale)


def mixed_bits(value: Tensor, rounded: Tensor, scale: Tensor) -> Tensor:
    """Bits of the rounded value; the scale learns from it, the value from its noisy stand-in.

    The straight-through gradient would not do: symbols that are 0 send none, so that nothing holds the gains down.
    Measured: after 750 steps of it the rate at quality 1 was 12 % higher for 0.4 dB.
    """
    noisy = noisy_bits(value, rounded, scale.detach())
    return logistic_bits(rounded.detach(), scale) + noisy - noisy.detach()


def magnitude_feature(q: Tensor) -> Tensor:
    """log2(1 + |q|) as a multiple of 2^-10."""
    return round_half_up(torch.log2(1.0 + q.abs()), ACTIVATION_STEP)


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


def quantise_by_scale(residual: Tensor, scale: Tensor, weight: Tensor) -> Tensor:
    """`quantise` for logistic distributions; 0 where the smallest table says that the symbol is not coded."""
    q = quantise(residual, weight, lambda n: logistic_bits(n, scale) - logistic_bits(n - 1.0, scale))
    return q.masked_fill(scale < SCALE_MIN * math.exp(0.5 * LOG_RATIO), 0.0)
