"""The tables of details' symbols: one for each range of the magnitude that is expected of a symbol."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.entropy_tables import COUNTS_TOTAL, WIDEST, Tables

UNIT = 256
"""Expected magnitudes are integers, in parts of a step."""

# Counts of a 0, and how fast further symbols become rare, in 256ths: from 1 to 2, and in the long run. Fitted, as the
# weights of contexts.py, to what `live` leaves of photos, noise, halftones and text, and to such without it.
_SHAPES = (
    *((65500, 4, 210), (65090, 6, 210), (64890, 6, 210), (64810, 10, 210), (64440, 7, 210), (63950, 7, 210)),
    *((63330, 8, 210), (62200, 8, 170), (60620, 7, 170), (58020, 7, 170), (54090, 10, 170), (48620, 16, 110)),
    *((39900, 36, 70), (32200, 65, 62), (24000, 111, 75), (16900, 169, 108), (11800, 214, 145), (7900, 248, 180)),
    *((6500, 250, 207), (5000, 250, 226), (4400, 248, 236), (3400, 249, 243), (2130, 253, 248)),
)


_LEAST_REACH = 24  # of every table: a lone white dot at the highest quality


def _counts(zero: int, ratio: int, last_ratio: int) -> NDArray[np.int64]:
    """Of the symbols and the escape: each ratio is half as far from the last one as the one before it."""
    weights, excess = [1 << 32], (ratio - last_ratio) << 8
    for _ in range(WIDEST - 1):
        weights.append(weights[-1] * ((last_ratio << 8) + excess) >> 16)
        excess >>= 1
    share = COUNTS_TOTAL - zero
    side = [share * weight // (2 * sum(weights)) for weight in weights]
    side = [max(count, 1) for n, count in enumerate(side) if count or n < _LEAST_REACH]
    return np.array([*side[::-1], zero, *side, 1])


@cache
def detail_tables() -> Tables:
    return Tables((np.array([1, 1]), *(_counts(*shape) for shape in _SHAPES)))


def _limits() -> NDArray[np.int64]:
    limits = [1]
    while len(limits) < len(_SHAPES) - 1:
        limits.append(limits[-1] + max(limits[-1] // 2, 1))
    return np.array(limits)


# The first limits are 1, 2, 3, 4, 6, 9: each is the one before it and a half of it.
_LIMITS = _limits()


def table_of(expected: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which table codes symbols whose magnitude is expected to be this, in 1/256."""
    return np.searchsorted(_LIMITS, expected, side="right") + 1
