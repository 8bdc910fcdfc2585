"""The box around a shape, by which it is moved, resized and turned."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil, cos, floor, hypot, isfinite, radians, sin

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect

SMALLEST_PX = 1.0
"""No side is made smaller by resizing."""

Point = tuple[float, float]
Handle = tuple[float, float]
"""A place on a box: (0, 0) is its first corner, (1, 1) the opposite one, (0.5, 0) the middle of its upper side."""

HANDLES: tuple[Handle, ...] = ((0, 0), (0.5, 0), (1, 0), (1, 0.5), (1, 1), (0.5, 1), (0, 1), (0, 0.5))


@dataclass(frozen=True)
class Frame:
    """A box that may be turned about its middle.

    Attributes:
        x, y: the corner that is the upper left one before it is turned.
        angle: in degrees, clockwise as seen on the screen.
    """

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.x, self.y, self.width, self.height, self.angle)
        if not (all(map(isfinite, numbers)) and self.width >= 0 and self.height >= 0):
            raise ValueError(f"a frame has finite numbers and sides of 0 or more, not {numbers}")

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def at(self, handle: Handle) -> Point:
        """Where a place on the box lies in the picture."""
        dx, dy = _turned((handle[0] - 0.5) * self.width, (handle[1] - 0.5) * self.height, self.angle)
        return self.middle[0] + dx, self.middle[1] + dy

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        return self.at((0, 0)), self.at((1, 0)), self.at((1, 1)), self.at((0, 1))

    @property
    def bounds(self) -> Rect:
        """The pixels it touches lie in this rectangle, of at least one pixel."""
        if not self.angle:
            left, top = floor(self.x), floor(self.y)
            return Rect(left, top, max(1, ceil(self.x + self.width) - left), max(1, ceil(self.y + self.height) - top))
        xs, ys = zip(*self.corners, strict=True)
        left, top = floor(min(xs)), floor(min(ys))
        return Rect(left, top, max(1, ceil(max(xs)) - left), max(1, ceil(max(ys)) - top))

    def local(self, x: float, y: float) -> Point:
        """A point of the picture as seen from the middle of the box, before it is turned."""
        return _turned(x - self.middle[0], y - self.middle[1], -self.angle)

    def local_grid(self, rect: Rect) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The middles of the pixels of a rectangle as `local` sees them: across and down, float64 (H, W)."""
        across = np.arange(rect.x, rect.right) + (0.5 - self.middle[0])
        down = np.arange(rect.y, rect.bottom) + (0.5 - self.middle[1])
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        return np.add.outer(s * down, c * across), np.subtract.outer(c * down, s * across)

    def contains(self, x: float, y: float) -> bool:
        across, down = self.local(x, y)
        return abs(across) <= self.width / 2 and abs(down) <= self.height / 2

    def moved(self, dx: float, dy: float) -> "Frame":
        return replace(self, x=self.x + dx, y=self.y + dy)

    def turned(self, degrees: float, about: Point | None = None) -> "Frame":
        """Turned clockwise about a point of the picture, its own middle without one."""
        x, y = self.middle if about is None else about
        dx, dy = _turned(self.middle[0] - x, self.middle[1] - y, degrees)
        return _of_middle((x + dx, y + dy), self.width, self.height, _normal(self.angle + degrees))

    def scaled(self, across: float, down: float, about: Point) -> "Frame":
        """Moved away from a point by factors, and as much larger; what is turned stays turned as it is.

        Its sides grow by how they lie: one of a turned box by what both factors make of its length.
        """
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        x = about[0] + across * (self.middle[0] - about[0])
        y = about[1] + down * (self.middle[1] - about[1])
        width = self.width * hypot(across * c, down * s)
        height = self.height * hypot(across * s, down * c)
        return _of_middle((x, y), max(width, SMALLEST_PX), max(height, SMALLEST_PX), self.angle)

    def resized(self, handle: Handle, to: Point, *, keeps_ratio: bool = False, from_middle: bool = False) -> "Frame":
        """With a handle dragged to a point of the picture, at least a pixel to each side.

        Args:
            keeps_ratio: of width and height.
            from_middle: the middle stays where it is, otherwise the handle opposite.
        """
        held = self.middle if from_middle else self.at((1 - handle[0], 1 - handle[1]))
        across, down = _turned(to[0] - held[0], to[1] - held[1], -self.angle)
        both = 2 if from_middle else 1
        sides = [self.width, self.height]
        for n, (place, distance) in enumerate(zip(handle, (across, down), strict=True)):
            if place != 0.5:
                sides[n] = max(SMALLEST_PX, both * (distance if place == 1 else -distance))
        if keeps_ratio and self.width and self.height:
            factors = [side / was for side, was in zip(sides, (self.width, self.height), strict=True)]
            moved = [factor for factor, place in zip(factors, handle, strict=True) if place != 0.5]
            sides = [max(SMALLEST_PX, max(moved) * was) for was in (self.width, self.height)]
        if from_middle:
            return _of_middle(self.middle, sides[0], sides[1], self.angle)
        dx, dy = _turned((handle[0] - 0.5) * sides[0], (handle[1] - 0.5) * sides[1], self.angle)
        return _of_middle((held[0] + dx, held[1] + dy), sides[0], sides[1], self.angle)


def around_frames(frames: Iterable[Frame]) -> Frame:
    """The upright frame around all of some; a single one is its own."""
    several = tuple(frames)
    if len(several) == 1:
        return several[0]
    xs, ys = zip(*(corner for frame in several for corner in frame.corners), strict=True)
    return Frame(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _turned(x: float, y: float, degrees: float) -> Point:
    if not degrees:
        return x, y
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return c * x - s * y, s * x + c * y


def _of_middle(middle: Point, width: float, height: float, angle: float) -> Frame:
    return Frame(middle[0] - width / 2, middle[1] - height / 2, width, height, angle)


def _normal(degrees: float) -> float:
    """Above -180, up to 180."""
    turned = degrees % 360
    return turned - 360 if turned > 180 else turned
