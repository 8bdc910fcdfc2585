"""Soft strokes."""

from dataclasses import replace

from PySide6.QtCore import Qt

from qmap_studio.ui.canvas.geometry import Point
from qmap_studio.ui.canvas.tools.tool import CanvasTool
from qmap_studio.ui.canvas.view import Pointer


class BrushTool(CanvasTool):
    """Paints from press to release; with Shift first straight from where the last stroke ended."""

    cursor = Qt.CursorShape.BlankCursor  # the ring is drawn on the canvas

    _last: Point | None = None

    def press(self, pointer: Pointer) -> None:
        brush = replace(self._surface.brush, quality=self._qualities(pointer)[0])
        straight = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        start = self._last if straight and self._last is not None else pointer.at
        rect = self._document.begin_stroke(brush, *start, pointer.pressure)
        if start is not pointer.at:
            rect = rect.united(self._document.continue_stroke(*pointer.at, pointer.pressure))
        self._last = pointer.at
        self._surface.report_edit(rect, False)

    def move(self, pointer: Pointer) -> None:
        self._last = pointer.at
        rect = self._document.continue_stroke(*pointer.at, pointer.pressure)
        if not rect.empty:
            self._surface.report_edit(rect, False)

    def release(self, pointer: Pointer) -> None:
        self._surface.report_edit(self._document.end_stroke(), True)

    def cancel(self) -> None:
        self._surface.report_edit(self._document.cancel_stroke(), True)

    def forget(self) -> None:
        self._last = None
