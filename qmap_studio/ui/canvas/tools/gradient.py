"""Gradients: drag from one quality to the other."""

from PySide6.QtCore import Qt

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.colours import quality_colour
from qmap_studio.ui.canvas.geometry import Point, distance, straightened
from qmap_studio.ui.canvas.shapes import Circle, Line, Shape
from qmap_studio.ui.canvas.tools.tool import CanvasTool, Surface
from qmap_studio.ui.canvas.view import Pointer

SHORTEST_DRAG = 3.0  # device pixels; less is a click that was not meant as a gradient


class GradientTool(CanvasTool):
    """A line from start to end; Shift turns it to steps of 15 degrees."""

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self._pressed: Pointer | None = None
        self._qualities_held = (1.0, 0.0)

    def press(self, pointer: Pointer) -> None:
        self._pressed = pointer
        self._qualities_held = self._qualities(pointer)

    def move(self, pointer: Pointer) -> None:
        if self._pressed is not None:
            start, end = self._pressed.at, self._end(pointer)
            self._surface.show_preview(self._shape(start, end) if self._dragged(pointer) else None)

    def release(self, pointer: Pointer) -> None:
        if self._pressed is not None and self._dragged(pointer):
            self._surface.report_edit(self._fill(self._pressed.at, self._end(pointer)), True)
        self.cancel()

    def cancel(self) -> None:
        self._pressed = None
        self._surface.show_preview(None)

    def _dragged(self, pointer: Pointer) -> bool:
        return self._pressed is not None and distance(self._pressed.on_screen, pointer.on_screen) >= SHORTEST_DRAG

    def _end(self, pointer: Pointer) -> Point:
        if self._pressed is not None and pointer.modifiers & Qt.KeyboardModifier.ShiftModifier:
            return straightened(self._pressed.at, pointer.at)
        return pointer.at

    @property
    def _colours(self) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        first, second = self._qualities_held
        return quality_colour(first), quality_colour(second)

    def _shape(self, start: Point, end: Point) -> Shape:
        return Line(start, end, self._colours)

    def _fill(self, start: Point, end: Point) -> Rect:
        return self._document.fill_linear(start, end, *self._qualities_held)


class RadialTool(GradientTool):
    """A circle: drag from its middle to its rim."""

    def _shape(self, start: Point, end: Point) -> Shape:
        return Circle(start, end, self._colours)

    def _fill(self, start: Point, end: Point) -> Rect:
        return self._document.fill_radial(start, distance(start, end), *self._qualities_held)
