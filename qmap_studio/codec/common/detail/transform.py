"""What is left of a cell after its reconstruction, as coefficients, and back, on integers that no machine rounds.

Colours become (R + G + B) / sqrt 3, (R - B) / sqrt 2 and (R - 2 G + B) / sqrt 6, which is orthonormal; then the cell
goes through a DCT of 16 x 16 (what the learned codec leaves out are frequencies of it), or stays as it is, pixel by
pixel, which serves lone dots and sharp edges.
"""

import math

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.rate import best_step, quality_to_lambda

ABSENT, FREQUENCIES, PIXELS, FLAT = 0, 1, 2, 3
"""The kinds of cells: without details, with details in one of two forms, and those that become a single colour."""

CHANNELS = 3
COEFFICIENTS = CELL_PX * CELL_PX

_BASIS_BITS = 12
_STEP_BITS = 6
_MOST = 1 << 21  # of a coefficient in steps' units, past any of a real picture; keeps every sum below 2^53

_WAVES = np.outer(np.arange(CELL_PX), 2 * np.arange(CELL_PX) + 1) * (math.pi / (2 * CELL_PX))
_BASIS = np.rint(np.cos(_WAVES) * np.where(np.arange(CELL_PX) > 0, math.sqrt(2), 1)[:, None] * 2 ** (_BASIS_BITS - 2))
"""float64 (frequency, place), integers: an orthonormal DCT times 2^12."""

_SHORT_BITS = 9
_SHORT_BASIS = np.rint(_BASIS * 2.0 ** (_SHORT_BITS - _BASIS_BITS)).astype(np.float32)  # for the encoder

_NORMS = (3, 2, 6)
_FARTHEST = 1 << 14  # what is added, in levels, stays within 16 bits


def step_of(levels: NDArray[np.uint16]) -> NDArray[np.float64]:
    """The step of cells' coefficients in 8-bit levels: the best uniform one where lambda / 3 weighs squared errors.

    Args:
        levels: qualities in 65535ths, of which the upper byte counts.
    """
    return _STEPS[levels >> 8]


_STEPS = best_step(quality_to_lambda(np.arange(256) / 255))
# The same for each channel, with the root of its colour's norm taken out, in 1/64 levels.
_INTEGER_STEPS = np.rint(2**_STEP_BITS * _STEPS[:, None] / np.sqrt(_NORMS))


def coefficients(difference: NDArray[np.int16], kind: int) -> NDArray[np.float32]:
    """Coefficients of cells, the same for a cell whatever comes with it.

    Args:
        difference: (n, 16, 16, 3), picture less reconstruction.
        kind: FREQUENCIES or PIXELS.
    Returns:
        float32 (n, 3, 16, 16), in 8-bit levels; the transform is orthonormal.
    """
    red, green, blue = np.moveaxis(difference, 3, 0).astype(np.float32)
    planes = np.stack((red + green + blue, red - blue, red - 2 * green + blue), axis=1)
    if kind == FREQUENCIES:
        # Integers below 2^24, so that no sum depends on its order; half a level is far below any step.
        planes = np.rint(planes @ _SHORT_BASIS.T * np.float32(2.0 ** (1 - _SHORT_BITS)))
        planes = np.swapaxes(np.swapaxes(planes, 2, 3) @ _SHORT_BASIS.T, 2, 3) * np.float32(2.0 ** (-1 - _SHORT_BITS))
    scaled: NDArray[np.float32] = planes / np.sqrt(_NORMS, dtype=np.float32)[:, None, None]
    return scaled


def added(
    kinds: NDArray[np.uint8],
    symbols: NDArray[np.int16],
    levels: NDArray[np.uint16],
    reconstruction: NDArray[np.uint8],
) -> NDArray[np.int16]:
    """What details add to a reconstruction; the same everywhere for the same reconstruction.

    Args:
        kinds: (n,), FREQUENCIES, PIXELS or FLAT.
        symbols: (n, 3, 16, 16); of a FLAT cell the first of each channel says how far its colour lies from the
            reconstruction's mean, in 8-bit levels of red, green and blue.
        levels: (n,), the cells' qualities in 65535ths.
        reconstruction: (n, 16, 16, 3), of which only that of FLAT cells counts.
    Returns:
        (n, 16, 16, 3), in 8-bit levels; the caller adds it and clips to 0..255.
    """
    steps = _INTEGER_STEPS[levels >> 8][:, :, None, None]
    first, second, third = np.moveaxis(np.clip(symbols * steps, -_MOST, _MOST), 1, 0)
    planes = np.stack((first + second + third, first - 2 * third, first - second + third), axis=1)
    waves = kinds == FREQUENCIES
    planes[waves] = _BASIS.T @ planes[waves] @ _BASIS * 2.0 ** (-2 * _BASIS_BITS)
    # Sums of integers below 2^53 and a power of two: exact up to here, and rounded once.
    rounded = np.floor(planes * 2.0**-_STEP_BITS + 0.5)
    result = np.moveaxis(np.clip(rounded, -_FARTHEST, _FARTHEST), 1, 3).astype(np.int16)
    flat = kinds == FLAT
    colours = np.clip(mean_colours(reconstruction[flat]) + symbols[flat, :, 0, 0], -_FARTHEST, _FARTHEST)
    result[flat] = colours[:, None, None] - reconstruction[flat].astype(np.int16)
    return result


def mean_colours(cells: NDArray[np.uint8]) -> NDArray[np.int32]:
    """The mean of each channel, rounded, (n, 3), of cells (n, 16, 16, 3)."""
    return (cells.sum(axis=(1, 2), dtype=np.int32) + COEFFICIENTS // 2) // COEFFICIENTS
