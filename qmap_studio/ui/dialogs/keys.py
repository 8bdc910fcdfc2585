"""Every key and what the mouse does, on one page."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from qmap_studio.ui.commands.command import Command
from qmap_studio.ui.panels.parts import heading, muted

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
    """The same rows that the menus are made from, so that it is never out of date."""

    def __init__(self, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and Mouse")
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 20, 24, 22)
        row.setSpacing(40)
        for menus in COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(6)
            for menu in menus:
                column.addWidget(heading(menu.upper()))
                column.addLayout(_table(CANVAS if menu == "Canvas" else _rows(menu, commands)))
                column.addSpacing(10)
            column.addStretch(1)
            row.addLayout(column)


def _rows(menu: str, commands: Sequence[Command]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (", ".join(_name(key) for key in command.keys), command.title) for command in commands if command.menu == menu
    )


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
