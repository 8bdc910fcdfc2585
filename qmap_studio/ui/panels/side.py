"""The panels at the window's side, below each other."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from qmap_studio.ui.widgets.parts import rule

WIDTH = 312


class Side(QScrollArea):
    """As wide as its panels need; with too little height it scrolls."""

    def __init__(self, panels: Sequence[QWidget]) -> None:
        super().__init__(widgetResizable=True)
        panel = QFrame()
        panel.setObjectName("sidePanel")
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.setSpacing(16)
        for place, part in enumerate(panels):
            if place:
                layout.addWidget(rule())
            layout.addWidget(part)
        layout.addStretch(1)
        self.setObjectName("sideScroll")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a click on its buttons leaves the keys with the canvas
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)
        self.setWidget(panel)
