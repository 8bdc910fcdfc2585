"""Small labels that lie on a pane: what it shows, and the scale of its colours."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

PLATE = QColor(20, 20, 22, 190)  # dark in either theme, so that white text reads on any photo
PLATE_MARGIN = 8  # from the pane's edges
PADDING = 7


class Caption(QLabel):
    """A few words in a pane's corner."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setStyleSheet(
            f"background: rgba({PLATE.red()}, {PLATE.green()}, {PLATE.blue()}, {PLATE.alpha()});"
            "color: white; border-radius: 4px; padding: 3px 7px;"
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.adjustSize()


class ColourScale(QWidget):
    """A colour map as a bar, with the values of its two ends and of places between them."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._labels: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_scale(self, table: np.ndarray, labels: tuple[str, ...]) -> None:
        """The colours from left to right, and texts spread evenly under them."""
        row = np.ascontiguousarray(table[np.newaxis])
        self._image = QImage(row.data, len(table), 1, row.nbytes, QImage.Format.Format_RGBA8888).copy()
        self._labels = labels
        self.setAccessibleDescription(", ".join(labels))
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(170, self.fontMetrics().height() + 10 + 2 * PADDING)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = plate_painter(self)
        inner = QRectF(self.rect()).adjusted(PADDING, PADDING, -PADDING, -PADDING + 2)
        bar = QRectF(inner.left(), inner.top(), inner.width(), 7)
        painter.drawImage(bar, self._image, QRectF(self._image.rect()))
        text = QRectF(inner.left(), bar.bottom() + 2, inner.width(), inner.bottom() - bar.bottom() - 2)
        last = len(self._labels) - 1
        for place, label in enumerate(self._labels):
            side = Qt.AlignmentFlag.AlignHCenter
            if place in (0, last):
                side = Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag.AlignLeft
            under = text.translated((place / last - 0.5) * text.width(), 0) if 0 < place < last else text
            painter.drawText(under, side | Qt.AlignmentFlag.AlignVCenter, label)


def plate_painter(widget: QWidget) -> QPainter:
    """Paints a plate as large as a widget, and goes on with white lines on it."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PLATE)
    painter.drawRoundedRect(widget.rect(), 4, 4)
    painter.setPen(QColor("white"))
    return painter
