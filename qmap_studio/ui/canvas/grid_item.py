"""The latent grid: the smallest squares whose bits the codec can steer."""

import math

from PySide6.QtCore import QLineF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from qmap_studio.ui.canvas.pens import line
from qmap_studio.ui.canvas.picture_item import RectItem, device_scale

SMALLEST_CELL = 6  # device pixels; closer lines would be a grey veil
DARK, LIGHT = QColor(0, 0, 0, 90), QColor(255, 255, 255, 110)
DASHES = (2.0, 2.0)


class GridItem(RectItem):
    def __init__(self, cell: int) -> None:
        super().__init__()
        self._cell = cell
        self.setZValue(20)
        self.hide()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._cell * device_scale(painter.deviceTransform()) < SMALLEST_CELL:
            return
        area = option.exposedRect.intersected(self.boundingRect())
        columns = range(math.ceil(area.left() / self._cell), math.floor(area.right() / self._cell) + 1)
        rows = range(math.ceil(area.top() / self._cell), math.floor(area.bottom() / self._cell) + 1)
        lines = [QLineF(self._cell * c, area.top(), self._cell * c, area.bottom()) for c in columns]
        lines += [QLineF(area.left(), self._cell * r, area.right(), self._cell * r) for r in rows]
        for pen in (line(painter, DARK, 1.0), line(painter, LIGHT, 1.0, DASHES)):
            painter.setPen(pen)
            painter.drawLines(lines)
