"""The choice of what is kept: a quality, or an error bound."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from qmap_studio.core.bounds import LARGEST_BOUND, WITHOUT_LOSS
from qmap_studio.core.language import tr
from qmap_studio.ui.bound_names import name_of
from qmap_studio.ui.widgets.scrolling import wheel_scrolls

CHOICES = (None, *range(WITHOUT_LOSS, LARGEST_BOUND + 1))


class KeepChoice(QWidget):
    """A list of bounds; `bound_changed` tells of the person's own choice: a bound, or None for the quality.

    Args:
        name: beside it; without one the choice speaks for itself.
    """

    bound_changed = Signal(object)

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self._list = QComboBox()
        wheel_scrolls(self._list)
        self._list.setAccessibleName(tr("Keep"))
        self._list.setToolTip(tr("What tools paint: a quality, or how far pixels may be off at most; L switches"))
        self._list.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the mouse leaves the keys with the canvas
        for bound in CHOICES:
            self._list.addItem(name_of(bound), bound)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if name:
            row.addWidget(label := QLabel(name))
            label.setObjectName("muted")
            label.setBuddy(self._list)
        row.addWidget(self._list)
        self._list.activated.connect(lambda _place: self.bound_changed.emit(self.bound))

    @property
    def bound(self) -> int | None:
        return CHOICES[self._list.currentIndex()]

    @bound.setter
    def bound(self, bound: int | None) -> None:
        """Shows a choice without telling of it."""
        blocker = QSignalBlocker(self._list)
        self._list.setCurrentIndex(CHOICES.index(bound))
        del blocker
