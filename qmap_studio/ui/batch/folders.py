"""The folders of photos: added, removed, dropped."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.dialogs.questions import ask_folder
from qmap_studio.ui.theme import current

HEIGHT_PX = 92


class _List(QListWidget):
    """Says what to do while it is empty; Delete takes out what is selected."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            for item in self.selectedItems():
                self.takeItem(self.row(item))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.count() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(current().faint))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, tr("Drop folders here"))


class FolderList(QWidget):
    """Each folder once, in the order in which they came."""

    changed = Signal()

    def __init__(self, paths: Sequence[str], start: str) -> None:
        super().__init__()
        self._start = start
        self.list = _List()
        self.list.setAccessibleName(tr("Folders of photos"))
        self.list.setFixedHeight(HEIGHT_PX)
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        add, self._remove = QPushButton(tr("Add Folder…")), QPushButton(tr("Remove"))
        for button in (add, self._remove):
            button.setAutoDefault(False)
        add.clicked.connect(self._on_add)
        self._remove.clicked.connect(self._on_remove)
        self._remove.setEnabled(False)
        self.list.itemSelectionChanged.connect(lambda: self._remove.setEnabled(bool(self.list.selectedItems())))
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(add)
        row.addWidget(self._remove)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.list)
        column.addLayout(row)
        self.add(map(Path, paths))
        for signal in (self.list.model().rowsInserted, self.list.model().rowsRemoved):
            signal.connect(self.changed)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count()))

    def add(self, folders: Iterable[Path]) -> None:
        """Adds those that are not there yet."""
        for folder in folders:
            if str(folder) not in self.paths:
                item = QListWidgetItem(_short(folder))
                item.setData(Qt.ItemDataRole.UserRole, str(folder))
                item.setToolTip(str(folder))
                self.list.addItem(item)

    def _on_add(self) -> None:
        folder = ask_folder(self, tr("Add a Folder of Photos"), self.paths[-1] if self.paths else self._start)
        if folder is not None:
            self.add([folder])

    def _on_remove(self) -> None:
        for item in self.list.selectedItems():
            self.list.takeItem(self.list.row(item))


def _short(folder: Path) -> str:
    """With "~" for the person's own folder."""
    home = os.path.expanduser("~")
    text = str(folder)
    return f"~{text[len(home) :]}" if text.startswith(home + os.sep) else text
