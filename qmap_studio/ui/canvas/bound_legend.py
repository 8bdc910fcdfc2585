"""What the hatches over the photo mean."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from qmap_studio.core.bounds import WITHOUT_LOSS
from qmap_studio.core.language import tr
from qmap_studio.ui.bound_names import name_of, names_of
from qmap_studio.ui.canvas import bound_style

SWATCH = 18
GAP = 7
APART = 12  # of two entries


class BoundLegend(QWidget):
    """A swatch of each hatch that is shown, and the bounds it stands for."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[tuple[int, str], ...] = ()
        self.setAccessibleName(tr("Error bounds"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return ", ".join(text for _, text in self._entries)

    def show_bounds(self, held: tuple[int, ...]) -> None:
        """Explains these bounds; the widget's owner decides whether it is seen."""
        allowing = [bound for bound in held if bound != WITHOUT_LOSS]
        entries = [(WITHOUT_LOSS, name_of(WITHOUT_LOSS))] if WITHOUT_LOSS in held else []
        if allowing:
            entries.append((allowing[0], names_of(allowing)))
        if tuple(entries) != self._entries:
            self._entries = tuple(entries)
            self.setAccessibleDescription(self.text)
            self.setToolTip(self.text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        texts = sum(SWATCH + GAP + metrics.horizontalAdvance(text) + APART for _, text in self._entries)
        return QSize(texts - APART, max(SWATCH, metrics.height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(len(self._entries) * (SWATCH + GAP) - GAP, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        metrics = self.fontMetrics()
        missing = max(0, self.sizeHint().width() - self.width()) / max(1, len(self._entries))
        left = 0.0
        for bound, text in self._entries:
            swatch = bound_style.sample(bound, SWATCH, self.devicePixelRatioF())
            painter.drawImage(QPointF(left, (self.height() - SWATCH) / 2), swatch)
            left += SWATCH + GAP
            room = QRectF(left, 0, max(0.0, metrics.horizontalAdvance(text) + 1 - missing), self.height())
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, math.ceil(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
            left += room.width() + APART
