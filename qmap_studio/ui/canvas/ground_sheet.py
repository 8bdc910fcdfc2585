"""Where a picture will be, as long as it is not there."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication, QPainter

from qmap_studio.ui.canvas.sheet import Sheet


class GroundSheet(Sheet):
    """The picture's rectangle in the window's own colour."""

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        painter.fillRect(exposed, QGuiApplication.palette().window())
