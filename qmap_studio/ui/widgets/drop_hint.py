"""What a drop would do, said over a widget while files are dragged over it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.theme import set_icon

MARGIN = 2  # so that the frame does not cross the captions


class DropHint(QFrame):
    """A frame as large as the widget it lies over, and a few words in its middle."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("dropHint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Drop here"))
        plate = QFrame()
        plate.setObjectName("dropPlate")
        self._icon, self._words = QLabel(), QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)  # names of files may look like markup
        row = QHBoxLayout(plate)
        row.setContentsMargins(18, 12, 22, 12)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addWidget(self._words)
        layout = QHBoxLayout(self)
        layout.addWidget(plate, 0, Qt.AlignmentFlag.AlignCenter)
        over.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        return self._words.text()

    def show_meaning(self, meaning: str) -> None:
        """Shows it, or nothing if it is empty."""
        room = max(self.parentWidget().width() - 160, 80)
        self._words.setText(self._words.fontMetrics().elidedText(meaning, Qt.TextElideMode.ElideMiddle, room))
        set_icon(self._icon, "drop", 24)
        self._fill()
        self.setVisible(bool(meaning))
        self.raise_()

    def _fill(self) -> None:
        self.setGeometry(self.parentWidget().rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fill()
        return False
