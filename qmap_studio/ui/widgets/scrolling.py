"""What scrolls where it has too little room."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

MARGINS = 20, 18, 20, 16


class Scrolling(QScrollArea):
    """As large as its content where there is room; it takes no focus itself."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(widgetResizable=True)
        self.setObjectName("scrolling")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        content = self.widget()
        hint, layout = content.sizeHint(), content.layout()
        if layout is not None and layout.hasHeightForWidth():  # of texts that wrap
            hint.setHeight(layout.heightForWidth(max(hint.width(), self.window().minimumWidth())))
        return hint


class _WheelWithFocus(QObject):
    """Leaves the wheel to what a widget lies in, unless the widget has the focus."""

    def eventFilter(self, widget: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or (isinstance(widget, QWidget) and widget.hasFocus()):
            return False
        event.ignore()
        return True


def wheel_scrolls(*widgets: QWidget) -> None:
    """The wheel scrolls past sliders, lists and fields, rather than change what happens to lie below the pointer."""
    for widget in widgets:
        widget.installEventFilter(_WheelWithFocus(widget))


def scrolling_form(dialog: QDialog, column: QVBoxLayout, buttons: QWidget) -> None:
    """Fills a dialog with a column, which scrolls where it has too little room, and buttons, which are always seen."""
    left, top, right, bottom = MARGINS
    column.setContentsMargins(left, top, right, 6)
    column.setSpacing(10)
    content = QWidget()
    content.setLayout(column)
    whole = QVBoxLayout(dialog)
    whole.setContentsMargins(0, 0, 0, bottom)
    whole.addWidget(Scrolling(content), 1)
    row = QVBoxLayout()
    row.setContentsMargins(left, 0, right, 0)
    row.addWidget(buttons)
    whole.addLayout(row)
