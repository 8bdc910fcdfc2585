"""Soft strokes."""

from dataclasses import replace

from PySide6.QtCore import Qt

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.tools.tool import Gesture, Option, Tool


class BrushGesture(Gesture):
    """Paints from press to release; with Shift first straight from where the last stroke ended."""

    cursor = Qt.CursorShape.BlankCursor
    shows_brush = True

    _last: Point | None = None
    _is_hard = False

    def press(self, pointer: Pointer) -> None:
        brush, bound = replace(self._canvas.brush, quality=self._qualities(pointer)[0]), self._bound(pointer)
        self._is_hard = bound is not None
        if self._erases(pointer) and self._canvas.erases_layer:
            brush, bound = replace(brush, erases=True, bound=self._canvas.brush.bound), None
            if self._document.layer_to_paint(brush) is None:
                self._canvas.tell(tr("There is nothing to erase in this layer."))
                return
        if self._is_hard:  # a pixel is bounded or not, however hard a pen is pressed
            brush = replace(brush, bound=bound, hardness=1.0, flow=1.0)
        straight = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        start = self._last if straight and self._last is not None else pointer.at
        self._document.begin_stroke(brush, *start, self._pressure(pointer))
        if start is not pointer.at:
            self._document.continue_stroke(*pointer.at, self._pressure(pointer))
        self._last = pointer.at

    def move(self, pointer: Pointer) -> None:
        if not self._document.is_drawing:
            return
        self._last = pointer.at
        self._document.continue_stroke(*pointer.at, self._pressure(pointer))

    def release(self, pointer: Pointer) -> None:
        self._document.end_stroke()

    def cancel(self) -> None:
        self._document.cancel_stroke()

    def outlives_edit(self) -> bool:
        return False

    def forget(self) -> None:
        self._last = None

    def _pressure(self, pointer: Pointer) -> float:
        return 1.0 if self._is_hard else pointer.pressure


BRUSH = Tool(
    name="brush",
    text=N_("&Brush"),
    key="B",
    tip=N_("Paint quality, or what is kept without loss"),
    icon="brush",
    options=(Option.SIZE, Option.HARDNESS, Option.FLOW, Option.KEEP, Option.QUALITY, Option.ERASER),
    hint="",
    gesture=BrushGesture,
    paints_layer=True,
)
