"""What fills the window between its toolbar and its edges, and how it makes do with little room."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

NARROW = 700
"""Below this width the side panel makes room for the photo, until it is asked for."""


class Page(QWidget):
    """Options above; tools, stage and side panel beside each other; the status line below. Sentences lie on the stage.

    Args:
        options, tools, side: are there once there is something to work on.
        tabs: over the stage.
    """

    side_changed = Signal()  # it is wanted or not, as asked for or as there is room

    def __init__(
        self,
        options: QWidget,
        tools: QWidget,
        tabs: QWidget,
        stage: QWidget,
        banner: QWidget,
        side: QScrollArea,
        status: QWidget,
    ) -> None:
        super().__init__()
        self._working_parts = options, tools
        self._side = side
        self._is_working = self._is_narrow = False
        self._wants_side = True
        middle = QGridLayout()  # in one place, so that the stage stays as it is whatever there is to say
        middle.setSpacing(0)
        middle.addWidget(tabs, 0, 0)
        middle.addWidget(stage, 1, 0)
        middle.addWidget(banner, 1, 0, Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(tools)
        row.addLayout(middle, 1)
        row.addWidget(side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(options)
        whole.addLayout(row, 1)
        whole.addWidget(status)

    @property
    def shows_side(self) -> bool:
        """Whether the side panel is wanted, and has room."""
        return self._wants_side

    def show_working_parts(self, shown: bool) -> None:
        """Whether there is something to work on."""
        self._is_working = shown
        for part in self._working_parts:
            part.setVisible(shown)
        self._side.setVisible(shown and self._wants_side)

    def show_side(self, wanted: bool) -> None:
        """Shows the side panel or leaves its room to the photo."""
        self._wants_side = wanted
        self._side.setVisible(self._is_working and wanted)
        self.side_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (self.width() < NARROW) is not self._is_narrow:
            self._is_narrow = not self._is_narrow
            self.show_side(not self._is_narrow)
