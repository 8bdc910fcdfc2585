"""One sentence over the canvas, which stays until it is dismissed or followed by another."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.theme import set_icon
from qmap_studio.ui.widgets.parts import set_tone


class Banner(QFrame):
    """Errors and notices; it never stops the work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        close = QToolButton()
        close.setAccessibleName(tr("Dismiss"))
        close.setToolTip(tr("Dismiss"))
        set_icon(close, "close")
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 6, 5)
        layout.setSpacing(10)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def show_error(self, sentence: str) -> None:
        self._show(sentence, "warning", "error")

    def show_note(self, sentence: str) -> None:
        self._show(sentence, "info", "note")

    def _show(self, sentence: str, icon_name: str, tone: str) -> None:
        set_icon(self._icon, icon_name, 20)
        set_tone(self, tone)
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()
