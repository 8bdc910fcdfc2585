"""The keys that are the canvas's own, in one table; those of the menus are the commands'."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from qmap_studio.ui.canvas.pane_grid import PaneGrid

SIZE_STEP = 1.2
HARDNESS_STEP = 0.1
PAN_STEP = 64  # device pixels

Key = Qt.Key
KEYPAD = Qt.KeyboardModifier.KeypadModifier
BY_LAYOUT = KEYPAD | Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.GroupSwitchModifier
"""What a keyboard may need for a character, and so tells nothing."""


class KeyTarget(Protocol):
    """What the keys act on."""

    panes: PaneGrid

    def scale_brush(self, factor: float) -> None: ...
    def change_hardness(self, step: float) -> None: ...
    def set_quality(self, quality: float) -> None: ...
    def pan_by(self, dx: float, dy: float) -> None: ...
    def hold_pan(self, held: bool) -> None: ...
    def hold_erase(self, held: bool) -> None: ...
    def escape(self) -> None: ...


CHARACTERS: dict[int, Callable[[KeyTarget], object]] = {
    Key.Key_BracketLeft: lambda canvas: canvas.scale_brush(1 / SIZE_STEP),
    Key.Key_BracketRight: lambda canvas: canvas.scale_brush(SIZE_STEP),
    Key.Key_BraceLeft: lambda canvas: canvas.change_hardness(-HARDNESS_STEP),
    Key.Key_BraceRight: lambda canvas: canvas.change_hardness(HARDNESS_STEP),
    Key.Key_0: lambda canvas: canvas.panes.toggle("difference"),
}
DIGITS = range(Key.Key_1, Key.Key_9 + 1)
MOVES: dict[int, Callable[[KeyTarget], object]] = {
    Key.Key_Left: lambda canvas: canvas.pan_by(PAN_STEP, 0),
    Key.Key_Right: lambda canvas: canvas.pan_by(-PAN_STEP, 0),
    Key.Key_Up: lambda canvas: canvas.pan_by(0, PAN_STEP),
    Key.Key_Down: lambda canvas: canvas.pan_by(0, -PAN_STEP),
    Key.Key_Escape: lambda canvas: canvas.escape(),
}
HELD: dict[int, Callable[[KeyTarget, bool], object]] = {
    Key.Key_Space: lambda canvas, held: canvas.hold_pan(held),
    Key.Key_E: lambda canvas, held: canvas.hold_erase(held),
    Key.Key_Tab: lambda canvas, held: canvas.panes.show_original_while(held),
}
"""With Shift, too, which is held for straight lines."""
ONCE = {Key.Key_0, Key.Key_Escape}  # however long they are held


def is_character(event: QKeyEvent) -> bool:
    """Whether the key writes something that the canvas takes as a command."""
    key = event.key()
    return (key in CHARACTERS or key in DIGITS or key == Key.Key_E) and _has_only(event, BY_LAYOUT)


def press(canvas: KeyTarget, event: QKeyEvent) -> bool:
    """Does what the key stands for; whether it stands for anything here."""
    key = event.key()  # an int: keyboards have keys that Qt has no name for
    if not _has_only(event, KEYPAD if key in MOVES else BY_LAYOUT):
        return False
    if key in HELD:
        if not event.isAutoRepeat():
            HELD[key](canvas, True)
        return True
    if key in DIGITS:
        canvas.set_quality((key - Key.Key_0) / 10)
        return True
    action = CHARACTERS.get(key) or MOVES.get(key)
    if action is None:
        return False
    if not event.isAutoRepeat() or key not in ONCE:
        action(canvas)
    return True


def release(canvas: KeyTarget, event: QKeyEvent) -> bool:
    """Ends what a held key does, whatever is held with it; whether the key is one to hold."""
    held = HELD.get(event.key())
    if held is None:
        return False
    if not event.isAutoRepeat():
        held(canvas, False)
    return True


def _has_only(event: QKeyEvent, modifiers: Qt.KeyboardModifier) -> bool:
    return not event.modifiers() & ~modifiers
