"""Boxes: fill one with a quality, or select it."""

from PySide6.QtCore import Qt

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.colours import quality_colour
from qmap_studio.ui.canvas.geometry import Point, box_between, distance
from qmap_studio.ui.canvas.shapes import Box
from qmap_studio.ui.canvas.tools.tool import CanvasTool, Surface
from qmap_studio.ui.canvas.view import Pointer

SHORTEST_DRAG = 3.0  # device pixels


class RectangleTool(CanvasTool):
    """Fills the dragged box with the brush's quality; Shift makes it a square."""

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self._pressed: Pointer | None = None

    def press(self, pointer: Pointer) -> None:
        self._pressed = pointer

    def move(self, pointer: Pointer) -> None:
        if self._pressed is not None:
            rect = self._box(self._pressed.at, pointer)
            self._surface.show_preview(None if rect.empty else Box(rect, self._colour(self._pressed)))

    def release(self, pointer: Pointer) -> None:
        if self._pressed is not None:
            rect = self._box(self._pressed.at, pointer)
            dragged = distance(self._pressed.on_screen, pointer.on_screen) >= SHORTEST_DRAG and not rect.empty
            self._finish(rect if dragged else None, self._pressed)
        self.cancel()

    def cancel(self) -> None:
        self._pressed = None
        self.show()

    def _box(self, start: Point, pointer: Pointer) -> Rect:
        square = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        return box_between(start, pointer.at, self._picture_size, square)

    def _colour(self, pressed: Pointer) -> tuple[int, int, int] | None:
        return quality_colour(self._qualities(pressed)[0])

    def _finish(self, rect: Rect | None, pressed: Pointer) -> None:
        if rect is not None:
            quality = self._qualities(pressed)[0]
            changed = self._document.fill_rectangle(rect, quality, self._surface.feather_px)
            self._surface.report_edit(changed, True)
