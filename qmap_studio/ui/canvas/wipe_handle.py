"""The line between two wiped pictures, with a grip to drag."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from qmap_studio.core.language import tr

WIDTH = 24
GRIP_RADIUS = 10.0


class WipeHandle(QWidget):
    """The line of the wipe with a grip to drag."""

    dragged = Signal(float)  # where to, as a share of the pane's width

    def __init__(self, pane: QWidget) -> None:
        super().__init__(pane)
        self._pane = pane
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName(tr("Edge between the two pictures"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.setAccepted(event.button() is Qt.MouseButton.LeftButton)  # what is not its own is the pane's

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.setAccepted(bool(event.buttons() & Qt.MouseButton.LeftButton))
        if event.isAccepted():
            self.dragged.emit(self.mapTo(self._pane, event.position()).x() / max(self._pane.width(), 1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """It is the pane's, at the same place."""
        QApplication.sendEvent(
            self._pane,
            QWheelEvent(
                self.mapTo(self._pane, event.position()),
                event.globalPosition(),
                event.pixelDelta(),
                event.angleDelta(),
                event.buttons(),
                event.modifiers(),
                event.phase(),
                event.inverted(),
            ),
        )
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, y = self.width() / 2, self.height() / 2
        painter.fillRect(QRectF(x - 1.5, 0, 3, self.height()), QColor(0, 0, 0, 110))
        painter.fillRect(QRectF(x - 0.5, 0, 1, self.height()), QColor("white"))
        painter.setPen(QColor(0, 0, 0, 140))
        painter.setBrush(QColor("white"))
        painter.drawEllipse(QPointF(x, y), GRIP_RADIUS, GRIP_RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(60, 60, 64))
        for side in (-1, 1):
            painter.drawPolygon([QPointF(x + side * 7, y), QPointF(x + side * 3, y - 4), QPointF(x + side * 3, y + 4)])
