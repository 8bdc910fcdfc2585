"""What the colours of a pane stand for."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

WIDTH, NARROWEST = 128, 32
ALL_LABELS_FROM, LABELS_FROM = 96, 64  # wide; narrower, only its ends are named, or the tool tip does
BAR_TOP, BAR = 5, 6
FONT_PX = 11


class ColourScale(QWidget):
    """A colour map as a bar, with the values of its two ends and of places between them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._image = QImage()
        self._labels: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def set_scale(self, table: np.ndarray, labels: tuple[str, ...]) -> None:
        """The colours from left to right, and texts spread evenly under them."""
        row = np.ascontiguousarray(table[np.newaxis])
        self._image = QImage(row.data, len(table), 1, row.nbytes, QImage.Format.Format_RGBA8888).copy()
        self._labels = labels
        self.setAccessibleDescription(", ".join(labels))
        self.setToolTip(f"{self.accessibleName()}: {', '.join(labels)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, BAR_TOP + BAR + FONT_PX + 5)

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        font = painter.font()
        font.setPixelSize(FONT_PX)
        painter.setFont(font)
        is_bare = self.width() < LABELS_FROM
        bar = QRectF(0, (self.height() - BAR) / 2 if is_bare else BAR_TOP, self.width(), BAR)
        painter.drawImage(bar, self._image, QRectF(self._image.rect()))
        text = QRectF(0, bar.bottom() + 1, self.width(), self.height() - bar.bottom() - 1)
        last = len(self._labels) - 1
        if is_bare:
            return
        for place, label in enumerate(self._labels):
            if 0 < place < last and self.width() < ALL_LABELS_FROM:
                continue
            side = Qt.AlignmentFlag.AlignHCenter
            if place in (0, last):
                side = Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag.AlignLeft
            under = text.translated((place / last - 0.5) * text.width(), 0) if 0 < place < last else text
            painter.drawText(under, side | Qt.AlignmentFlag.AlignVCenter, label)
