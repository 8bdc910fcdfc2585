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
        document = self._surface.document
        brush = replace(self._surface.brush, quality=self._qualities(pointer)[0])
        straight = self._last is not None and bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        rect = document.begin_stroke(brush, *(self._last if straight else pointer.at))
        if straight:
            rect = rect.united(document.continue_stroke(*pointer.at))
        self._last = pointer.at
        self._surface.report_edit(rect, False)

    def move(self, pointer: Pointer) -> None:
        self._last = pointer.at
        rect = self._surface.document.continue_stroke(*pointer.at)
        if not rect.empty:
            self._surface.report_edit(rect, False)

    def release(self, pointer: Pointer) -> None:
        self._surface.report_edit(self._surface.document.end_stroke(), True)

    def cancel(self) -> None:
        self._surface.report_edit(self._surface.document.cancel_stroke(), True)

    def forget(self) -> None:
        """Another picture: there is no last stroke to go on from."""
        self._last = None
