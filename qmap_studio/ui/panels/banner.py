"""Sentences over the canvas, which stay until they are dismissed or the person goes on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.theme import set_icon
from qmap_studio.ui.widgets.parts import breakable, set_tone

MOST_SENTENCES = 3


class Banner(QFrame):
    """Errors and notices, one below the other; it never stops the work.

    Put away, its sentences are kept elsewhere, to be shown again.
    """

    put_away = Signal(str, bool)  # the sentences; whether any is an error

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._sentences: dict[str, bool] = {}
        """By its sentence, whether it is an error."""
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setMinimumWidth(1)  # a long word widens no window
        self._text.setTextFormat(Qt.TextFormat.PlainText)  # names of files may look like markup
        close = QToolButton()
        close.setAccessibleName(tr("Dismiss"))
        close.setToolTip(tr("Dismiss"))
        set_icon(close, "close")
        close.clicked.connect(self.put_by)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 6, 5)
        layout.setSpacing(10)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        return self.accessibleName()

    def show_error(self, sentence: str) -> None:
        self._show(sentence, True)

    def show_note(self, sentence: str) -> None:
        self._show(sentence, False)

    def put_by(self) -> None:
        """Makes room: the person has read it, or goes on with the photo below."""
        if self.isVisible():
            self.hide()
            self.put_away.emit(self.text, any(self._sentences.values()))

    def forget(self) -> None:
        """What it says is over."""
        self._sentences.clear()
        self.hide()

    def _show(self, sentence: str, is_error: bool) -> None:
        if self.isHidden():
            self._sentences.clear()
            self.put_away.emit("", False)
        self._sentences.pop(sentence, None)
        self._sentences[sentence] = is_error
        while len(self._sentences) > MOST_SENTENCES:
            del self._sentences[next(iter(self._sentences))]
        has_error = any(self._sentences.values())
        set_icon(self._icon, "warning" if has_error else "info", 20)
        set_tone(self, "error" if has_error else "note")
        text = "\n".join(self._sentences)
        self._text.setText(
            breakable(text if len(self._sentences) == 1 else "\n".join(f"• {s}" for s in self._sentences))
        )
        self.setAccessibleName(text)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
