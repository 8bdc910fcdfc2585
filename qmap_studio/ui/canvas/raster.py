"""Pixels that Qt paints and numpy writes: one buffer, no copies, whatever the picture's size."""

import math
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

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

    Starts transparent; `write` makes a rectangle of it opaque. One that is opaque by its format is quicker to paint.
    """

    def __init__(
        self, height: int, width: int, form: QImage.Format = QImage.Format.Format_ARGB32_Premultiplied
    ) -> None:
        self.height = height
        self.width = width
        self.levels = [_empty(height, width, form)]
        while max(height, width) > COARSEST_SIDE and min(height, width) > 1:
            height, width = height // 2, width // 2
            self.levels.append(_empty(height, width, form))

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
        pixels = np.ascontiguousarray(pixels)
        stride = 3 * rect.width
        source = QImage(pixels.data, rect.width, rect.height, stride, QImage.Format.Format_RGB888)
        painter = QPainter(self.levels[0])
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(rect.x, rect.y, source)
        painter.end()
        self._halve(rect)

    def clear(self) -> None:
        for level in self.levels:
            level.fill(0)

    def _halve(self, rect: Rect) -> None:
        for finer, coarser in pairwise(self.levels):
            rect = Rect(*(value // 2 for value in rect.aligned(2)))
            painter = QPainter(coarser)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            # Halfway between four pixels, bilinear sampling is their average.
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setClipRect(QRect(*rect))
            painter.scale(0.5, 0.5)
            painter.drawImage(0, 0, finer)
            painter.end()


def _empty(height: int, width: int, form: QImage.Format) -> QImage:
    image = QImage(width, height, form)
    image.fill(0)
    return image
