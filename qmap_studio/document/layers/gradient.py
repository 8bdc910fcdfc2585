"""Gradients: their handles are parameters, so moving one is another layer in the place of the first.

Points are (x, y) in pixels, where the first pixel spans 0 to 1; qualities are in [0, 1].
"""

from abc import abstractmethod
from dataclasses import dataclass
from math import dist, inf

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import level_of
from qmap_studio.core.language import N_
from qmap_studio.core.rect import Rect
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.rendered import Rendered
from qmap_studio.document.shapes import pixel_centres

Point = tuple[float, float]


@dataclass(frozen=True)
class GradientLayer(Layer):
    """From one quality at a point to another at a second, over the whole map.

    Attributes:
        start, end: the handles, at least a pixel apart.
    """

    start: Point
    end: Point
    quality_from: float
    quality_to: float

    def __post_init__(self) -> None:
        super().__post_init__()
        level_of(self.quality_from), level_of(self.quality_to)
        if not 1 <= dist(self.start, self.end) < inf:
            raise ValueError(f"the handles of a gradient are at least a pixel apart, not {self.start}, {self.end}")

    def extent(self, height: int, width: int) -> Rect:
        return Rect.whole(height, width)

    def covers(self, rect: Rect) -> bool:
        return True

    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered:
        x, y = pixel_centres(rect)
        level_from, level_to = level_of(self.quality_from), level_of(self.quality_to)
        levels = self._levels(x, y, level_from, level_to - level_from)
        np.clip(levels, min(level_from, level_to), max(level_from, level_to), out=levels)
        levels += 0.5
        return Rendered(levels.astype(np.uint16))

    @abstractmethod
    def _levels(self, x: NDArray[np.float32], y: NDArray[np.float32], first: int, rise: int) -> NDArray[np.float32]:
        """Levels at columns and rows, float32 (H, W): `first` at the start, by `rise` more at the end, not clipped."""


class LinearGradient(GradientLayer):
    """Linear between two lines through the handles, constant beyond both."""

    kind = "linear"
    title = N_("Linear gradient")

    def _levels(self, x: NDArray[np.float32], y: NDArray[np.float32], first: int, rise: int) -> NDArray[np.float32]:
        step_x, step_y = self.end[0] - self.start[0], self.end[1] - self.start[1]
        slope = rise / (step_x * step_x + step_y * step_y)
        across, down = (x - self.start[0]) * (slope * step_x), (y - self.start[1]) * (slope * step_y)
        levels: NDArray[np.float32] = np.add.outer(down + first, across)
        return levels


class RadialGradient(GradientLayer):
    """Linear from the centre, `start`, to the circle through `end`, constant beyond."""

    kind = "radial"
    title = N_("Radial gradient")

    def _levels(self, x: NDArray[np.float32], y: NDArray[np.float32], first: int, rise: int) -> NDArray[np.float32]:
        levels: NDArray[np.float32] = np.add.outer((y - self.start[1]) ** 2, (x - self.start[0]) ** 2)
        np.sqrt(levels, out=levels)
        levels *= rise / dist(self.start, self.end)
        levels += first
        return levels
