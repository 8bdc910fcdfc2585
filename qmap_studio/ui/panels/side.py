"""The panels at the window's side."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.widgets.parts import as_label, name_arrows, rule

KEEPS_KEYS = "keeps_keys"
"""A property of what takes every key itself, whatever the canvas would do with it."""
WIDTH, MARGIN = 312, 14


class Task(QWidget):
    """Something that is to be decided.

    Attributes:
        footer: its buttons.
    """

    def __init__(self) -> None:
        super().__init__()
        self.footer = QFrame()
        self.footer.setObjectName("sideFooter")
        for part in (self, self.footer):
            part.setProperty(KEEPS_KEYS, True)


class Side(QScrollArea):
    """The first panel, and below it one of the others, by tabs; with too little height it scrolls.

    Args:
        titles: of the others.
    """

    def __init__(self, panels: Sequence[QWidget], titles: Sequence[str]) -> None:
        super().__init__(widgetResizable=True)
        panel = QFrame()
        panel.setObjectName("sidePanel")
        self.tabs, self._pages = QTabBar(), _Pages()
        self.tabs.setObjectName("sideTabs")
        self.tabs.setAccessibleName(tr("Panels"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(True)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(18, MARGIN, 18, MARGIN)
        layout.setSpacing(12)
        first, *others = panels
        layout.addWidget(first)
        layout.addWidget(rule())
        layout.addWidget(self.tabs)
        layout.addWidget(self._pages, 1)
        self._task: Task | None = None
        for part, title in zip(others, titles, strict=True):
            self._pages.addWidget(part)
            self.tabs.addTab(as_label(title))
        name_arrows(self.tabs)
        self.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self.setObjectName("sideScroll")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a click on its buttons leaves the keys with the canvas
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)
        self.setWidget(panel)

    def show_panel(self, panel: QWidget) -> None:
        """Brings one of the others in front."""
        self.tabs.setCurrentIndex(self._pages.indexOf(panel))

    def show_task(self, task: "Task | None") -> None:
        """Puts something that is to be decided in the place of the tabs; None brings them back."""
        if self._task is not None:
            self._pages.removeWidget(self._task)
        self._task = task
        self.tabs.setVisible(task is None)
        if task is not None:
            self._pages.addWidget(task)
            self._pages.setCurrentWidget(task)
            task.footer.setParent(self)
            task.footer.show()
            QTimer.singleShot(0, self._reveal_task)
        else:
            self._pages.setCurrentIndex(self.tabs.currentIndex())
        self._place_footer()

    def _place_footer(self) -> None:
        """The buttons of a task are seen wherever the rest is scrolled to."""
        height = self._task.footer.sizeHint().height() if self._task is not None else 0
        self.setViewportMargins(0, 0, 0, height)
        if self._task is not None:
            self._task.footer.setGeometry(0, self.height() - height, self.width(), height)

    def _reveal_task(self) -> None:
        """As much of it as there is room for."""
        if self._task is not None:
            top = self._task.mapTo(self.widget(), self._task.rect().topLeft()).y()
            bar = self.verticalScrollBar()
            bar.setValue(min(top - MARGIN, bar.maximum()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_footer()


class _Pages(QStackedWidget):
    """As high as the page that is seen needs."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _index: self.updateGeometry())

    def sizeHint(self) -> QSize:
        return self.currentWidget().sizeHint() if self.currentWidget() is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.currentWidget().minimumSizeHint() if self.currentWidget() else super().minimumSizeHint()
