"""Polygons, clicked corner by corner, and outlines drawn by hand."""

from PySide6.QtCore import Qt

from qmap_studio.core.language import N_
from qmap_studio.ui.geometry import Point, distance
from qmap_studio.ui.outlines import PathOutline
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.tools.tool import Gesture, Option, Tool, ToolCanvas

CLOSES_WITHIN = 9.0  # logical pixels
TOLERANCE = 1.5  # of a line drawn by hand, in logical pixels


class PolygonGesture(Gesture):
    """A corner a click; the first one again, the last one again, or Enter ends it, Backspace takes one back."""

    def __init__(self, canvas: ToolCanvas) -> None:
        super().__init__(canvas)
        self._corners: list[Point] = []
        self._begun: Pointer | None = None

    def press(self, pointer: Pointer) -> None:
        if not self._corners:
            self._begun = pointer

    def move(self, pointer: Pointer) -> None:
        self.hover(pointer)

    def release(self, pointer: Pointer) -> None:
        if self._corners and self._is_near(pointer.at, self._corners[0], self._corners[-1]):
            self._end()
            return
        self._corners.append(pointer.at)
        self.hover(pointer)

    def hover(self, pointer: Pointer) -> None:
        if self._corners and self._begun is not None:
            path = (*self._corners, pointer.at)
            colours = self._qualities(self._begun)[0], self._bound(self._begun)
            self._canvas.show_preview(PathOutline((path,), *colours, len(path) > 2, tuple(self._corners)))

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if not self._corners:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._end()
        elif key == Qt.Key.Key_Backspace:
            self._corners.pop()
            if self._corners:
                self._canvas.show_preview(PathOutline((tuple(self._corners),), is_closed=False, dots=(*self._corners,)))
            else:
                self.show()
        else:
            return False
        return True

    def cancel(self) -> None:
        self.give_up()

    def give_up(self) -> bool:
        had_any = bool(self._corners)
        self._corners = []
        self.show()
        return had_any

    def forget(self) -> None:
        self._corners = []

    def _is_near(self, at: Point, *others: Point) -> bool:
        reach = CLOSES_WITHIN * self._canvas.pixel_ratio / self._canvas.zoom
        return any(distance(at, other) <= reach for other in others)

    def _end(self) -> None:
        from qmap_studio.document.shapes import Polygon

        corners, self._corners = self._corners, []
        if len(corners) >= 3 and self._begun is not None:
            self._add_shape(Polygon(tuple((c.x, c.y) for c in corners)), N_("Polygon"), self._begun)
        self.show()


class LassoGesture(Gesture):
    """Encloses what is drawn around from press to release."""

    def __init__(self, canvas: ToolCanvas) -> None:
        super().__init__(canvas)
        self._drawn: list[Point] = []
        self._pressed: Pointer | None = None

    def press(self, pointer: Pointer) -> None:
        self._pressed, self._drawn = pointer, [pointer.at]

    def move(self, pointer: Pointer) -> None:
        if self._pressed is not None:
            self._drawn.append(pointer.at)
            colours = self._qualities(self._pressed)[0], self._bound(self._pressed)
            self._canvas.show_preview(PathOutline((tuple(self._drawn),), *colours))

    def release(self, pointer: Pointer) -> None:
        from qmap_studio.document.shapes import Polygon

        if self._pressed is not None:
            tolerance = TOLERANCE * self._canvas.pixel_ratio / self._canvas.zoom
            polygon = Polygon.by_hand([(p.x, p.y) for p in self._drawn], tolerance)
            if polygon is not None:
                self._add_shape(polygon, N_("Lasso"), self._pressed)
        self.cancel()

    def cancel(self) -> None:
        self._pressed, self._drawn = None, []
        self.show()


POLYGON = Tool(
    name="polygon",
    text=N_("Pol&ygon"),
    key="Y",
    tip=N_("Fill a polygon with one quality, or keep it without loss"),
    icon="polygon",
    options=(Option.KEEP, Option.QUALITY, Option.FEATHER),
    hint=N_("Click corners; Enter or the first corner closes it, Backspace takes one back."),
    gesture=PolygonGesture,
)
LASSO = Tool(
    name="lasso",
    text=N_("L&asso"),
    key="Shift+Y",
    tip=N_("Fill what you draw around with one quality, or keep it without loss"),
    icon="lasso",
    options=(Option.KEEP, Option.QUALITY, Option.FEATHER),
    hint=N_("Draw around something."),
    gesture=LassoGesture,
)
