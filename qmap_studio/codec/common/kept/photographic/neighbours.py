"""What a pixel's neighbours say of it, as small integers that do not depend on contrast.

Floats hold them, all of them exact: sums stay below 2^24, and a quotient below 4096 of such integers is rounded by
far less than it is away from the next whole number, so that its floor is that of exact arithmetic.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -4096.0
FRACTION = 8
"""Means and spreads are in eighths of a level."""
SPREAD = 32
"""What a difference as large as the spread is to the networks."""
LARGEST = 255
NEAREST = 4
_NEAR_WEIGHT = 64
_LOG_SIZE = 1 << 13

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Neighbourhood:
    """The known neighbours of n pixels in a plane.

    Attributes:
        mean: (n,), in eighths of a level.
        spread: (n,), of the neighbours around it, in eighths, plus 1.
        log_spread: (n,), in sixteenths of an octave, linear in between.
        differences: (neighbours, n), from the mean, in spreads; 0 where unknown.
        known: bool (neighbours, n).
    """

    mean: Floats
    spread: Floats
    log_spread: Floats
    differences: Floats
    known: NDArray[np.bool_]


def look(values: Floats, fallback: int) -> Neighbourhood:
    """Of values (neighbours, n) in levels or UNKNOWN; fallback is the mean where nothing is known."""
    known = values != UNKNOWN
    weights = known.astype(np.float32)
    count = weights.sum(axis=0)
    values = values * weights
    near = values[:NEAREST].sum(axis=0)
    total = count + (_NEAR_WEIGHT - 1) * weights[:NEAREST].sum(axis=0)
    sums = values.sum(axis=0) + (_NEAR_WEIGHT - 1) * near
    nothing = count == 0
    sums[nothing] = fallback
    total[nothing] = 1
    count[nothing] = 1
    mean = np.floor(FRACTION * sums / total)
    away = (FRACTION * values - mean) * weights
    spread = np.floor(np.abs(away).sum(axis=0) / count) + 1
    log_spread = _logs()[spread.astype(np.intp)]
    return Neighbourhood(mean, spread, log_spread, in_spreads(away, spread), known)


def in_spreads(eighths: Floats, spread: Floats) -> Floats:
    """Differences in eighths of a level as whole 1/32 of the spread, limited."""
    return np.clip(np.floor(SPREAD * eighths / spread), -LARGEST, LARGEST)


@cache
def _logs() -> Floats:
    """Sixteenths of an octave of 0..8191: whole powers of two exactly, linear in between."""
    logs = [0]
    for number in range(1, _LOG_SIZE):
        octave = number.bit_length() - 1
        logs.append(16 * octave + (16 * (number - (1 << octave)) >> octave))
    return np.array(logs, np.float32)
