"""Rounding of latents and the family of distributions behind the entropy tables."""

import math

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


def quantise(residual: Tensor, scale: Tensor, weight: Tensor) -> Tensor:
    """Rate-distortion optimised rounding: the nearest integer, or the next one towards zero where that costs less.

    Args:
        residual: y - mu.
        scale: of the logistic distribution, so that the rate of either choice is known.
        weight: bits that a squared error of 1 is worth.
    Returns:
        Integers as floats; 0 where the smallest table says that the symbol is not coded.
    """
    nearest = torch.round(residual).clamp(-LATENT_BOUND, LATENT_BOUND)
    lower = nearest - torch.sign(nearest)
    saved_bits = logistic_bits(nearest, scale) - logistic_bits(lower, scale)
    added_error = (residual - lower).square() - (residual - nearest).square()
    q = torch.where(saved_bits > weight * added_error, lower, nearest)
    return q.masked_fill(scale < SCALE_MIN * math.exp(0.5 * LOG_RATIO), 0.0)
