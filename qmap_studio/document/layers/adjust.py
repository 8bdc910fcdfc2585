"""Adjustments of all that lies below, as a layer of their own."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.language import N_
from qmap_studio.core.rect import Rect
from qmap_studio.document.layers.adjustments import Adjustment
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.rendered import Rendered


@dataclass(frozen=True)
class AdjustLayer(Layer):
    """Holds the levels below, so that its adjustments are of those; without any it changes nothing."""

    kind = "adjust"
    title = N_("Adjustment")
    reads_below: ClassVar[bool] = True

    @classmethod
    def of(cls, *adjustments: Adjustment) -> Self:
        """Such adjustments, one after the other."""
        return cls(adjustments=adjustments)

    def then(self, adjustment: Adjustment) -> "AdjustLayer":
        """With one more, the last."""
        return replace(self, adjustments=(*self.adjustments, adjustment))

    def extent(self, height: int, width: int) -> Rect:
        return Rect.whole(height, width)

    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered:
        return Rendered(below)
