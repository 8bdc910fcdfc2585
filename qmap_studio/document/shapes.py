"""Shapes as pure geometry: where they lie, whether a point is in them, how far they cover each pixel.

Points are (x, y) in pixels, where the first pixel spans 0 to 1. Shapes are values and may reach beyond the picture.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.opencv import cv2
from qmap_studio.core.rect import Rect
from qmap_studio.document.blend import FULL, smooth

HARD_PX = 0.5
"""The centre of the first pixel outside is that far away: a feather below it is none."""


class Shape(Protocol):
    """What is drawn around something."""

    @property
    def bounds(self) -> Rect:
        """The pixels it touches lie in this rectangle."""

    def contains(self, x: float, y: float) -> bool:
        """Whether a point is in it."""

    def moved(self, dx: float, dy: float) -> Self:
        """The same shape elsewhere."""

    def coverage(self, rect: Rect, feather_px: float = 0.0) -> NDArray[np.uint16]:
        """How far it covers the pixels of a rectangle.

        Args:
            feather_px: how far outside of it the coverage reaches, falling smoothly.
        Returns:
            uint16 (H, W), 0 to 65535.
        """


@dataclass(frozen=True)
class Rectangle:
    """An upright rectangle; covers every pixel that it touches."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def of(cls, rect: Rect) -> Self:
        """The rectangle of these pixels."""
        return cls(*rect)

    @property
    def bounds(self) -> Rect:
        left, top = floor(self.x), floor(self.y)
        return Rect(left, top, ceil(self.x + self.width) - left, ceil(self.y + self.height) - top)

    def contains(self, x: float, y: float) -> bool:
        return 0 <= x - self.x < self.width and 0 <= y - self.y < self.height

    def moved(self, dx: float, dy: float) -> "Rectangle":
        return replace(self, x=self.x + dx, y=self.y + dy)

    def coverage(self, rect: Rect, feather_px: float = 0.0) -> NDArray[np.uint16]:
        x, y = pixel_centres(rect)
        bounds = self.bounds
        across = np.maximum(np.maximum(bounds.x - x, x - bounds.right), 0)
        down = np.maximum(np.maximum(bounds.y - y, y - bounds.bottom), 0)
        if feather_px <= HARD_PX:
            return np.where((down == 0)[:, None] & (across == 0), np.uint16(FULL), np.uint16(0))
        if not down.any():  # between its upper and its lower edge all rows are alike
            return np.repeat(_feathered(across[None, :], feather_px), rect.height, axis=0)
        return _feathered(np.sqrt(down[:, None] ** 2 + across**2), feather_px)


