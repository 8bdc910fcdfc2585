"""The empty state: what one can begin with."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.theme import set_icon
from qmap_studio.ui.widgets.parts import as_label, heading, muted

RECENT_SHOWN = 4


class Welcome(QWidget):
    """Drop, open, try the sample, or go on with a recent file."""

    open_requested = Signal()
    sample_requested = Signal()
    file_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._drop = QFrame()
        self._drop.setObjectName("welcomeDrop")
        self._drop.setFixedWidth(480)
        symbol = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        set_icon(symbol, "drop", 48)
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title.setObjectName("title")
        self._title.setTextFormat(Qt.TextFormat.PlainText)  # names of files may look like markup
        hint = muted(tr("Paint where its bits should go, and see what becomes of it.\nPNG, JPEG, TIFF and more, .sfc"))
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._open = QPushButton(tr("Open…"))
        self._open.setProperty("primary", "true")
        self._open.clicked.connect(self.open_requested)
        sample = QPushButton(tr("Try the sample photo"))
        sample.clicked.connect(self.sample_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._open)
        buttons.addWidget(sample)
        buttons.addStretch(1)
        inner = QVBoxLayout(self._drop)
        inner.setContentsMargins(32, 34, 32, 34)
        inner.setSpacing(10)
        for part in (symbol, self._title, hint):
            inner.addWidget(part)
        inner.addSpacing(10)
        inner.addLayout(buttons)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        holder = QWidget()
        holder.setFixedWidth(480)
        holder.setLayout(self._recent)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(self._drop, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(10)
        layout.addWidget(holder, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.setFocusProxy(self._open)
        self.show_meaning("")

    def show_recent(self, files: Sequence[str]) -> None:
        while self._recent.count():
            item = self._recent.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        if files:
            self._recent.addWidget(heading(tr("RECENT")))
        for file in files[:RECENT_SHOWN]:
            path = Path(file)
            link = QPushButton(f"{as_label(path.name)}   –   {as_label(str(path.parent))}", flat=True)
            link.setObjectName("link")
            link.clicked.connect(lambda _checked=False, file=file: self.file_chosen.emit(file))
            self._recent.addWidget(link)

    def show_meaning(self, meaning: str) -> None:
        """What a drop would do now; empty when nothing is dragged over the window."""
        room = self._drop.width() - 64
        text = meaning or tr("Drop a photo here")
        self._title.setText(self._title.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room))
        self._drop.setProperty("dragging", "true" if meaning else "false")
        self._drop.style().unpolish(self._drop)
        self._drop.style().polish(self._drop)
