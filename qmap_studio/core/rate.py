"""Sizes and qualities in the units of rate-distortion theory."""

import math
from typing import overload

import numpy as np
from numpy.typing import NDArray

# Two decades. Song et al. take 0.001 exp(4.382 m), 0.001 to 0.08; a little lower at 0 so that it reaches 0.15 bpp.
LAMBDA_AT_ZERO = 0.0008
LAMBDA_GROWTH = math.log(100.0)


def bits_per_pixel(size_bytes: float, height: int, width: int) -> float:
    """Bits per pixel of so many bytes for a picture of height x width pixels."""
    return size_bytes * 8 / (height * width)


def heat_top(rates: NDArray[np.float32], current: float | None = None) -> float:
    """A round upper end for the heat map's scale; the current one stays while it serves well.

    Args:
        rates: of every cell, in bits per pixel; NaN where unknown.
    """
    known = rates[np.isfinite(rates)]
    if not known.size:
        return current or 1.0
    peak = max(float(np.percentile(known, 99.0)), 1e-3)
    if current is not None and 0.4 * current <= peak <= 1.1 * current:
        return current
    decade = 10.0 ** np.floor(np.log10(peak))
    return float(next(step * decade for step in (1.0, 2.0, 5.0, 10.0) if step * decade >= 0.95 * peak))


@overload
def quality_to_lambda(quality: float) -> float: ...
@overload
def quality_to_lambda(quality: NDArray[np.float32]) -> NDArray[np.float32]: ...
@overload
def quality_to_lambda(quality: NDArray[np.float64]) -> NDArray[np.float64]: ...
def quality_to_lambda(
    quality: float | NDArray[np.float32] | NDArray[np.float64],
) -> float | NDArray[np.float32] | NDArray[np.float64]:
    """Weight of the squared error against the bits, for a quality or a map of them.

    Args:
        quality: in [0, 1]; 1 keeps most detail.
    Returns:
        lambda, of the same shape; weighs 255^2 * squared error.
    Source: Song, Choi, Han 2021, section 4.1, with other constants.
    """
    if isinstance(quality, np.ndarray):
        lambda_map: NDArray[np.float32] | NDArray[np.float64] = LAMBDA_AT_ZERO * np.exp(LAMBDA_GROWTH * quality)
        return lambda_map
    return float(LAMBDA_AT_ZERO * np.exp(LAMBDA_GROWTH * quality))
