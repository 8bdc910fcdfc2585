"""The panels at the window's side."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.widgets.parts import as_label, name_arrows, rule

WIDTH = 312


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
        layout.setContentsMargins(18, 14, 18, 14)
        layout.setSpacing(12)
        first, *others = panels
        layout.addWidget(first)
        layout.addWidget(rule())
        layout.addWidget(self.tabs)
        layout.addWidget(self._pages, 1)
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


class _Pages(QStackedWidget):
    """As high as the page that is seen needs."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _index: self.updateGeometry())

    def sizeHint(self) -> QSize:
        return self.currentWidget().sizeHint() if self.currentWidget() is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.currentWidget().minimumSizeHint() if self.currentWidget() else super().minimumSizeHint()
