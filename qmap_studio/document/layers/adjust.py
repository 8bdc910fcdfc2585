"""Adjustments of all that lies below: more or less contrast, more or less quality, the opposite."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.rect import Rect
from qmap_studio.document.layers.layer import Layer, Rendered


@dataclass(frozen=True)
class AdjustLayer(Layer):
    """Each quality q below becomes slope * q + offset, within 0 to 1, by one step after the other.

    Attributes:
        steps: slope and offset of each.
    """

    steps: tuple[tuple[float, float], ...]

    @classmethod
    def inverted(cls) -> Self:
        """Quality q becomes 1 - q, exactly."""
        return cls(((-1.0, 1.0),))

    @classmethod
    def strengthened(cls, factor: float, mean: float) -> Self:
        """The distances from a quality, the mean, are multiplied by a factor."""
        return cls(((factor, mean * (1 - factor)),))

    @classmethod
    def shifted(cls, quality: float) -> Self:
        """A quality is added everywhere."""
        return cls(((1.0, quality),))

    def then(self, other: "AdjustLayer") -> "AdjustLayer":
        """Both in one layer, the other one last."""
        return AdjustLayer((*self.steps, *other.steps))

    def reach(self, height: int, width: int) -> Rect:
        return Rect.whole(height, width)

    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered:
        return Rendered(np.take(self._table, below))

    @cached_property
    def _table(self) -> NDArray[np.uint16]:
        """What becomes of each level."""
        levels = np.arange(MAX_LEVEL + 1, dtype=np.float64)
        for slope, offset in self.steps:
            levels = np.rint(np.clip(slope * levels + offset * MAX_LEVEL, 0, MAX_LEVEL))
        return levels.astype(np.uint16)
