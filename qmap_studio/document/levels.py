"""How strongly a whole map tells parts of a picture apart, and how much quality it asks for. Pure functions."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import MAX_LEVEL

Levels = NDArray[np.uint16]


def strengthened(values: Levels, factor: float) -> Levels:
    """The map with its distances from the mean multiplied, within the range of qualities."""
    mean = float(values.mean())
    return _remapped(values, lambda levels: mean + (levels - mean) * factor)


def shifted(values: Levels, quality: float) -> Levels:
    """The map with a quality added everywhere, within the range of qualities."""
    return _remapped(values, lambda levels: levels + quality * MAX_LEVEL)


def _remapped(values: Levels, curve: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Levels:
    table = curve(np.arange(MAX_LEVEL + 1, dtype=np.float64))
    # By table: a float copy of a large map is several times its size.
    return np.rint(np.clip(table, 0, MAX_LEVEL)).astype(np.uint16)[values]
