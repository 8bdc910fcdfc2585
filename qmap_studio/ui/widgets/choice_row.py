"""A row with one of a few values, by their names."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.widgets.parts import muted
from qmap_studio.ui.widgets.scrolling import wheel_scrolls

LABEL_PX = 96
Values = Callable[[], Sequence[Any]]
"""Gives a row what it shows: the value of each thing it is of."""


class ChoiceRow(QWidget):
    """One of a few values, by their names."""

    def __init__(
        self, label: str, choices: Sequence[tuple[str, Any]], values: Values, change: Callable[[Any], None], tip: str
    ) -> None:
        super().__init__()
        self._choices, self._values = [value for _, value in choices], values
        self.list = QComboBox()
        self.list.setAccessibleName(label)
        self.list.setToolTip(tip)
        wheel_scrolls(self.list)
        self.list.setPlaceholderText(tr("mixed"))
        for text, _ in choices:
            self.list.addItem(text)
        self.list.activated.connect(lambda place: change(self._choices[place]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        name = muted(label)
        name.setWordWrap(False)
        name.setMinimumWidth(LABEL_PX)
        name.setBuddy(self.list)
        row.addWidget(name)
        row.addWidget(self.list, 1)

    def follow(self) -> None:
        values = set(self._values())
        blocker = QSignalBlocker(self.list)
        self.list.setCurrentIndex(self._choices.index(values.pop()) if len(values) == 1 else -1)
        del blocker
