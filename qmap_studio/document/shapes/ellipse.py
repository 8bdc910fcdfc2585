"""Ellipses."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect
from qmap_studio.document.shapes.frame import Frame
from qmap_studio.document.shapes.pixels import around, pixel_centres


@dataclass(frozen=True)
class Ellipse:
    """An ellipse within a box of a width and height above 0; covers the pixels whose middle is in it."""

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0

    def __post_init__(self) -> None:
        if not (self.frame.width > 0 and self.frame.height > 0):
            raise ValueError(f"an ellipse has sides above 0, not {self.width} and {self.height}")

    @cached_property
    def frame(self) -> Frame:
        return Frame(self.x, self.y, self.width, self.height, self.angle)

    @property
    def bounds(self) -> Rect:
        return self.frame.bounds

    def contains(self, x: float, y: float) -> bool:
        across, down = self.frame.local(x, y)
        return (2 * across / self.width) ** 2 + (2 * down / self.height) ** 2 <= 1

    def moved(self, dx: float, dy: float) -> "Ellipse":
        return replace(self, x=self.x + dx, y=self.y + dy)

    def in_frame(self, frame: Frame) -> "Ellipse":
        return Ellipse(frame.x, frame.y, frame.width, frame.height, frame.angle)

    def coverage(self, rect: Rect, feather_px: float = 0.0) -> NDArray[np.uint16]:
        return around(self._filled, rect, feather_px)

    def _filled(self, rect: Rect) -> NDArray[np.uint8]:
        if self.angle:
            across, down = self.frame.local_grid(rect)
            across, down = across * (2 / self.width), down * (2 / self.height)
            return (across * across + down * down <= 1).astype(np.uint8)
        x, y = pixel_centres(rect)
        level, upright = 2 * (x - self.x) / self.width - 1, 2 * (y - self.y) / self.height - 1
        inside: NDArray[np.uint8] = (np.add.outer(upright * upright, level * level) <= 1).astype(np.uint8)
        return inside
