"""The latent grid: the smallest squares whose bits the codec can steer."""

import math

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter

from qmap_studio.ui.canvas.pens import line
from qmap_studio.ui.canvas.sheet import Sheet, device_scale

SMALLEST_CELL = 6  # device pixels; closer lines would be a grey veil
DARK, LIGHT = QColor(0, 0, 0, 90), QColor(255, 255, 255, 110)
DASHES = (2.0, 2.0)


class GridSheet(Sheet):
    z = 1

    def __init__(self, cell: int) -> None:
        super().__init__()
        self._cell = cell
        self.set_visible(False)

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        if self._cell * device_scale(painter.deviceTransform()) < SMALLEST_CELL:
            return
        area = exposed.intersected(self.bounds)
        columns = range(math.ceil(area.left() / self._cell), math.floor(area.right() / self._cell) + 1)
        rows = range(math.ceil(area.top() / self._cell), math.floor(area.bottom() / self._cell) + 1)
        lines = [QLineF(self._cell * c, area.top(), self._cell * c, area.bottom()) for c in columns]
        lines += [QLineF(area.left(), self._cell * r, area.right(), self._cell * r) for r in rows]
        for pen in (line(painter, DARK, 1.0), line(painter, LIGHT, 1.0, DASHES)):
            painter.setPen(pen)
            painter.drawLines(lines)
