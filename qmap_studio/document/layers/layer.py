"""What every layer of the map is: levels and coverage for any part of it, laid over the layers below by a rule."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.opencv import cv2
from qmap_studio.core.rect import Rect
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.blend import FULL, Plane, filled

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


@dataclass(frozen=True)
class Rendered:
    """What a layer holds in a rectangle.

    Attributes:
        levels: where it covers, 0 to 65535.
        coverage: how far it covers, 0 to FULL.
    """

    levels: Plane
    coverage: Plane = FULL


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer(ABC):
    """A layer is a value: it never changes, an edit puts another one in its place.

    Attributes:
        opacity: in [0, 1]; scales the coverage.
    """

    opacity: float = 1.0
    rule: Rule = Rule.REPLACE

    def __post_init__(self) -> None:
        if not 0 <= self.opacity <= 1:
            raise ValueError(f"opacity is in 0 to 1, not {self.opacity}")

    @property
    def aspect(self) -> Aspect:
        """What its levels are of."""
        return Aspect.QUALITY

    @abstractmethod
    def reach(self, height: int, width: int) -> Rect:
        """Outside of this rectangle of a map of height x width pixels it covers nothing."""

    @abstractmethod
    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered | None:
        """What it holds in a rectangle within one tile of the map.

        Args:
            below: uint16 (H, W) of the rectangle's size, the levels of all layers below; only read.
        Returns:
            None where it covers nothing.
        """

    def covers(self, rect: Rect) -> bool:
        """Whether it is known to cover a rectangle within one tile fully, so that nothing below shows."""
        return False

    @property
    def is_plain(self) -> bool:
        """Whether it replaces what it covers."""
        return self.rule is Rule.REPLACE and self.opacity == 1

    def hides_below(self, rect: Rect) -> bool:
        """Whether the layers below do not matter in a rectangle within one tile."""
        return self.is_plain and self.covers(rect)

    def difference(self, other: "Layer", height: int, width: int) -> list[Rect]:
        """Where putting another layer in its place may show."""
        return [self.reach(height, width).united(other.reach(height, width))]

    def compose(self, rect: Rect, values: NDArray[np.uint16]) -> None:
        """Lays itself over the levels of a rectangle within one tile, in place."""
        rendered = self.render(rect, values)
        if rendered is not None:
            target = self.rule.combined(values, rendered.levels)
            self.aspect.blend(values, _scaled(rendered.coverage, self.opacity), target, out=values)


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
    shorter = min(len(before), len(after))
    first = next((i for i in range(shorter) if before[i] is not after[i]), shorter)
    last = next((i for i in range(shorter - first) if before[-1 - i] is not after[-1 - i]), shorter - first)
    return before[first : len(before) - last], after[first : len(after) - last]
