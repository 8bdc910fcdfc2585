"""The layers of a map from below, composed tile by tile into its levels."""

import numpy as np

from qmap_studio.core.rect import Rect, around
from qmap_studio.document.layers.layer import Layer, differing
from qmap_studio.document.tiles import parts_of

Layers = tuple[Layer, ...]
"""From below; the first covers everything."""


class Stack:
    """Layers and what they come to.

    Args:
        height, width: of the map, in pixels.
        layers: to begin with.
    """

    def __init__(self, height: int, width: int, layers: Layers) -> None:
        self.values = np.zeros((height, width), np.uint16)
        """uint16 (H, W), the composed levels; written by `compose` and `show` alone."""
        self.layers = layers
        """Who puts others here, and not by `show`, composes where they differ."""
        self.compose(Rect.whole(height, width))

    def show(self, layers: Layers) -> bool:
        """Takes other layers and composes where they differ; tells whether any level has changed."""
        parts = self.difference(layers)
        self.layers = layers
        changed = [self.compose(part) for part in parts]
        return any(changed)

    def compose(self, rect: Rect) -> bool:
        """Brings the levels of a rectangle up to date with the layers; tells whether any has changed."""
        changed = False
        for _, part in parts_of(rect):
            composed = np.zeros((part.height, part.width), np.uint16)
            for layer in self.layers[self._lowest_seen(part) :]:
                layer.compose(part, composed)
            values = self.values[part.slices]
            if changed or not np.array_equal(values, composed):
                changed = True
                values[...] = composed
        return changed

    def difference(self, layers: Layers) -> list[Rect]:
        """Where other layers may come to other levels."""
        height, width = self.values.shape
        before, after = differing(self.layers, layers)
        if len(before) == len(after) == 1:
            return before[0].difference(after[0], height, width)
        return [around(layer.reach(height, width) for layer in (*before, *after))]

    def _lowest_seen(self, part: Rect) -> int:
        """The first layer that matters in a part of a tile."""
        for i in reversed(range(1, len(self.layers))):
            if self.layers[i].hides_below(part):
                return i
        return 0
