"""What every layer of the map is: levels and coverage for any part of it, laid over the layers below by a rule."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cached_property
from itertools import count
from math import isfinite
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.opencv import cv2
from qmap_studio.core.rect import Rect
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.blend import FULL, Plane, filled
from qmap_studio.document.layers.adjustments import Adjustment, merged
from qmap_studio.document.layers.rendered import Rendered
from qmap_studio.document.tiles import parts_of

T = TypeVar("T")


class Rule(Enum):
    """How a layer's levels meet those below it."""

    REPLACE = "replace"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"
    ADD = "add"
    MULTIPLY = "multiply"

    def combined(self, below: NDArray[np.uint16], levels: Plane) -> Plane:
        """Levels where a layer covers fully; sums end at quality 1."""
        if self is Rule.REPLACE:
            return levels
        levels, combined = filled(levels, below.shape), np.empty_like(below)
        match self:
            case Rule.MAXIMUM:
                cv2.max(below, levels, dst=combined)
            case Rule.MINIMUM:
                cv2.min(below, levels, dst=combined)
            case Rule.ADD:
                cv2.add(below, levels, dst=combined)
            case Rule.MULTIPLY:
                cv2.multiply(below, levels, dst=combined, scale=1 / FULL)
        return combined


new_key = count(1).__next__
"""A number that no layer and no shape has had since the program began."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer(ABC):
    """A layer is a value: it never changes, an edit puts another one in its place.

    Attributes:
        opacity: in [0, 1]; scales the coverage.
        adjustments: of what it holds, one after the other.
        visible: whether it counts at all.
        locked: tools leave it alone.
        is_inside: what it covers at least half is what figures call inside.
        name: that a person gave it or that it was made with.
        key: the same in every version of it, and in no other layer.
    """

    kind: ClassVar[str]
    """Names it in files."""
    title: ClassVar[str]
    """What a person calls such a layer, to be translated where it is shown."""
    reads_below: ClassVar[bool] = False
    """Whether it is made of the levels below it."""

    opacity: float = 1.0
    rule: Rule = Rule.REPLACE
    adjustments: tuple[Adjustment, ...] = ()
    visible: bool = True
    locked: bool = False
    is_inside: bool = False
    name: str = ""
    key: int = field(default_factory=new_key, compare=False)

    def __post_init__(self) -> None:
        if not (isfinite(self.opacity) and 0 <= self.opacity <= 1):
            raise ValueError(f"opacity is in 0 to 1, not {self.opacity}")

    @property
    def aspect(self) -> Aspect:
        """What its levels are of."""
        return Aspect.QUALITY

    @abstractmethod
    def extent(self, height: int, width: int) -> Rect:
        """Outside of this rectangle of a map of height x width pixels it covers nothing, before it is adjusted."""

    @abstractmethod
    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered | None:
        """What it holds in a rectangle, before it is adjusted.

        Args:
            rect: within one tile of the map, unless the layer reads what is below.
            below: uint16 (H, W) of the rectangle's size, the levels of all layers below; only read, and only by a
                layer that reads them.
        Returns:
            None where it covers nothing.
        """

    def covers(self, rect: Rect) -> bool:
        """Whether it is known to cover a rectangle within one tile fully, so that nothing below shows."""
        return False

    # What follows from these

    @property
    def margin_px(self) -> int:
        """How far around a pixel its adjustments look."""
        return sum(adjustment.margin_px for adjustment in self.adjustments)

    @property
    def is_plain(self) -> bool:
        """Whether it replaces what it covers."""
        return self.rule is Rule.REPLACE and self.opacity == 1

    def reach(self, height: int, width: int) -> Rect:
        """Outside of this rectangle of a map of height x width pixels it covers nothing."""
        extent = self.extent(height, width)
        return extent if extent.empty else extent.expanded(self.margin_px).clipped(width, height)

    def hides_below(self, rect: Rect) -> bool:
        """Whether the layers below do not matter in a rectangle within one tile."""
        return self.is_plain and not self.margin_px and self.covers(rect)

    def difference(self, other: "Layer", height: int, width: int) -> list[Rect]:
        """Where putting another layer in its place may show; nowhere if it only has another name or lock."""
        if self.shows_as(other):
            return []
        return [self.reach(height, width).united(other.reach(height, width))]

    def shows_as(self, other: "Layer", besides: str = "") -> bool:
        """Whether another layer is of the same kind and comes to the same, whatever the field `besides` holds."""
        return type(self) is type(other) and all(
            _same(getattr(self, name), getattr(other, name))
            for name in (part.name for part in fields(self))
            if name not in (*_UNSEEN, besides)
        )

    def adjusted(self, rect: Rect, whole: Rect, below: NDArray[np.uint16]) -> Rendered | None:
        """What it holds in a rectangle within one tile of a map.

        Args:
            whole: the map.
            below: of `rect`, or, if the layer reads what is below, of all that it looks at.
        """
        if not self.adjustments:
            return self.render(rect, below)
        wide = rect.expanded(self.margin_px).intersected(whole)
        rendered = self.render(wide, below) if wide == rect or self.reads_below else self._gathered(wide, below)
        if rendered is None:
            return None
        for adjustment in self._steps:
            rendered = adjustment.adjusted(rendered)
        return rendered if wide == rect else rendered.part(rect.moved(-wide.x, -wide.y).slices)

    def compose(self, rect: Rect, whole: Rect, values: NDArray[np.uint16], below: NDArray[np.uint16]) -> None:
        """Lays itself over the levels of a rectangle within one tile of a map, in place; arguments as `adjusted`."""
        rendered = self.adjusted(rect, whole, below)
        if rendered is not None:
            target = self.rule.combined(values, rendered.levels)
            self.aspect.blend(values, _scaled(rendered.coverage, self.opacity), target, out=values)

    @cached_property
    def _steps(self) -> tuple[Adjustment, ...]:
        return merged(self.adjustments)

    def _gathered(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered | None:
        """What it holds in a rectangle that lies in several tiles, before it is adjusted."""
        parts = [(part, self.render(part, below)) for _, part in parts_of(rect)]
        if all(rendered is None for _, rendered in parts):
            return None
        levels, coverage = (np.zeros((rect.height, rect.width), np.uint16) for _ in range(2))
        for part, rendered in parts:
            if rendered is not None:
                place = part.moved(-rect.x, -rect.y).slices
                levels[place], coverage[place] = rendered.levels, rendered.coverage
        return Rendered(levels, coverage)


_UNSEEN = ("name", "locked", "is_inside", "key")
"""What a layer comes to does not depend on these."""


def _same(value: Any, other: Any) -> bool:
    return value is other or bool(value == other)


def _scaled(coverage: Plane, opacity: float) -> Plane:
    if opacity == 1:
        return coverage
    shape = (1, 1) if isinstance(coverage, int) else coverage.shape
    scaled = np.empty(shape, np.uint16)
    cv2.multiply(filled(coverage, shape), filled(round(opacity * FULL), shape), dst=scaled, scale=1 / FULL)
    return int(scaled[0, 0]) if isinstance(coverage, int) else scaled


def differing(before: Sequence[T], after: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    """What is left of two sequences without the items that both begin and end with.

    >>> differing("abcde", "abxde")
    ('c', 'x')
    >>> differing("abc", "abcd")
    ('', 'd')
    """
    first, last = ends_shared(before, after)
    return before[first : len(before) - last], after[first : len(after) - last]


def ends_shared(before: Sequence[T], after: Sequence[T]) -> tuple[int, int]:
    """With how many of the same items two sequences both begin, and with how many of the others they end."""
    shorter = min(len(before), len(after))
    first = next((i for i in range(shorter) if before[i] is not after[i]), shorter)
    last = next((i for i in range(shorter - first) if before[-1 - i] is not after[-1 - i]), shorter - first)
    return first, last
