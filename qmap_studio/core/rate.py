"""Sizes and qualities in the units of rate-distortion theory."""

import math
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

# Two decades. Song et al. take 0.001 exp(4.382 m), 0.001 to 0.08; a little lower at 0 so that it reaches 0.15 bpp.
LAMBDA_AT_ZERO = 0.0008
LAMBDA_RATIO = 100.0
LAMBDA_GROWTH = math.log(LAMBDA_RATIO)

DEFAULT_QUALITY = 0.5
"""Of a picture of which nothing else is said."""

# The heat map's scale: its two ends, and what is named between them at equal distances.
HEAT_TICKS_BPP = (0.01, 0.1, 1.0, 10.0)

Values = TypeVar("Values")


def bits_per_pixel(size_bytes: float, height: int, width: int) -> float:
    """Bits per pixel of so many bytes for a picture of height x width pixels.

    >>> bits_per_pixel(24_576, height=512, width=768)
    0.5
    """
    return size_bytes * 8 / (height * width)


def bytes_at(bpp: float, height: int, width: int) -> int:
    """The most bytes that a picture of height x width pixels has at so many bits per pixel."""
    return int(bpp * (height * width) / 8)


def heat_level(bpp: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where rates lie on the heat map's logarithmic scale, which is the same for every picture.

    Args:
        bpp: bits per pixel; NaN where unknown.
    Returns:
        0 for HEAT_TICKS_BPP[0] or less to 1 for HEAT_TICKS_BPP[-1] or more; NaN stays.

    >>> [f"{level:.2f}" for level in heat_level(np.array([0, 0.01, 0.1, 1, 10, 99], np.float32))]
    ['0.00', '0.00', '0.33', '0.67', '1.00', '1.00']
    """
    low, high = HEAT_TICKS_BPP[0], HEAT_TICKS_BPP[-1]
    level: NDArray[np.float32] = np.log(np.clip(bpp, low, high) / low) / math.log(high / low)
    return level.astype(np.float32)


def quality_to_lambda(quality: Values) -> Values:
    """Weight of the squared error against the bits.

    Args:
        quality: in [0, 1], a float, or an array or a tensor of floats; 1 keeps most detail.
    Returns:
        lambda, of the same kind and shape; weighs 255^2 * squared error.
    Source: Song, Choi, Han 2021, section 4.1, with other constants.

    >>> [round(quality_to_lambda(quality), 4) for quality in (0.0, 0.5, 1.0)]
    [0.0008, 0.008, 0.08]
    """
    lmbda: Values = LAMBDA_AT_ZERO * LAMBDA_RATIO ** cast("Any", quality)
    return lmbda


def best_step(lmbda: Values) -> Values:
    """The uniform step of an orthonormal transform's coefficients, in 8-bit levels, that suits a lambda.

    A step costs -log2(step) bits and an error of step^2 / 12, which lambda / 3 weighs; their sum is least.

    Args:
        lmbda: a float, or an array or a tensor of floats.
    """
    step: Values = (18 / (math.log(2) * cast("Any", lmbda))) ** 0.5
    return step
