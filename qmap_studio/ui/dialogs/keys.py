"""Every key and what the mouse does, on one page."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.widgets.parts import heading, muted
from qmap_studio.ui.widgets.scrolling import Scrolling

CANVAS = (
    (N_("Left button"), N_("Use the tool")),
    (N_("Right button, Alt or hold E"), N_("Erase: paint the other quality")),
    (N_("Shift+click"), N_("A straight line from the last point")),
    (N_("Wheel"), N_("Zoom")),
    (N_("Arrows"), N_("Move the view")),
    (N_("Middle button or hold Space"), N_("Move the picture")),
    (N_("[ and ]"), N_("Brush size")),
    (N_("Shift+[ and Shift+]"), N_("Hardness")),
    (N_("1 to 9"), N_("Paint quality 0.1 to 0.9")),
    ("0", N_("Show or hide the difference")),
    (N_("Hold Tab"), N_("The original in every pane")),
    (N_("Escape"), N_("Give up the gesture, or clear the selection")),
    (N_("Escape elsewhere"), N_("Back to the canvas")),
)
SHARE_OF_SCREEN, BAR = 0.9, 12
COLUMNS = (("Canvas", "Tools"), ("File", "Edit", "Help"), ("Map", "Layer", "Compare"), ("View", "Importance", "Theme"))


class KeysDialog(QDialog):
    """The same rows that the menus are made from, so that it is never out of date.

    Args:
        menus: by the name of a menu its title, and the keys and the title of each of its commands.
    """

    def __init__(
        self,
        menus: Mapping[str, tuple[str, Sequence[tuple[Sequence[str], str]]]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys and Mouse"))
        sections = {menu: (title, _rows(commands)) for menu, (title, commands) in menus.items()}
        sections["Canvas"] = (tr("Canvas"), tuple((tr(keys), tr(what)) for keys, what in CANVAS))
        content = QWidget()
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(Scrolling(content))
        row = QHBoxLayout(content)
        row.setContentsMargins(24, 20, 24, 22)
        row.setSpacing(40)
        for column_menus in COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(6)
            for title, rows in map(sections.__getitem__, column_menus):
                column.addWidget(heading(title.upper()))
                column.addLayout(_table(rows))
                column.addSpacing(10)
            column.addStretch(1)
            row.addLayout(column)
        room = self.screen().availableSize() * SHARE_OF_SCREEN
        self.resize((content.sizeHint() + QSize(BAR, BAR)).boundedTo(room))


def _rows(commands: Sequence[tuple[Sequence[str], str]]) -> tuple[tuple[str, str], ...]:
    return tuple((", ".join(_name(key) for key in keys), title) for keys, title in commands)


def _name(key: str) -> str:
    """A key as a person calls it: a lone comma is hard to see."""
    spoken = {",": tr("Comma"), ".": tr("Full stop")}
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
