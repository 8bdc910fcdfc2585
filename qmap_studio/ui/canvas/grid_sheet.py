"""The latent grid: the smallest squares whose bits the codec can steer; zoomed out, squares of 4 x 4 of them."""

import math

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter

from qmap_studio.ui.canvas.pens import line
from qmap_studio.ui.canvas.sheet import Sheet, device_scale

SMALLEST_CELL = 6  # device pixels; closer lines would be a grey veil
COARSER = 4  # cells in a row of a square of the next coarser grid
DARK, LIGHT = QColor(0, 0, 0, 90), QColor(255, 255, 255, 110)
DASHES = (2.0, 2.0)


class GridSheet(Sheet):
    z = 1

    def __init__(self, cell: int) -> None:
        super().__init__()
        self._cell = cell
        self.set_visible(False)

    def step(self, zoom: float) -> int:
        """Pixels of the photo between two lines, at so many device pixels for each."""
        step = self._cell
        while step * zoom < SMALLEST_CELL:
            step *= COARSER
        return step

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        step = self.step(device_scale(painter.deviceTransform()))
        area = exposed.intersected(self.bounds)
        columns = range(math.ceil(area.left() / step), math.floor(area.right() / step) + 1)
        rows = range(math.ceil(area.top() / step), math.floor(area.bottom() / step) + 1)
        lines = [QLineF(step * c, area.top(), step * c, area.bottom()) for c in columns]
        lines += [QLineF(area.left(), step * r, area.right(), step * r) for r in rows]
        for pen in (line(painter, DARK, 1.0), line(painter, LIGHT, 1.0, DASHES)):
            painter.setPen(pen)
            painter.drawLines(lines)
