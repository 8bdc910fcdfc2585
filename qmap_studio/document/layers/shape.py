"""Shapes of one quality or error bound each: boxes of a detector, rectangles that were drawn; they stay objects."""

from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import chain, groupby
from math import floor

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.language import N_
from qmap_studio.core.rect import NOWHERE, Rect
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.blend import Plane
from qmap_studio.document.layers.coverages import Coverages
from qmap_studio.document.layers.layer import Layer, ends_shared
from qmap_studio.document.layers.placed_shape import PlacedShape as PlacedShape
from qmap_studio.document.layers.rendered import Rendered
from qmap_studio.document.shapes import HARD_PX, Rectangle, boxes_coverage

FEW = 8
"""Shapes of one level in a tile that are covered one by one, and kept."""


@dataclass(frozen=True)
class ShapeLayer(Layer):
    """Shapes of qualities, or of bounds, the later over the earlier.

    Neighbours of one level are one region: where they or their feathers overlap the larger coverage counts, so that
    they never add up.
    """

    kind = "shapes"
    title = N_("Shapes")

    shapes: tuple[PlacedShape, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        aspect = self.aspect
        if any(placed.aspect is not aspect for placed in self.shapes):
            raise ValueError("the shapes of one layer are all of qualities or all of bounds")

    @property
    def aspect(self) -> Aspect:
        return self.shapes[0].aspect if self.shapes else Aspect.QUALITY

    def extent(self, height: int, width: int) -> Rect:
        if not self.shapes:
            return NOWHERE
        return _around(self._reaches).clipped(width, height)

    def difference(self, other: Layer, height: int, width: int) -> list[Rect]:
        if not isinstance(other, ShapeLayer) or not self.shows_as(other, besides="shapes"):
            return super().difference(other, height, width)
        first, last = ends_shared(self.shapes, other.shapes)
        changed = [layer._reaches[:, first : len(layer.shapes) - last] for layer in (self, other)]
        reach = _around(np.concatenate(changed, axis=1))
        return [reach.expanded(self.margin_px).clipped(width, height)] if not reach.empty else []

    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered | None:
        levels: Plane = 0
        coverage: Plane = 0
        # What is one region is decided by all shapes of the layer, whichever of them reach here.
        for _, region in groupby(self._touching(rect), self._regions.__getitem__):
            found = list(region)
            covered = self._covered(found, rect)
            levels, coverage = self.aspect.cover(levels, coverage, covered, self.shapes[found[0]].level)
        return None if isinstance(coverage, int) else Rendered(levels, coverage)

    def at(self, x: float, y: float) -> PlacedShape | None:
        """The uppermost shape that a point is in."""
        found = self._touching(Rect(floor(x), floor(y), 1, 1))
        return next((self.shapes[n] for n in reversed(found) if self.shapes[n].shape.contains(x, y)), None)

    def _touching(self, rect: Rect) -> list[int]:
        """Which shapes reach into a rectangle."""
        left, top, right, bottom = self._reaches
        touches = (left < rect.right) & (right > rect.x) & (top < rect.bottom) & (bottom > rect.y)
        found: list[int] = np.flatnonzero(touches).tolist()
        return found

    def _covered(self, found: list[int], rect: Rect) -> NDArray[np.uint16]:
        """How far shapes cover a rectangle, each pixel as far as the one that covers it most.

        Many boxes of one feather are covered in one go, which comes to the same.
        """
        parts = []
        if len(found) > FEW:
            boxes, feathers = self._boxes
            alike = feathers[found]
            for feather_px in np.unique(alike[alike >= 0]):
                these = [n for n, feather in zip(found, alike, strict=True) if feather == feather_px]
                parts.append(boxes_coverage(boxes[these], rect, float(feather_px)))
            found = [n for n, feather in zip(found, alike, strict=True) if feather < 0]
        return reduce(np.maximum, (*parts, *(_coverages.of(self.shapes[n], rect) for n in found)))

    @cached_property
    def _boxes(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The pixels of upright boxes, as `boxes_coverage` takes them, and the feather of each; -1 for other shapes."""
        count = len(self.shapes)
        feathers = np.fromiter((p.feather_px if _is_box(p) else -1.0 for p in self.shapes), np.float64, count)
        sides = np.fromiter(chain.from_iterable(map(_sides, self.shapes)), np.float64, 4 * count).reshape(count, 4)
        # As `Frame.bounds`, of all at once.
        first = np.floor(sides[:, :2])
        boxes = np.concatenate([first, np.maximum(np.ceil(sides[:, 2:]), first + 1)], axis=1).astype(np.int64)
        return boxes, feathers

    @cached_property
    def _regions(self) -> list[int]:
        """The number of each shape's region."""
        shown = np.array([placed.level for placed in self.shapes])
        numbers: list[int] = np.cumsum(np.diff(shown, prepend=shown[:1]) != 0).tolist()
        return numbers

    @cached_property
    def _reaches(self) -> NDArray[np.int64]:
        """Left, top, right and bottom of each: of hundreds of shapes few lie in a tile."""
        boxes, feathers = self._boxes
        margins = np.where(feathers > HARD_PX, np.ceil(feathers), 0).astype(np.int64)
        reaches = boxes + np.multiply.outer(margins, (-1, -1, 1, 1))
        for n in np.flatnonzero(feathers < 0).tolist():
            reach = self.shapes[n].reach
            reaches[n] = reach.x, reach.y, reach.right, reach.bottom
        return np.ascontiguousarray(reaches.T)

    def prepare(self) -> None:
        """Finds now where very many shapes lie, which composing asks for; in a thread, for it takes a moment."""
        _ = self._reaches, self._regions


def _is_box(placed: PlacedShape) -> bool:
    return isinstance(placed.shape, Rectangle) and not placed.shape.angle


def _sides(placed: PlacedShape) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a box; of other shapes nothing."""
    box = placed.shape
    return (box.x, box.y, box.x + box.width, box.y + box.height) if isinstance(box, Rectangle) else (0, 0, 0, 0)


def _around(reaches: NDArray[np.int64]) -> Rect:
    """The rectangle around all; empty around none."""
    if not reaches.size:
        return NOWHERE
    left, top, right, bottom = reaches
    x, y = int(left.min()), int(top.min())
    return Rect(x, y, int(right.max()) - x, int(bottom.max()) - y)


_coverages = Coverages()
