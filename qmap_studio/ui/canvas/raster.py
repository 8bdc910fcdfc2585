"""Pixels that Qt paints and numpy writes: one buffer, no copies, whatever the picture's size."""

import math
from itertools import pairwise

import numpy as np
from PySide6.QtGui import QImage

from qmap_studio.core.opencv import cv2
from qmap_studio.core.rect import Rect

COARSEST_SIDE = 512  # halving stops here: smaller levels would gain nothing


class IndexedRaster:
    """An 8-bit image in the colours of a table, uint8 RGBA (256, 4).

    `indices` is uint8 (H, W) and writable; it is the image's own memory.
    """

    def __init__(self, height: int, width: int, table: np.ndarray) -> None:
        self._image = QImage(width, height, QImage.Format.Format_Indexed8)
        red, green, blue, alpha = table.astype(np.uint32).T
        self._image.setColorTable((alpha << 24 | red << 16 | green << 8 | blue).tolist())
        self._image.fill(0)
        rows = np.frombuffer(self._image.bits(), np.uint8).reshape(height, self._image.bytesPerLine())
        self.indices = rows[:, :width]

    def coloured(self) -> QImage:
        """In colours as they are painted: converting first is quicker than Qt's own lookup."""
        return self._image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def spread(image: QImage, rows: np.ndarray, columns: np.ndarray) -> QImage:
    """An enlarged image of 32 bits a pixel, with pixel (rows[i], columns[j]) at (i, j); quicker than Qt scales."""
    source = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    enlarged = QImage(columns.size, rows.size, image.format())
    target = np.frombuffer(enlarged.bits(), np.uint32).reshape(rows.size, columns.size)
    wide = np.empty((image.height(), columns.size), np.uint32)
    source.take(columns, axis=1, out=wide, mode="clip")  # "raise" takes longer
    wide.take(rows, axis=0, out=target, mode="clip")
    return enlarged


class Mipmap:
    """An RGB picture with its halvings, so that a small view of it is smooth and quick.

    Starts transparent; `write` makes a rectangle of it opaque. Memory is taken as it is written. One that is opaque
    by its format is quicker to paint.
    """

    def __init__(
        self, height: int, width: int, form: QImage.Format = QImage.Format.Format_ARGB32_Premultiplied
    ) -> None:
        self.height = height
        self.width = width
        # Zeros are only reserved until they are written to. Qt paints from the arrays' own memory.
        self._pixels = [np.zeros((height, width, 4), np.uint8)]
        while max(height, width) > COARSEST_SIDE and min(height, width) > 1:
            height, width = height // 2, width // 2
            self._pixels.append(np.zeros((height, width, 4), np.uint8))
        self.levels = [
            QImage(level.data, level.shape[1], level.shape[0], level.strides[0], form) for level in self._pixels
        ]

    @property
    def opaque(self) -> bool:
        """Whether it is of a whole picture."""
        return not self.levels[0].hasAlphaChannel()

    @classmethod
    def of(cls, pixels: np.ndarray) -> "Mipmap":
        """Of a whole picture, uint8 (H, W, 3)."""
        mipmap = cls(*pixels.shape[:2], QImage.Format.Format_RGB32)
        mipmap.write(Rect.whole(*pixels.shape[:2]), pixels)
        return mipmap

    def level_at(self, scale: float) -> int:
        """The coarsest level that still has a pixel for each pixel of the screen at this scale."""
        return min(max(0, math.floor(math.log2(1.0 / scale) + 1e-6)), len(self.levels) - 1)

    def write(self, rect: Rect, pixels: np.ndarray) -> None:
        """Puts uint8 (rect.height, rect.width, 3) pixels into the rectangle."""
        cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2BGRA, dst=self._pixels[0][rect.slices])
        for finer, coarser in pairwise(self._pixels):
            height, width = coarser.shape[:2]
            rect = Rect(*(value // 2 for value in rect.aligned(2))).clipped(width, height)
            if rect.empty:
                break
            source = finer[2 * rect.y : 2 * rect.bottom, 2 * rect.x : 2 * rect.right]
            cv2.resize(source, (rect.width, rect.height), dst=coarser[rect.slices], interpolation=cv2.INTER_AREA)

    def read(self, rect: Rect) -> np.ndarray:
        """A copy of what was written, uint8 (rect.height, rect.width, 3)."""
        return cv2.cvtColor(self._pixels[0][rect.slices], cv2.COLOR_BGRA2RGB)