@dataclass(frozen=True)
class Ellipse:
    """An upright ellipse within a rectangle of a width and height above 0; covers the pixels whose middle is in it."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bounds(self) -> Rect:
        return Rectangle(self.x, self.y, self.width, self.height).bounds

    def contains(self, x: float, y: float) -> bool:
        across, down = 2 * (x - self.x) / self.width - 1, 2 * (y - self.y) / self.height - 1
        return across * across + down * down <= 1

    def moved(self, dx: float, dy: float) -> "Ellipse":
        return replace(self, x=self.x + dx, y=self.y + dy)

    def coverage(self, rect: Rect, feather_px: float = 0.0) -> NDArray[np.uint16]:
        return _around(self._filled, rect, feather_px)

    def _filled(self, rect: Rect) -> NDArray[np.uint8]:
        x, y = pixel_centres(rect)
        across, down = 2 * (x - self.x) / self.width - 1, 2 * (y - self.y) / self.height - 1
        inside: NDArray[np.uint8] = (np.add.outer(down * down, across * across) <= 1).astype(np.uint8)
        return inside


@dataclass(frozen=True)
class Polygon:
    """The inside of a closed line through at least three points; where it crosses itself, every other part.

    Covers the pixels whose middle is in it.
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if len(self.points) < 3:
            raise ValueError(f"a polygon has at least three points, not {len(self.points)}")

    @property
    def bounds(self) -> Rect:
        xs, ys = zip(*self.points, strict=True)
        left, top = floor(min(xs)), floor(min(ys))
        return Rect(left, top, max(1, ceil(max(xs)) - left), max(1, ceil(max(ys)) - top))

    def contains(self, x: float, y: float) -> bool:
        inside = False
        for (x0, y0), (x1, y1) in zip(self.points, (*self.points[1:], self.points[0]), strict=True):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
                inside = not inside
        return inside

    def moved(self, dx: float, dy: float) -> "Polygon":
        return Polygon(tuple((x + dx, y + dy) for x, y in self.points))

    def coverage(self, rect: Rect, feather_px: float = 0.0) -> NDArray[np.uint16]:
        return _around(self._filled, rect, feather_px)

    def _filled(self, rect: Rect) -> NDArray[np.uint8]:
        """By row: the line's crossings, and between them by turns outside and inside."""
        start, end = self._edges
        reaches = (np.minimum(start[:, 1], end[:, 1]) < rect.bottom) & (np.maximum(start[:, 1], end[:, 1]) > rect.y)
        start, end = start[reaches], end[reaches]
        middles = np.arange(rect.y, rect.bottom) + 0.5
        edge, row = np.nonzero((start[:, 1, None] > middles) != (end[:, 1, None] > middles))
        (x, y), (dx, dy) = start[edge].T, (end - start)[edge].T
        crossing = x + (middles[row] - y) * dx / dy
        column = np.clip(np.ceil(crossing - 0.5) - rect.x, 0, rect.width).astype(np.intp)
        # Every row has an even number of crossings, so the turns may be counted through all rows in one go.
        turns = np.sort(row * (rect.width + 1) + column)
        lengths = np.diff(turns, prepend=0, append=rect.height * (rect.width + 1))
        inside = np.repeat((np.arange(len(lengths)) & 1).astype(np.uint8), lengths)
        return inside.reshape(rect.height, rect.width + 1)[:, :-1]

    @cached_property
    def _edges(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where the line's pieces start and end, float64 (n, 2)."""
        start = np.array(self.points)
        return start, np.roll(start, -1, axis=0)


@dataclass(frozen=True, eq=False)
class Mask:
    """Pixels that are given one by one.

    Attributes:
        x, y: of its first pixel.
        pixels: bool (H, W), taken over, not to be written to any more.
    """

    x: int
    y: int
    pixels: NDArray[np.bool_]

    @property
    def bounds(self) -> Rect:
        return Rect(self.x, self.y, self.pixels.shape[1], self.pixels.shape[0])

    def contains(self, x: float, y: float) -> bool:
        column, row = floor(x) - self.x, floor(y) - self.y
        height, width = self.pixels.shape
        return 0 <= column < width and 0 <= row < height and bool(self.pixels[row, column])

    def moved(self, dx: float, dy: float) -> "Mask":
        """Elsewhere, by whole pixels."""
        return Mask(self.x + round(dx), self.y + round(dy), self.pixels)

    def coverage(self, rect: Rect, feather_px: float = 0.0) -> NDArray[np.uint16]:
        return _around(self._filled, rect, feather_px)

    def _filled(self, rect: Rect) -> NDArray[np.uint8]:
        mask = np.zeros((rect.height, rect.width), np.uint8)
        shared = rect.intersected(self.bounds)
        mask[shared.moved(-rect.x, -rect.y).slices] = self.pixels[shared.moved(-self.x, -self.y).slices]
        return mask


def reach_of(shape: Shape, feather_px: float) -> Rect:
    """The pixels that a shape or its feather covers lie in this rectangle."""
    return shape.bounds.expanded(ceil(feather_px) if feather_px > HARD_PX else 0)


def pixel_centres(rect: Rect) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The x of each column's middle and the y of each row's, float32 (W,) and (H,)."""
    half = np.float32(0.5)
    return (
        np.arange(rect.x, rect.right, dtype=np.float32) + half,
        np.arange(rect.y, rect.bottom, dtype=np.float32) + half,
    )


def _feathered(distance: NDArray[np.float32], feather_px: float) -> NDArray[np.uint16]:
    return smooth(1 - distance / np.float32(feather_px))


def _around(filled: Callable[[Rect], NDArray[np.uint8]], rect: Rect, feather_px: float) -> NDArray[np.uint16]:
    """The coverage of a shape that is given as pixels, 1 inside, of any rectangle."""
    if feather_px <= HARD_PX:
        return filled(rect) * np.uint16(FULL)
    margin = ceil(feather_px)
    mask = filled(rect.expanded(margin))
    inner = mask[margin : margin + rect.height, margin : margin + rect.width]
    if inner.all() or not mask.any():
        return inner * np.uint16(FULL)
    distance = cv2.distanceTransform(1 - mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    distance = distance[margin : margin + rect.height, margin : margin + rect.width]
    # Its last digits depend on what part of the picture it is measured in; but the squares are whole numbers.
    distance = np.sqrt(np.rint(distance * distance))
    # From the middle of one pixel to the other's; the shape ends half a pixel before.
    distance -= np.float32(HARD_PX)
    return _feathered(np.maximum(distance, 0), feather_px)
