"""What lies in a pane under the outlines: what covers the picture, painted again only where they change."""

import math

import numpy as np
from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QPainter, QTransform

from qmap_studio.core.rect import Rect


class Sheet(QObject):
    """Something painted over the picture's rectangle, one unit for a pixel."""

    changed = Signal(QRectF)  # in picture points
    z = 0  # sheets with a higher one lie on top
    reach_px = 1  # so many pixels of the screen beside what has changed look different, too: smooth ones reach there

    def __init__(self) -> None:
        super().__init__()
        self._bounds = QRectF()
        self._visible = True
        self._opacity = 1.0

    @property
    def bounds(self) -> QRectF:
        return self._bounds

    @property
    def visible(self) -> bool:
        return self._visible

    @property
    def opacity(self) -> float:
        return self._opacity

    def set_size(self, width: int, height: int) -> None:
        """The picture's, in pixels."""
        before, self._bounds = self._bounds, QRectF(0, 0, width, height)
        self.changed.emit(before.united(self._bounds))

    def set_visible(self, visible: bool) -> None:
        if visible != self._visible:
            self._visible = visible
            self.update()

    def set_opacity(self, opacity: float) -> None:
        if opacity != self._opacity:
            self._opacity = opacity
            self.update()

    def update(self, rect: Rect | None = None) -> None:
        """Has a rectangle painted again, or everything."""
        self.changed.emit(self._bounds if rect is None else QRectF(*rect))

    def covers(self, rect: QRectF) -> bool:
        """Whether nothing below it can be seen in a rectangle."""
        return False

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        """Paints in picture points; only the exposed rectangle need be painted."""
        raise NotImplementedError


def device_scale(transform: QTransform) -> float:
    """Device pixels for each picture pixel."""
    return float(transform.m11())


def pixels_under(start: float, end: float, offset: float, scale: float, length: int) -> tuple[int, np.ndarray]:
    """Pixels of the map under the middles of the screen's, along one axis.

    Args:
        start, end: what is to be covered, in pixels of the map.
        offset, scale: map pixel 0 begins at pixel `offset` of the screen and takes `scale` of them.
        length: of the map.
    Returns:
        The first pixel of the screen, and for it and those after it the map's pixel.
    """
    first = max(math.floor(start * scale + offset), math.ceil(offset - 0.5))
    last = min(math.ceil(end * scale + offset), math.ceil(length * scale + offset - 0.5))
    under = np.floor((np.arange(first, last) + (0.5 - offset)) / scale).astype(np.intp)
    return first, under.clip(0, length - 1)
