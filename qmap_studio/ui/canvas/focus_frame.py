"""The frame around a canvas that the keyboard has come to."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QRegion
from PySide6.QtWidgets import QFrame, QWidget

WIDTH = 2
BY_KEYBOARD = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}


class FocusFrame(QFrame):
    """Lies on the edge of a widget while that has the focus, if a key has brought it there."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.setObjectName("focusFrame")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        widget.installEventFilter(self)

    def eventFilter(self, widget: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.FocusIn:
                assert isinstance(event, QFocusEvent)
                self.setVisible(event.reason() in BY_KEYBOARD)
                self._match()
            case QEvent.Type.FocusOut:
                self.hide()
            case QEvent.Type.Resize:
                self._match()
        return False

    def _match(self) -> None:
        rect = self.parentWidget().rect()
        self.setGeometry(rect)
        self.setMask(QRegion(rect) - QRegion(rect.adjusted(WIDTH, WIDTH, -WIDTH, -WIDTH)))  # nothing lies on the photo
        self.raise_()
