"""The line at the bottom: what the engine does, how far it is, and the pixel under the pointer."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.theme import set_icon
from qmap_studio.ui.widgets.elided import ElidedLabel
from qmap_studio.ui.widgets.parts import Reading

STEPS = 1000


class StatusStrip(QFrame):
    """Engine, job, pointer."""

    cancel_requested = Signal()
    sentences_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusStrip")
        self.setFixedHeight(30)
        self._said = ""
        self._engine = Reading(tr("Codec"), tr("Starting…"))
        self._message = ElidedLabel()
        self._message.setObjectName("muted")
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._progress = QProgressBar(maximum=STEPS, textVisible=False)
        self._progress.setMaximumWidth(180)
        self._progress.setMinimumWidth(60)
        self._progress.setAccessibleName(tr("Progress"))
        self._cancel = QToolButton()
        self._cancel.setAccessibleName(tr("Cancel"))
        self._cancel.setToolTip(tr("Cancel (Ctrl+.)"))
        set_icon(self._cancel, "close")
        self._cancel.clicked.connect(self.cancel_requested)
        self._rate = Reading(tr("Rate"), kind="muted")
        self._rate.hide()
        self._pixel = Reading(tr("Pixel under the pointer"), kind="muted")
        self._zoom = Reading(tr("Zoom"), kind="muted")
        self._sentences = QToolButton()
        self._sentences.setAccessibleName(tr("Show the message again"))
        self._sentences.clicked.connect(self._on_sentences_clicked)
        self._sentences.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 0, 14, 0)
        layout.setSpacing(12)
        layout.addWidget(self._engine)
        layout.addWidget(self._sentences)
        layout.addWidget(self._message, 1)
        layout.addWidget(self._progress)
        layout.addWidget(self._cancel)
        layout.addWidget(self._rate)
        layout.addWidget(self._pixel)
        layout.addWidget(self._zoom)
        self.end_progress("")

    @property
    def message(self) -> str:
        return self._message.text()

    @property
    def engine(self) -> str:
        return self._engine.text()

    @property
    def pixel(self) -> str:
        return self._pixel.text()

    @property
    def rate(self) -> str:
        return self._rate.text() if self._rate.isVisible() else ""

    @property
    def zoom(self) -> str:
        return self._zoom.text()

    @property
    def is_busy(self) -> bool:
        return not self._progress.isHidden()

    def show_engine(self, text: str) -> None:
        self._engine.setText(text)

    def show_message(self, text: str) -> None:
        self._message.setText(text)

    def keep_sentences(self, text: str, is_error: bool) -> None:
        """Keeps what was put away, if it is any text, behind a button that asks for it again."""
        set_icon(self._sentences, "warning" if is_error else "info")
        self._sentences.setToolTip(text)
        self._sentences.setAccessibleDescription(text)
        self._sentences.setVisible(bool(text))

    def _on_sentences_clicked(self) -> None:
        self._sentences.hide()
        self.sentences_requested.emit()

    def show_progress(self, fraction: float, text: str) -> None:
        """Shows how far a job is, and what it does; at 0 the bar moves to and fro, as nothing more is known."""
        if not self.is_busy:
            self._said = self.message
        self._message.setText(text)
        self._progress.setMaximum(STEPS if fraction > 0 else 0)
        self._progress.setValue(round(fraction * STEPS))
        self._progress.show()
        self._cancel.show()

    def end_progress(self, text: str) -> None:
        """Says what came of it; if there is nothing to say, what was said before."""
        self._message.setText(text or self._said)
        self._progress.hide()
        self._cancel.hide()

    def show_rate(self, text: str) -> None:
        self._rate.setText(text)

    def stand_in_for_figures(self, stands: bool) -> None:
        """Whether rate and size stand here, since their panel is hidden."""
        self._rate.setVisible(stands)

    def show_zoom(self, zoom: float) -> None:
        """Shows how many pixels of the screen a pixel of the photo takes."""
        self._zoom.setText(f"{100 * zoom:.0f} %")

    def show_pixel(self, text: str) -> None:
        self._pixel.setText(text)
