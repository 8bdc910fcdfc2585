"""Adjustments of all that lies below: more or less contrast, more or less quality, the opposite."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.opencv import cv2
from qmap_studio.core.rect import Rect
from qmap_studio.document.layers.layer import Layer, Rendered


@dataclass(frozen=True)
class AdjustLayer(Layer):
    """Each quality q below becomes slope * q + offset, within 0 to 1."""

    slope: float
    offset: float

    @classmethod
    def inverted(cls) -> Self:
        """Quality q becomes 1 - q, exactly."""
        return cls(-1.0, 1.0)

    @classmethod
    def strengthened(cls, factor: float, mean: float) -> Self:
        """The distances from a quality, the mean, are multiplied by a factor."""
        return cls(factor, mean * (1 - factor))

    @classmethod
    def shifted(cls, quality: float) -> Self:
        """A quality is added everywhere."""
        return cls(1.0, quality)

    def reach(self, height: int, width: int) -> Rect:
        return Rect.whole(height, width)

    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered:
        levels = np.empty_like(below)
        cv2.addWeighted(below, self.slope, below, 0.0, self.offset * MAX_LEVEL, dst=levels)
        return Rendered(levels)
