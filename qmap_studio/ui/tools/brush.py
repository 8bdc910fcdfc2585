"""Soft strokes."""

from dataclasses import replace

from PySide6.QtCore import Qt

from qmap_studio.core.language import N_
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.tools.tool import Gesture, Option, Tool


class BrushGesture(Gesture):
    """Paints from press to release; with Shift first straight from where the last stroke ended."""

    cursor = Qt.CursorShape.BlankCursor
    shows_brush = True

    _last: Point | None = None

    def press(self, pointer: Pointer) -> None:
        brush = replace(self._canvas.brush, quality=self._qualities(pointer)[0])
        straight = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        start = self._last if straight and self._last is not None else pointer.at
        self._document.begin_stroke(brush, *start, pointer.pressure)
        if start is not pointer.at:
            self._document.continue_stroke(*pointer.at, pointer.pressure)
        self._last = pointer.at

    def move(self, pointer: Pointer) -> None:
        self._last = pointer.at
        self._document.continue_stroke(*pointer.at, pointer.pressure)

    def release(self, pointer: Pointer) -> None:
        self._document.end_stroke()

    def cancel(self) -> None:
        self._document.cancel_stroke()

    def outlives_edit(self) -> bool:
        return False

    def forget(self) -> None:
        self._last = None


BRUSH = Tool(
    name="brush",
    text=N_("&Brush"),
    key="B",
    tip=N_("Paint quality"),
    icon="brush",
    options=(Option.SIZE, Option.HARDNESS, Option.FLOW, Option.QUALITY),
    hint="",
    gesture=BrushGesture,
)
