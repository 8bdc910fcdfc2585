"""Rectangles."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect
from qmap_studio.document.blend import FULL
from qmap_studio.document.shapes.frame import Frame
from qmap_studio.document.shapes.pixels import HARD_PX, feathered, feathered_by_squares


@dataclass(frozen=True)
class Rectangle:
    """An upright rectangle covers every pixel that it touches, a turned one those whose middle is in it."""

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0

    def __post_init__(self) -> None:
        _ = self.frame  # which refuses what is no box

    @classmethod
    def of(cls, rect: Rect) -> Self:
        """The rectangle of these pixels."""
        return cls(*rect)

    @cached_property
    def frame(self) -> Frame:
        return Frame(self.x, self.y, self.width, self.height, self.angle)

    @cached_property
    def bounds(self) -> Rect:
        return self.frame.bounds

    def contains(self, x: float, y: float) -> bool:
        if self.angle:
            return self.frame.contains(x, y)
        return 0 <= x - self.x < self.width and 0 <= y - self.y < self.height

    def moved(self, dx: float, dy: float) -> "Rectangle":
        return replace(self, x=self.x + dx, y=self.y + dy)

    def in_frame(self, frame: Frame) -> "Rectangle":
        return Rectangle(frame.x, frame.y, frame.width, frame.height, frame.angle)

    def coverage(self, rect: Rect, feather_px: float = 0.0) -> NDArray[np.uint16]:
        if self.angle:
            return self._turned(rect, feather_px)
        bounds = self.bounds
        across = _outside(rect.x, rect.right, bounds.x, bounds.right)
        down = _outside(rect.y, rect.bottom, bounds.y, bounds.bottom)
        if feather_px <= HARD_PX:
            return np.where((down == 0)[:, None] & (across == 0), np.uint16(FULL), np.uint16(0))
        if not down.any():  # between its upper and its lower edge all rows are alike
            return np.repeat(feathered_by_squares(across[None, :] ** 2, feather_px), rect.height, axis=0)
        return feathered_by_squares(down[:, None] ** 2 + across**2, feather_px)

    def _turned(self, rect: Rect, feather_px: float) -> NDArray[np.uint16]:
        across, down = (np.abs(distance) for distance in self.frame.local_grid(rect))
        across, down = np.maximum(across - self.width / 2, 0), np.maximum(down - self.height / 2, 0)
        if feather_px <= HARD_PX:
            return np.where((across == 0) & (down == 0), np.uint16(FULL), np.uint16(0))
        return feathered(np.sqrt(across * across + down * down).astype(np.float32), feather_px)


def _outside(first: int, end: int, low: int, high: int) -> NDArray[np.float32]:
    """How many pixels from first to before end each lies outside of those from low to before high; 0 inside."""
    pixels = np.arange(first, end)
    return np.maximum(np.maximum(low - pixels, pixels - (high - 1)), 0).astype(np.float32)
