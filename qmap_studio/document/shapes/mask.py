"""Masks."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import floor

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect
from qmap_studio.document.shapes.frame import Frame
from qmap_studio.document.shapes.pixels import around


@dataclass(frozen=True, eq=False)
class Mask:
    """Pixels that are given one by one.

    Attributes:
        x, y: of its first pixel.
        pixels: bool (H, W), taken over, not to be written to any more.
        placed: the frame it was put into, if it is not where its pixels are; each pixel of the picture then shows the
            one of the mask that lies there.
    """

    x: int
    y: int
    pixels: NDArray[np.bool_]
    placed: Frame | None = None

    @cached_property
    def frame(self) -> Frame:
        return self.placed or Frame(self.x, self.y, self.pixels.shape[1], self.pixels.shape[0])

    @property
    def bounds(self) -> Rect:
        return self.frame.bounds

    def contains(self, x: float, y: float) -> bool:
        across, down = self.frame.local(x, y)
        height, width = self.pixels.shape
        column = floor((across / self.frame.width + 0.5) * width)
        row = floor((down / self.frame.height + 0.5) * height)
        return 0 <= column < width and 0 <= row < height and bool(self.pixels[row, column])

    def moved(self, dx: float, dy: float) -> "Mask":
        """Elsewhere; by whole pixels, unless it was resized or turned."""
        if self.placed is not None:
            return replace(self, placed=self.placed.moved(dx, dy))
        return Mask(self.x + round(dx), self.y + round(dy), self.pixels)

    def in_frame(self, frame: Frame) -> "Mask":
        height, width = self.pixels.shape
        if not frame.angle and (frame.width, frame.height) == (width, height):
            return Mask(round(frame.x), round(frame.y), self.pixels)
        return replace(self, placed=frame)

    def coverage(self, rect: Rect, feather_px: float = 0.0) -> NDArray[np.uint16]:
        return around(self._filled, rect, feather_px)

    def _filled(self, rect: Rect) -> NDArray[np.uint8]:
        mask = np.zeros((rect.height, rect.width), np.uint8)
        shared = rect.intersected(self.bounds)
        if shared.empty:
            return mask
        place = shared.moved(-rect.x, -rect.y).slices
        if self.placed is None:
            mask[place] = self.pixels[shared.moved(-self.x, -self.y).slices]
            return mask
        height, width = self.pixels.shape
        across, down = self.placed.local_grid(shared)
        columns = np.floor((across / self.placed.width + 0.5) * width).astype(np.intp)
        rows = np.floor((down / self.placed.height + 0.5) * height).astype(np.intp)
        is_in = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        mask[place][is_in] = self.pixels[rows[is_in], columns[is_in]]
        return mask
