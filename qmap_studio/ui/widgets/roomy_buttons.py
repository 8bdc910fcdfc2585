"""Buttons that give up their texts, group by group, where a bar has no room for them."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QToolButton, QWidget

WITH_TEXT, ICON = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly


def fit_texts(bar: QWidget, groups: Sequence[Sequence[QToolButton]]) -> None:
    """Shows as many texts as the bar is wide enough for; tool tips and screen readers have them all."""
    for shed in range(len(groups) + 1):
        if _width_without(bar, groups, shed) <= bar.width():
            return


def narrowest(bar: QWidget, groups: Sequence[Sequence[QToolButton]]) -> int:
    """The width of the bar without any text, which it is left with."""
    return _width_without(bar, groups, len(groups))


def _width_without(bar: QWidget, groups: Sequence[Sequence[QToolButton]], shed: int) -> int:
    """Takes the texts of so many groups away; what the bar needs then."""
    for place, group in enumerate(groups):
        for button in group:
            button.setToolButtonStyle(ICON if place < shed else WITH_TEXT)
    layout = bar.layout()
    assert layout is not None, "buttons lie in a layout"
    layout.invalidate()
    return layout.sizeHint().width()


class ButtonBar(QWidget):
    """A row of buttons.

    Attributes:
        groups: of its buttons, in the order in which they give up their texts.
    """

    def __init__(self) -> None:
        super().__init__()
        self.groups: Sequence[Sequence[QToolButton]] = ()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_texts(self, self.groups)
