"""The canvas's keys, in one table."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from qmap_studio.ui.canvas.tools import Tool

if TYPE_CHECKING:
    from qmap_studio.ui.canvas.workspace import Workspace

SIZE_STEP = 1.2
HARDNESS_STEP = 0.1
ZOOM_STEP = 2**0.5
PAN_STEP = 64  # device pixels

Key = Qt.Key
Action = Callable[["Workspace"], object]

PRESSED: dict[tuple[int, bool], Action] = {  # with Ctrl or not
    (Key.Key_BracketLeft, False): lambda canvas: canvas.scale_brush(1 / SIZE_STEP),
    (Key.Key_BracketRight, False): lambda canvas: canvas.scale_brush(SIZE_STEP),
    (Key.Key_BraceLeft, False): lambda canvas: canvas.change_hardness(-HARDNESS_STEP),
    (Key.Key_BraceRight, False): lambda canvas: canvas.change_hardness(HARDNESS_STEP),
    (Key.Key_X, False): lambda canvas: canvas.swap_qualities(),
    (Key.Key_O, False): lambda canvas: canvas.cycle_overlay(),
    (Key.Key_S, False): lambda canvas: canvas.swap_sides(),
    (Key.Key_0, False): lambda canvas: canvas.toggle_pane("difference"),
    (Key.Key_F, False): lambda canvas: canvas.fit(),
    (Key.Key_9, True): lambda canvas: canvas.fit(),
    (Key.Key_0, True): lambda canvas: canvas.zoom_to(1.0),
    (Key.Key_Plus, True): lambda canvas: canvas.zoom_by(ZOOM_STEP),
    (Key.Key_Equal, True): lambda canvas: canvas.zoom_by(ZOOM_STEP),
    (Key.Key_Minus, True): lambda canvas: canvas.zoom_by(1 / ZOOM_STEP),
    (Key.Key_Left, False): lambda canvas: canvas.pan_by(PAN_STEP, 0),
    (Key.Key_Right, False): lambda canvas: canvas.pan_by(-PAN_STEP, 0),
    (Key.Key_Up, False): lambda canvas: canvas.pan_by(0, PAN_STEP),
    (Key.Key_Down, False): lambda canvas: canvas.pan_by(0, -PAN_STEP),
    (Key.Key_B, False): lambda canvas: canvas.set_tool(Tool.BRUSH),
    (Key.Key_G, False): lambda canvas: canvas.set_tool(  # pressed again: the other kind
        Tool.RADIAL if canvas.tool is Tool.LINEAR else Tool.LINEAR
    ),
    (Key.Key_R, False): lambda canvas: canvas.set_tool(Tool.RECTANGLE),
    (Key.Key_M, False): lambda canvas: canvas.set_tool(Tool.SELECT),
    (Key.Key_H, False): lambda canvas: canvas.set_tool(Tool.PAN),
    (Key.Key_Escape, False): lambda canvas: canvas.escape(),
}
DIGITS = range(Key.Key_1, Key.Key_9 + 1)
SHIFTED: dict[int, int] = {Key.Key_BracketLeft: Key.Key_BraceLeft, Key.Key_BracketRight: Key.Key_BraceRight}
REPEATED = {Key.Key_BracketLeft, Key.Key_BracketRight, Key.Key_BraceLeft, Key.Key_BraceRight, Key.Key_Plus}
REPEATED |= {Key.Key_Equal, Key.Key_Minus, Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down}


def press(canvas: "Workspace", event: QKeyEvent) -> bool:
    """Does what the key stands for; whether it stands for anything here."""
    key, modifiers = event.key(), event.modifiers()  # an int: keyboards have keys that Qt has no name for
    control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        key = SHIFTED.get(key, key)
    if not control and key in HELD:
        if not event.isAutoRepeat():
            HELD[key](canvas, True)
        return True
    if not control and key in DIGITS:
        canvas.set_quality((key - Key.Key_0) / 10)
        return True
    action = PRESSED.get((key, control))
    if action is None:
        return False
    if not event.isAutoRepeat() or key in REPEATED:
        action(canvas)
    return True


def release(canvas: "Workspace", event: QKeyEvent) -> bool:
    """Ends what a held key does; whether the key is one to hold."""
    held = HELD.get(event.key())
    if held is None:
        return False
    if not event.isAutoRepeat():
        held(canvas, False)
    return True


HELD: dict[int, Callable[["Workspace", bool], object]] = {
    Key.Key_Space: lambda canvas, held: canvas.hold_pan(held),
    Key.Key_E: lambda canvas, held: canvas.hold_erase(held),
    Key.Key_Tab: lambda canvas, held: canvas.show_original_while(held),
}
