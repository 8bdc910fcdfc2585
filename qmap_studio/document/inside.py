"""What figures call inside, where layers or shapes are marked as that."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect
from qmap_studio.document.blend import HALF
from qmap_studio.document.layers.gradient import GradientLayer
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.raster import MaskLayer
from qmap_studio.document.layers.shape import ShapeLayer
from qmap_studio.document.layers.stack import Layers
from qmap_studio.document.tiles import parts_of


@dataclass(frozen=True, eq=False)
class Inside:
    """All that some layers cover at least half; of those that cover everything, where their quality is at least half.

    Layers are values, so that this may be looked at in any thread.
    """

    layers: Layers

    @classmethod
    def of(cls, layers: Layers) -> "Inside | None":
        """What the visible ones mark as inside; None if they mark nothing."""
        marked = tuple(_marked(layers))
        return cls(marked) if marked else None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Inside) or len(self.layers) != len(other.layers):
            return False
        return all(a is b or a.shows_as(b) for a, b in zip(self.layers, other.layers, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(layer.key for layer in self.layers))

    def region(self, height: int, width: int) -> NDArray[np.bool_]:
        """bool (H, W), the pixels that are inside."""
        whole, inside = Rect.whole(height, width), np.zeros((height, width), bool)
        for layer in self.layers:
            for _, part in parts_of(layer.reach(height, width)):
                rendered = layer.adjusted(part, whole, np.zeros((part.height, part.width), np.uint16))
                if rendered is not None:
                    holds = rendered.levels if isinstance(layer, MaskLayer | GradientLayer) else rendered.coverage
                    inside[part.slices] |= np.greater_equal(holds, HALF)
        return inside


def _marked(layers: Layers) -> Iterable[Layer]:
    for layer in layers:
        if not layer.visible or layer.reads_below:
            continue
        if layer.is_inside:
            yield layer
        elif isinstance(layer, ShapeLayer) and any(placed.is_inside for placed in layer.shapes):
            yield replace(layer, shapes=tuple(placed for placed in layer.shapes if placed.is_inside))
