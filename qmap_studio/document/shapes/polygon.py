"""Polygons, also those that were drawn by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import cos, isfinite, radians, sin

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.opencv import cv2
from qmap_studio.core.rect import Rect
from qmap_studio.document.shapes.frame import Frame, Point
from qmap_studio.document.shapes.pixels import around


@dataclass(frozen=True)
class Polygon:
    """The inside of a closed line through at least three points; where it crosses itself, every other part.

    Covers the pixels whose middle is in it.

    Attributes:
        points: where they lie in the picture.
        angle: by how far it was turned since it was drawn, in degrees clockwise: its frame is turned like that.
    """

    points: tuple[Point, ...]
    angle: float = 0.0

    def __post_init__(self) -> None:
        if len(self.points) < 3:
            raise ValueError(f"a polygon has at least three points, not {len(self.points)}")
        if not (isfinite(self.angle) and all(isfinite(x) and isfinite(y) for x, y in self.points)):
            raise ValueError("a polygon has finite points and a finite angle")

    @classmethod
    def by_hand(cls, points: Sequence[Point], tolerance_px: float) -> "Polygon | None":
        """What was drawn by hand, with fewer points, none of the others farther away than the tolerance.

        Returns:
            None where too few are left to enclose anything.
        Source: Douglas and Peucker 1973, as OpenCV has it.
        """
        drawn = np.array(points, np.float32).reshape(-1, 1, 2)
        if len(drawn) < 3:
            return None
        kept = cv2.approxPolyDP(drawn, max(tolerance_px, 0.0), True).reshape(-1, 2).tolist()
        return cls(tuple((x, y) for x, y in kept)) if len(kept) >= 3 else None

    @cached_property
    def frame(self) -> Frame:
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        x, y = np.array(self.points).T
        across, down = c * x + s * y, c * y - s * x  # as they were before it was turned
        left, top, right, bottom = (float(n) for n in (across.min(), down.min(), across.max(), down.max()))
        middle = (left + right) / 2, (top + bottom) / 2
        middle = c * middle[0] - s * middle[1], s * middle[0] + c * middle[1]
        width, height = right - left, bottom - top
        return Frame(middle[0] - width / 2, middle[1] - height / 2, width, height, self.angle)

    @cached_property
    def bounds(self) -> Rect:
        xs, ys = zip(*self.points, strict=True)
        return Frame(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).bounds

    def contains(self, x: float, y: float) -> bool:
        inside = False
        for (x0, y0), (x1, y1) in zip(self.points, (*self.points[1:], self.points[0]), strict=True):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
                inside = not inside
        return inside

    def moved(self, dx: float, dy: float) -> "Polygon":
        return replace(self, points=tuple((x + dx, y + dy) for x, y in self.points))

    def in_frame(self, frame: Frame) -> "Polygon":
        own = self.frame
        across = frame.width / own.width if own.width else 1.0
        down = frame.height / own.height if own.height else 1.0
        c, s = cos(radians(frame.angle)), sin(radians(frame.angle))

        def placed(point: Point) -> Point:
            x, y = own.local(*point)
            x, y = x * across, y * down
            return frame.middle[0] + c * x - s * y, frame.middle[1] + s * x + c * y

        return Polygon(tuple(map(placed, self.points)), frame.angle)

    def coverage(self, rect: Rect, feather_px: float = 0.0) -> NDArray[np.uint16]:
        return around(self._filled, rect, feather_px)

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
        start = np.array(self.points, np.float64)
        return start, np.roll(start, -1, axis=0)
