"""What is left of a cell after its reconstruction, as coefficients, and back, on integers that no machine rounds.

Colours become (R + G + B) / sqrt 3, (R - B) / sqrt 2 and (R - 2 G + B) / sqrt 6, which is orthonormal; then the cell goes
through a DCT of 16 x 16 (what the learned codec leaves out are frequencies of it), or stays as it is, pixel by pixel,
which serves lone dots and sharp edges.
"""

import math

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.rate import LAMBDA_AT_ZERO, LAMBDA_GROWTH

ABSENT, FREQUENCIES, PIXELS = 0, 1, 2
"""The kinds of cells: without detail, and with detail in one of two forms."""

CHANNELS = 3
COEFFICIENTS = CELL_PX * CELL_PX

_BASIS_BITS = 12
_STEP_BITS = 6
_MOST = 1 << 21  # of a coefficient in steps' units, past any of a real picture; keeps every sum below 2^53

_WAVES = np.outer(np.arange(CELL_PX), 2 * np.arange(CELL_PX) + 1) * (math.pi / (2 * CELL_PX))
_BASIS = np.rint(np.cos(_WAVES) * np.where(np.arange(CELL_PX) > 0, math.sqrt(2), 1)[:, None] * 2 ** (_BASIS_BITS - 2))
"""float64 (frequency, place), integers: an orthonormal DCT times 2^12."""

_NORMS = (3, 2, 6)


def step_of(levels: NDArray[np.integer]) -> NDArray[np.float64]:
    """The step of cells' coefficients in 8-bit levels: the best uniform one where lambda / 3 weighs squared errors.

    Args:
        levels: qualities in 65535ths, of which the upper byte counts.
    """
    return _STEPS[np.asarray(levels) >> 8]


# delta = sqrt(18 / (ln 2 * lambda)), at which a step's last bit saves what it costs.
_LAMBDAS = LAMBDA_AT_ZERO * np.exp(LAMBDA_GROWTH * np.arange(256) / 255)
_STEPS = np.sqrt(18 / (math.log(2) * _LAMBDAS))
# The same for each channel, with the root of its colour's norm taken out, in 1/64 levels.
_INTEGER_STEPS = np.rint(2**_STEP_BITS * _STEPS[:, None] / np.sqrt(_NORMS))


def coefficients(difference: NDArray[np.int16], kind: int) -> NDArray[np.float64]:
    """Coefficients of cells, the same for a cell whatever comes with it.

    Args:
        difference: (n, 16, 16, 3), picture less reconstruction.
    Returns:
        float64 (n, 3, 16, 16), in 8-bit levels; the transform is orthonormal.
    """
    red, green, blue = np.moveaxis(difference.astype(np.float64), 3, 0)
    planes = np.stack((red + green + blue, red - blue, red - 2 * green + blue), axis=1)
    if kind == FREQUENCIES:
        planes = (_BASIS @ planes @ _BASIS.T) * 2.0 ** (-2 * _BASIS_BITS)
    scaled: NDArray[np.float64] = planes / np.sqrt(_NORMS)[:, None, None]
    return scaled


def added(kinds: NDArray[np.uint8], symbols: NDArray[np.int16], levels: NDArray[np.uint16]) -> NDArray[np.int16]:
    """What details add to a reconstruction; every machine gives the same.

    Args:
        kinds: (n,), FREQUENCIES or PIXELS.
        symbols: (n, 3, 16, 16).
        levels: (n,), the cells' qualities in 65535ths.
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
    return np.moveaxis(np.clip(rounded, -(1 << 15), (1 << 15) - 1), 1, 3).astype(np.int16)
