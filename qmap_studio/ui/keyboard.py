"""Which keys reach the canvas while another widget of the window has the focus."""

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QAbstractSpinBox, QApplication, QDockWidget, QLineEdit, QWidget

from qmap_studio.ui.canvas import keys
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.panels.side import KEEPS_KEYS

Kind = QEvent.Type
KINDS = {Kind.ShortcutOverride, Kind.KeyPress, Kind.KeyRelease}
IN_NUMBERS = "0123456789.,-+ "
PLAIN = {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier}


class Keyboard(QObject):
    """Gives the canvas the keys that the widget in focus has no use for.

    A field types its numbers, a text everything, lists and sliders have their arrows, a button its Space; all else is
    as on the canvas. Space is the canvas's once the pointer has moved on it since the focus came to where it is. Escape
    leads back. A dock has characters of its own.

    Args:
        canvas: each widget of its window is watched while it has the focus.
    """

    def __init__(self, canvas: Workspace) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._watched: QWidget | None = None
        self._is_docked = False
        self._keeps_keys = False
        self._held: set[int] = set()  # keys that went down on the canvas
        self._is_pointing = False
        for pane in canvas.panes.all_panes:
            pane.pointer_moved.connect(lambda _pointer: self._point(True))
            pane.pointer_left.connect(lambda: self._point(False))
        application = QApplication.instance()
        assert isinstance(application, QApplication), "a window needs a QApplication"
        application.focusChanged.connect(self._on_focus_changed)

    def _point(self, is_pointing: bool) -> None:
        self._is_pointing = is_pointing

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if self._watched is not None and old is self._watched:
            old.removeEventFilter(self)
        self._watched = None
        if self._held and new is not self._canvas:  # a press on the canvas, which takes the focus, lets go of nothing
            self._canvas.release_keys()
        self._held.clear()
        if new is None:
            return
        self._is_pointing = False
        if new is not self._canvas and new.window() is self._canvas.window():
            self._watched, self._is_docked = new, _is_docked(new)
            self._keeps_keys = any(part.property(KEEPS_KEYS) for part in _around(new))
            new.installEventFilter(self)

    def eventFilter(self, focused: QObject, event: QEvent) -> bool:
        if event.type() not in KINDS or not self._canvas.isVisible():
            return False
        assert isinstance(event, QKeyEvent)
        if event.type() == Kind.KeyRelease:
            return self._release(event)
        if self._keeps_keys:
            return False
        if isinstance(focused, QLineEdit):
            return self._leave(focused, event)
        is_field = isinstance(focused, QAbstractSpinBox)
        if is_field and _is_typed(event):
            return False
        if event.type() == Kind.ShortcutOverride:
            if is_field and _is_letter(event):
                event.ignore()  # no number: it may be a command's
                return True
            return False
        if event.key() == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._canvas.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        is_space = event.key() == Qt.Key.Key_Space
        if self._is_pointing if is_space else keys.is_character(event) and not self._is_docked:
            self._held.add(event.key())
            return keys.press(self._canvas, event)
        return False

    def _leave(self, text: QLineEdit, event: QKeyEvent) -> bool:
        """A text takes every key but the Escape that leads back to the canvas; where a name is edited that ends it."""
        is_escape = event.type() == Kind.KeyPress and event.key() == Qt.Key.Key_Escape
        if not is_escape or isinstance(text.parentWidget().parentWidget(), QAbstractItemView):
            return False
        self._canvas.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _release(self, event: QKeyEvent) -> bool:
        if event.key() not in self._held:
            return False
        if not event.isAutoRepeat():
            self._held.discard(event.key())
        keys.release(self._canvas, event)
        return True


def _is_docked(widget: QWidget) -> bool:
    return any(isinstance(part, QDockWidget) for part in _around(widget))


def _around(widget: QWidget) -> Iterator[QWidget]:
    """A widget and all that it lies in."""
    part: QWidget | None = widget
    while part is not None:
        yield part
        part = part.parentWidget()


def _is_letter(event: QKeyEvent) -> bool:
    return event.modifiers() in PLAIN and event.text().isprintable() and bool(event.text())


def _is_typed(event: QKeyEvent) -> bool:
    """Whether a field for numbers can use the character."""
    return _is_letter(event) and event.text() in IN_NUMBERS and event.key() != Qt.Key.Key_Space
