"""What was done to the document, to go back to any of it."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.commands.command import App
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.panels.panel import Panel
from qmap_studio.ui.theme import current

LEAST_PX = 180


class HistoryModel(QAbstractListModel):
    """The beginning, and each edit."""

    def __init__(self, controller: Controller, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        self._edits: tuple[str, ...] = ()
        self.position, self._forgets = 0, False

    def refresh(self) -> None:
        document = self._controller.document
        edits = document.edits if document is not None else ()
        self.beginResetModel()
        self._edits, self.position = edits, document.position if document is not None else 0
        self._forgets = document is not None and document.forgets
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._controller.document is None else len(self._edits) + 1

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            beginning = tr("Earlier edits are forgotten") if self._forgets else tr("As it was opened")
            return tr(self._edits[row - 1]) if row else beginning
        if role == Qt.ItemDataRole.ForegroundRole and row > self.position:
            return QColor(current().faint)
        return None


class HistoryPanel(QWidget):
    """A click goes to how the document was after an edit; what is undone is pale."""

    def __init__(self, app: App, _actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._controller = app.controller
        self.model = HistoryModel(app.controller, self)
        self.view = QListView()
        self.view.setAccessibleName(tr("History"))
        self.view.setModel(self.model)
        self.view.setUniformItemSizes(True)
        self.view.setMinimumHeight(LEAST_PX)
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)
        for event in (self.view.clicked, self.view.activated):
            event.connect(lambda index: self._go_to(index.row()))
        controller = app.controller
        controller.document_state_changed.connect(self._refresh)
        controller.all_closed.connect(self._refresh)

    def _refresh(self) -> None:
        if self.isVisible():
            self.model.refresh()
            index = self.model.index(self.model.position)
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    def _go_to(self, position: int) -> None:
        document = self._controller.document
        if document is not None and position != document.position:
            self._controller.edit(lambda document: document.go_to(position))

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._refresh()


HISTORY = Panel(N_("History"), HistoryPanel)
