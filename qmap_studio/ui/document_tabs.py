"""A tab for each document, once there are several."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.open_documents import OpenDocument, OpenDocuments
from qmap_studio.ui.theme import set_icon
from qmap_studio.ui.widgets.parts import as_label, name_arrows

CLOSE_PX = 18


class DocumentTabs(QTabBar):
    """Shows which document is in front and which are unsaved; a click, a drag or the middle button change that."""

    chosen = Signal(object)  # an OpenDocument
    close_requested = Signal(object)

    def __init__(self, documents: OpenDocuments, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._documents = documents
        self._is_following = False
        self.setObjectName("documentTabs")
        self.setAccessibleName(tr("Open documents"))
        self.setDocumentMode(True)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setMovable(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setUsesScrollButtons(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.currentChanged.connect(self._on_current_changed)
        self.tabMoved.connect(self._on_moved)
        name_arrows(self)
        self.hide()

    def follow(self) -> None:
        """Shows the documents as they are now."""
        self._is_following = True
        documents = self._documents.all
        while self.count() > len(documents):
            self.removeTab(self.count() - 1)
        while self.count() < len(documents):
            self.setTabButton(self.addTab(""), QTabBar.ButtonPosition.RightSide, self._close_button())
        for index, item in enumerate(documents):
            mark = " •" if item.document.is_modified else ""
            if self.tabText(index) != as_label(item.name) + mark:
                self.setTabText(index, as_label(item.name) + mark)
            self.setTabToolTip(index, str(item.path or item.name))
            unsaved = tr("{name}, unsaved").format(name=item.name)
            self.setAccessibleTabName(index, unsaved if item.document.is_modified else item.name)
        if self._documents.front is not None:
            self.setCurrentIndex(documents.index(self._documents.front))
        self.setVisible(len(documents) > 1)
        self._is_following = False

    def _close_button(self) -> QToolButton:
        button = QToolButton()
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAccessibleName(tr("Close"))
        button.setToolTip(tr("Close"))
        set_icon(button, "close")
        button.setIconSize(QSize(CLOSE_PX - 4, CLOSE_PX - 4))
        button.setFixedSize(CLOSE_PX, CLOSE_PX)
        button.clicked.connect(self._on_close_clicked)
        return button

    def _on_close_clicked(self) -> None:
        button, side = self.sender(), QTabBar.ButtonPosition.RightSide
        index = next(index for index in range(self.count()) if self.tabButton(index, side) is button)
        self.close_requested.emit(self._documents.all[index])

    def _on_current_changed(self, index: int) -> None:
        if not self._is_following and 0 <= index < len(self._documents.all):
            self.chosen.emit(self._documents.all[index])

    def _on_moved(self, before: int, after: int) -> None:
        documents: list[OpenDocument] = self._documents.all
        documents.insert(after, documents.pop(before))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.tabAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.MiddleButton and index >= 0:
            self.close_requested.emit(self._documents.all[index])
