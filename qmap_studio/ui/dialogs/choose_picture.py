"""Which of the pictures that a file knows is the open photo."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QDialog, QDialogButtonBox, QLineEdit, QListView, QVBoxLayout, QWidget

from qmap_studio.core.language import ngettext, tr
from qmap_studio.ui.widgets.parts import muted


class ChoosePictureDialog(QDialog):
    """A list to search and choose from.

    Args:
        pictures: that the file knows, the likely ones first.
        source: the file's name.
        photo: the open photo's name.
    """

    def __init__(self, pictures: Sequence[str], source: str, photo: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Choose the Picture"))
        self.resize(460, 420)
        text = ngettext(
            "{source} knows {count} picture. Is it {photo}?",
            "{source} knows {count} pictures. Which of them is {photo}?",
            len(pictures),
        )
        question = muted(text.format(source=source, count=len(pictures), photo=photo))
        question.setTextFormat(Qt.TextFormat.PlainText)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAcceptDrops(False)
        self.search.setAccessibleName(tr("Search"))
        self.search.setClearButtonEnabled(True)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(QStringListModel(list(pictures), self))
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.list = QListView()
        self.list.setAccessibleName(tr("Pictures"))
        self.list.setModel(self._found)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._accept = buttons.addButton(tr("Choose"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._accept.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.search.textChanged.connect(self._on_search)
        self.list.doubleClicked.connect(self.accept)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        for part in (question, self.search, self.list, buttons):
            layout.addWidget(part)
        self.search.setFocus()
        self._on_search("")

    @property
    def chosen(self) -> str | None:
        """The picture that is marked, or None if none is found."""
        index = self.list.currentIndex()
        return index.data() if index.isValid() else None

    def _on_search(self, text: str) -> None:
        self._found.setFilterFixedString(text)
        first = self._found.index(0, 0, QModelIndex())
        self.list.setCurrentIndex(first)
        self._accept.setEnabled(first.isValid())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows walk through the list while the search has the focus."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(event.key(), 0)
        index = self._found.index(self.list.currentIndex().row() + step, 0)
        if step and index.isValid():
            self.list.setCurrentIndex(index)
        elif not step:
            super().keyPressEvent(event)
