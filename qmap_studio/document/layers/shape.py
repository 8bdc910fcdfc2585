"""Shapes of one quality each: boxes of a detector, rectangles that were drawn; they stay objects."""

from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import level_of
from qmap_studio.core.rect import Rect, around
from qmap_studio.document.blend import Plane, cover
from qmap_studio.document.layers.layer import Layer, Rendered, differing
from qmap_studio.document.shapes import Shape, reach_of


@dataclass(frozen=True)
class PlacedShape:
    """A shape of the map.

    Attributes:
        quality: inside of it, in [0, 1].
        feather_px: how far outside of it the quality reaches, falling smoothly.
        label: what it is of; may be empty.
    """

    shape: Shape
    quality: float
    feather_px: float = 0.0
    label: str = ""

    @property
    def reach(self) -> Rect:
        """Outside of this rectangle it covers nothing."""
        return reach_of(self.shape, self.feather_px)


@dataclass(frozen=True)
class ShapeLayer(Layer):
    """Shapes, the later over the earlier.

    Neighbours of one quality are one region: where they or their feathers overlap the larger coverage counts, so that
    they never add up.
    """

    shapes: tuple[PlacedShape, ...]

    def reach(self, height: int, width: int) -> Rect:
        return around(placed.reach for placed in self.shapes).clipped(width, height)

    def difference(self, other: Layer, height: int, width: int) -> list[Rect]:
        if not isinstance(other, ShapeLayer) or (other.opacity, other.rule) != (self.opacity, self.rule):
            return super().difference(other, height, width)
        before, after = differing(self.shapes, other.shapes)
        return [around(placed.reach for placed in (*before, *after)).clipped(width, height)]

    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered | None:
        levels: Plane = 0
        coverage: Plane = 0
        # What is one region is decided by all shapes of the layer, whichever of them reach here.
        for _, region in groupby(self._touching(rect), self._regions.__getitem__):
            shapes = [self.shapes[i] for i in region]
            covered = reduce(np.maximum, (placed.shape.coverage(rect, placed.feather_px) for placed in shapes))
            levels, coverage = cover(levels, coverage, covered, level_of(shapes[0].quality))
        return None if isinstance(coverage, int) else Rendered(levels, coverage)

    def _touching(self, rect: Rect) -> list[int]:
        """Which shapes reach into a rectangle."""
        left, top, right, bottom = self._reaches
        touches = (left < rect.right) & (right > rect.x) & (top < rect.bottom) & (bottom > rect.y)
        found: list[int] = np.flatnonzero(touches).tolist()
        return found

    @cached_property
    def _regions(self) -> list[int]:
        """The number of each shape's region."""
        qualities = np.array([placed.quality for placed in self.shapes])
        numbers: list[int] = np.cumsum(np.diff(qualities, prepend=qualities[:1]) != 0).tolist()
        return numbers

    @cached_property
    def _reaches(self) -> NDArray[np.int64]:
        """Left, top, right and bottom of each: of hundreds of shapes few lie in a tile."""
        reaches = [placed.reach for placed in self.shapes]
        return np.array([(r.x, r.y, r.right, r.bottom) for r in reaches], np.int64).reshape(-1, 4).T
