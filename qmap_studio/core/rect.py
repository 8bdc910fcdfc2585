"""Rectangles of whole pixels, half open: `x <= column < right`, `y <= row < bottom`."""

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple, Self


class Rect(NamedTuple):
    """A rectangle of pixels; one whose width or height is not positive is empty.

    >>> stroke, tile = Rect(10, 10, 30, 20), Rect(32, 0, 32, 32)
    >>> stroke.intersected(tile)
    Rect(x=32, y=10, width=8, height=20)
    >>> stroke.united(tile).area
    1728
    >>> stroke.moved(-tile.x, -tile.y).clipped(width=32, height=32)
    Rect(x=0, y=10, width=8, height=20)
    >>> stroke.aligned(16)
    Rect(x=0, y=0, width=48, height=32)
    """

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def whole(cls, height: int, width: int) -> Self:
        """The rectangle of a whole (height, width) array."""
        return cls(0, 0, width, height)

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    @property
    def area(self) -> int:
        """Pixels in it."""
        return 0 if self.empty else self.width * self.height

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index an array that holds the whole rectangle."""
        return slice(self.y, self.bottom), slice(self.x, self.right)

    def united(self, other: "Rect") -> "Rect":
        """The smallest rectangle around both; an empty one adds nothing."""
        if self.empty:
            return other
        if other.empty:
            return self
        return _between(
            min(self.x, other.x),
            min(self.y, other.y),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def intersected(self, other: "Rect") -> "Rect":
        """What both share; width or height 0 where they share nothing."""
        return _between(
            max(self.x, other.x),
            max(self.y, other.y),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def moved(self, dx: int, dy: int) -> "Rect":
        """As large, elsewhere: `r.moved(-o.x, -o.y)` is r as seen from a rectangle o."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def expanded(self, margin: int) -> "Rect":
        """Grown by a margin on every side (shrunk by a negative one)."""
        return _between(self.x - margin, self.y - margin, self.right + margin, self.bottom + margin)

    def clipped(self, width: int, height: int) -> "Rect":
        """The part inside a picture of this size."""
        return self.intersected(Rect(0, 0, width, height))

    def aligned(self, step: int) -> "Rect":
        """The smallest rectangle around it whose edges are multiples of step."""
        return _between(
            self.x // step * step,
            self.y // step * step,
            -(-self.right // step) * step,
            -(-self.bottom // step) * step,
        )


def _between(left: int, top: int, right: int, bottom: int) -> Rect:
    return Rect(left, top, max(0, right - left), max(0, bottom - top))


NOWHERE = Rect(0, 0, 0, 0)
"""An empty rectangle."""


def around(rects: Iterable[Rect]) -> Rect:
    """The smallest rectangle around all; empty around none.

    >>> around([Rect(0, 0, 2, 2), Rect(5, 1, 1, 1)])
    Rect(x=0, y=0, width=6, height=2)
    """
    return reduce(Rect.united, rects, NOWHERE)
