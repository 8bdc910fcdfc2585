"""The row above a pane: what the pane shows, and what its colours mean. Nothing of it lies on the photo."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from qmap_studio.ui.widgets.elided import ElidedLabel

HEIGHT = 30
MARGIN, GAP = 10, 12
LEAST_CAPTION = 72


class PaneHeader(QWidget):
    """The caption at the left, legends at the right; with little room the caption is shortened first.

    Attributes:
        caption: says what the pane shows.
    """

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("paneHeader")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.caption = ElidedLabel(title)
        self.caption.setMinimumWidth(LEAST_CAPTION)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self._row.setSpacing(GAP)
        self._row.addWidget(self.caption, 1)

    def add(self, legend: QWidget) -> None:
        """Puts something at the right end."""
        self._row.addWidget(legend)
