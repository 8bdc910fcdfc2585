"""Rectangles: fill one with a quality, or keep it without loss."""

from PySide6.QtCore import Qt

from qmap_studio.core.language import N_
from qmap_studio.core.rect import Rect
from qmap_studio.ui.geometry import Point, box_between
from qmap_studio.ui.outlines import BoxOutline, Outline
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.tools.tool import Gesture, Option, Tool, ToolCanvas


class RectangleGesture(Gesture):
    """Fills the dragged box with the brush's quality or bound; Shift makes it a square."""

    def __init__(self, canvas: ToolCanvas) -> None:
        super().__init__(canvas)
        self._pressed: Pointer | None = None

    def press(self, pointer: Pointer) -> None:
        self._pressed = pointer

    def move(self, pointer: Pointer) -> None:
        if self._pressed is not None:
            rect = self._box(self._pressed.at, pointer)
            self._canvas.show_preview(None if rect.empty else self._outline(rect, self._pressed))

    def release(self, pointer: Pointer) -> None:
        if self._pressed is not None:
            rect = self._box(self._pressed.at, pointer)
            dragged = self._is_drag(self._pressed, pointer) and not rect.empty
            self._finish(rect if dragged else None, self._pressed)
        self.cancel()

    def cancel(self) -> None:
        self._pressed = None
        self.show()

    def _box(self, start: Point, pointer: Pointer) -> Rect:
        square = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        return box_between(start, pointer.at, self._picture_size, square)

    def _outline(self, rect: Rect, pressed: Pointer) -> Outline:
        return BoxOutline(rect, self._qualities(pressed)[0], self._bound(pressed))

    def _finish(self, rect: Rect | None, pressed: Pointer) -> None:
        if rect is not None:
            quality, bound = self._qualities(pressed)[0], self._bound(pressed)
            feather_px = self._canvas.feather_px if bound is None else 0.0
            self._document.fill_rectangle(rect, quality, feather_px, bound)


RECTANGLE = Tool(
    name="rectangle",
    text=N_("R&ectangle"),
    key="R",
    tip=N_("Fill a rectangle with one quality, or keep it without loss"),
    icon="rectangle",
    options=(Option.KEEP, Option.QUALITY, Option.FEATHER),
    hint=N_("Drag a rectangle."),
    gesture=RectangleGesture,
)
