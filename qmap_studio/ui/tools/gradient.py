"""Gradients: drag from one quality to the other; afterwards the handles can be dragged on."""

from dataclasses import dataclass, replace

from PySide6.QtCore import Qt

from qmap_studio.ui.canvas.geometry import Point, distance, straightened
from qmap_studio.ui.canvas.outlines import CircleOutline, LineOutline, Outline
from qmap_studio.ui.canvas.pointer import Pointer
from qmap_studio.ui.tools.tool import Gesture, Option, Tool, ToolCanvas

SHORTEST_DRAG = 3.0  # device pixels; less is a click that was not meant as a gradient
GRAB_WITHIN = 14.0  # device pixels around the middle of a handle


@dataclass(frozen=True)
class Gradient:
    """From `start`, of the first quality, to `end`, of the second."""

    start: Point
    end: Point
    qualities: tuple[float, float]


class GradientGesture(Gesture):
    """A line from start to end; Shift turns it to steps of 15 degrees.

    As long as the gradient is the map's last edit it keeps its handles: dragging one fills again, in place of it.
    """

    def __init__(self, canvas: ToolCanvas) -> None:
        super().__init__(canvas)
        self._pressed: Pointer | None = None
        self._dragged: Gradient | None = None  # as it was when the drag began
        self._holds_start = False
        self._filled: Gradient | None = None
        self._filled_revision = -1  # of the document, with the gradient in it

    def press(self, pointer: Pointer) -> None:
        self._pressed, kept = pointer, self._kept
        self._dragged, self._holds_start = Gradient(pointer.at, pointer.at, self._qualities(pointer)), False
        if kept is not None:
            to_start, to_end = distance(kept.start, pointer.at), distance(kept.end, pointer.at)
            if min(to_start, to_end) * self._canvas.zoom <= GRAB_WITHIN:
                self._dragged, self._holds_start = kept, to_start < to_end

    def move(self, pointer: Pointer) -> None:
        gradient = self._gradient_at(pointer)
        if gradient is not None:
            self._canvas.show_preview(self._outline(gradient))
        else:
            self.show()

    def release(self, pointer: Pointer) -> None:
        gradient = self._gradient_at(pointer)
        if gradient is not None:
            if self._dragged is self._kept:
                self._document.undo()
            self._fill(gradient)
            self._filled, self._filled_revision = gradient, self._document.revision
        self.cancel()

    def cancel(self) -> None:
        self._pressed = self._dragged = None
        self.show()

    def show(self) -> None:
        kept = self._kept
        self._canvas.show_preview(self._outline(kept) if kept is not None else None)

    def forget(self) -> None:
        self._filled = None

    @property
    def _kept(self) -> Gradient | None:
        """The gradient that the map's last edit was."""
        document = self._canvas.document
        return self._filled if document is not None and document.revision == self._filled_revision else None

    def _gradient_at(self, pointer: Pointer) -> Gradient | None:
        """What the drag has come to, unless it is too short to be one."""
        if self._pressed is None or self._dragged is None:
            return None
        if distance(self._pressed.on_screen, pointer.on_screen) < SHORTEST_DRAG:
            return None
        straight = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        if self._holds_start:
            return self._with_start(self._dragged, pointer.at, straight)
        return replace(self._dragged, end=straightened(self._dragged.start, pointer.at) if straight else pointer.at)

    def _with_start(self, gradient: Gradient, start: Point, straight: bool) -> Gradient:
        return replace(gradient, start=straightened(gradient.end, start) if straight else start)

    def _outline(self, gradient: Gradient) -> Outline:
        return LineOutline(gradient.start, gradient.end, gradient.qualities)

    def _fill(self, gradient: Gradient) -> None:
        self._document.fill_linear(gradient.start, gradient.end, *gradient.qualities)


class RadialGesture(GradientGesture):
    """A circle: drag from its middle to its rim; its middle moves all of it."""

    def _with_start(self, gradient: Gradient, start: Point, straight: bool) -> Gradient:
        dx, dy = start.x - gradient.start.x, start.y - gradient.start.y
        return replace(gradient, start=start, end=Point(gradient.end.x + dx, gradient.end.y + dy))

    def _outline(self, gradient: Gradient) -> Outline:
        return CircleOutline(gradient.start, gradient.end, gradient.qualities)

    def _fill(self, gradient: Gradient) -> None:
        reach = distance(gradient.start, gradient.end)
        self._document.fill_radial(gradient.start, reach, *gradient.qualities)


LINEAR = Tool(
    name="linear",
    text="&Linear Gradient",
    key="G",
    tip="Fade from one quality to the other along a line",
    icon="linear",
    options=(Option.QUALITY, Option.OTHER_QUALITY),
    hint="Drag from the first quality to the second, then its ends.",
    gesture=GradientGesture,
)
RADIAL = Tool(
    name="radial",
    text="&Radial Gradient",
    key="Shift+G",
    tip="Fade from a centre outwards",
    icon="radial",
    options=(Option.QUALITY, Option.OTHER_QUALITY),
    hint="Drag from the centre outwards, then its ends.",
    gesture=RadialGesture,
)
