"""The tables with which details' symbols are coded: one for each range of the magnitude that is expected of a symbol."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.entropy import COUNTS_TOTAL, WIDEST, Tables

UNIT = 256
"""Expected magnitudes are integers, in parts of a step."""

# Counts of a 0, and how fast further symbols become rare, in 256ths: from 1 to 2, and in the long run. Fitted to what
# `live` leaves of photos, noise, halftones and text.
_SHAPES = (
    *((65490, 8, 80), (65060, 10, 110), (64900, 8, 100), (64790, 8, 90), (64490, 8, 90), (64110, 8, 85)),
    *((63430, 8, 80), (62410, 8, 80), (60760, 9, 76), (58040, 9, 76), (54100, 13, 78), (48570, 23, 69)),
    *((40570, 44, 56), (32990, 72, 68), (25600, 118, 84), (18530, 172, 116), (12910, 211, 150), (9870, 240, 184)),
    *((8700, 240, 212), (7200, 246, 230), (5250, 246, 238), (3600, 250, 244), (2130, 253, 248)),
)


def _counts(zero: int, ratio: int, last_ratio: int) -> NDArray[np.int64]:
    """-WIDEST..WIDEST and the escape: each ratio is half as far from the last one as the one before it."""
    weights, excess = [1 << 32], (ratio - last_ratio) << 8
    for _ in range(WIDEST - 1):
        weights.append(weights[-1] * ((last_ratio << 8) + excess) >> 16)
        excess >>= 1
    share = COUNTS_TOTAL - zero
    side = [max(share * weight // (2 * sum(weights)), 1) for weight in weights]
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
