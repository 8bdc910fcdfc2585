"""What the hatches over the photo mean, on a plate in a pane's corner."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from qmap_studio.core.bounds import WITHOUT_LOSS
from qmap_studio.core.language import tr
from qmap_studio.ui.bound_names import name_of, names_of
from qmap_studio.ui.canvas import bound_style
from qmap_studio.ui.canvas.caption import PADDING, plate_painter

SWATCH = 18
GAP = 7
APART = 12  # of two entries


class BoundLegend(QWidget):
    """A swatch of each hatch that is shown, and the bounds it stands for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: tuple[tuple[int, str], ...] = ()
        self.setAccessibleName(tr("Error bounds"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
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
            self.resize(self.sizeHint())
            self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        texts = sum(SWATCH + GAP + metrics.horizontalAdvance(text) + APART for _, text in self._entries)
        return QSize(texts + 2 * PADDING - APART, max(SWATCH, metrics.height()) + 2 * PADDING)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = plate_painter(self)
        left = float(PADDING)
        for bound, text in self._entries:
            swatch = bound_style.sample(bound, SWATCH, self.devicePixelRatioF())
            painter.drawImage(QPointF(left, (self.height() - SWATCH) / 2), swatch)
            left += SWATCH + GAP
            room = QRectF(left, 0, self.fontMetrics().horizontalAdvance(text) + 1, self.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
            left += room.width() + APART
