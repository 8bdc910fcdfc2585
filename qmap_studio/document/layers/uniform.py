"""One quality everywhere: what a map begins with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import level_of
from qmap_studio.core.rect import Rect
from qmap_studio.document.layers.layer import Layer, Rendered


@dataclass(frozen=True)
class UniformLayer(Layer):
    """One quality, in [0, 1], over the whole map."""

    quality: float

    def reach(self, height: int, width: int) -> Rect:
        return Rect.whole(height, width)

    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered:
        return Rendered(level_of(self.quality))

    def covers(self, rect: Rect) -> bool:
        return True
