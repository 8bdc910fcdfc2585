"""Every key and what the mouse does, on one page."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from qmap_studio.ui.widgets.parts import heading, muted

CANVAS = (
    ("Left button", "Use the tool"),
    ("Right button, Alt or hold E", "Erase: paint the other quality"),
    ("Shift+click", "A straight line from the last point"),
    ("Wheel", "Zoom"),
    ("Arrows", "Move the view"),
    ("Middle button or hold Space", "Move the picture"),
    ("[ and ]", "Brush size"),
    ("Shift+[ and Shift+]", "Hardness"),
    ("1 to 9", "Paint quality 0.1 to 0.9"),
    ("0", "Show or hide the difference"),
    ("Hold Tab", "The original in every pane"),
    ("Escape", "Give up the gesture, or clear the selection"),
)
COLUMNS = (("Canvas", "Tools"), ("File", "Edit", "Compare", "Help"), ("Map", "View", "Theme"))


class KeysDialog(QDialog):
    """The same rows that the menus are made from, so that it is never out of date.

    Args:
        menus: by the name of a menu the keys and the title of each of its commands.
    """

    def __init__(self, menus: Mapping[str, Sequence[tuple[Sequence[str], str]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and Mouse")
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 20, 24, 22)
        row.setSpacing(40)
        for column_menus in COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(6)
            for menu in column_menus:
                column.addWidget(heading(menu.upper()))
                column.addLayout(_table(CANVAS if menu == "Canvas" else _rows(menus[menu])))
                column.addSpacing(10)
            column.addStretch(1)
            row.addLayout(column)


def _rows(commands: Sequence[tuple[Sequence[str], str]]) -> tuple[tuple[str, str], ...]:
    return tuple((", ".join(_name(key) for key in keys), title) for keys, title in commands)


def _name(key: str) -> str:
    """A key as a person calls it: a lone comma is hard to see."""
    spoken = {",": "Comma", ".": "Full stop"}
    return spoken.get(key) or QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _table(rows: tuple[tuple[str, str], ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(18)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(0, 1)
    for place, (keys, what) in enumerate(rows):
        grid.addWidget(QLabel(what), place, 0)
        label = muted(keys)
        label.setWordWrap(False)
        label.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(label, place, 1)
    return grid
