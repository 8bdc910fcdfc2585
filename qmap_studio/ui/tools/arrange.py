"""Selecting shapes, moving, resizing and turning them; and the handles of a gradient wherever it lies."""

from collections.abc import Callable
from dataclasses import replace
from math import atan2, degrees
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from qmap_studio.core.language import N_, tr
from qmap_studio.core.rect import Rect
from qmap_studio.ui.geometry import Point, box_between, distance
from qmap_studio.ui.outlines import FrameOutline
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.tools.contours import contour_of
from qmap_studio.ui.tools.gradient import GRAB_WITHIN, gradient_outline
from qmap_studio.ui.tools.tool import Gesture, Tool

if TYPE_CHECKING:
    from qmap_studio.document.layers.gradient import GradientLayer
    from qmap_studio.document.layers.placed_shape import PlacedShape
    from qmap_studio.document.layers.shape import ShapeLayer
    from qmap_studio.document.shapes import Frame, Shape

HOLDS_WITHIN = 9.0  # logical pixels around the middle of a handle
TURNER_PX = 24.0  # logical pixels above the box
MOST_CONTOURS = 500
STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
MOVE, RESIZE, TURN, DELETE = N_("Move shapes"), N_("Resize shapes"), N_("Turn shapes"), N_("Delete shapes")

Change = Callable[["Shape"], "Shape"]


class ArrangeGesture(Gesture):
    """What is pressed decides: a handle, a shape, the handle of a gradient, or nothing, which draws a box."""

    def __init__(self, canvas: "object") -> None:
        super().__init__(canvas)  # type: ignore[arg-type]
        self._drag: Callable[[Pointer], None] | None = None
        self._pressed: Pointer | None = None
        self._has_moved = False

    # Between presses

    def hover(self, pointer: Pointer) -> None:
        self.cursor = self._cursor_at(pointer.at)

    def show(self) -> None:
        document = self._canvas.document
        if document is None:
            self._canvas.show_preview(None)
            return
        frame = self._frame
        if frame is None:
            gradient = self._gradient
            self._canvas.show_preview(gradient_outline(gradient) if gradient is not None else None)
            return
        contours = tuple(contour_of(placed.shape) for placed in self._selected[:MOST_CONTOURS])
        handles = tuple(Point(*frame.at(handle)) for handle in _handles())
        corners = tuple(Point(*corner) for corner in frame.corners)
        self._canvas.show_preview(FrameOutline(contours, corners, handles, self._turner(frame)))

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        from qmap_studio.document.layers import arrange

        if key == Qt.Key.Key_A and modifiers == Qt.KeyboardModifier.ControlModifier:
            return self._select_all()
        layer, selected = self._layer, self._selected
        if layer is None or not selected:
            return False
        plain = modifiers & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if plain:
            return False
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            keys = {placed.key for placed in selected}
            self._document.change_layers(arrange.without_shapes(self._document.finish(), layer.key, keys), DELETE)
        elif key in STEPS:
            by = 10 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
            dx, dy = STEPS[Qt.Key(key)]
            self._change(lambda shape: shape.moved(by * dx, by * dy), MOVE)
            self._document.finish()
        else:
            return False
        self.show()
        return True

    def give_up(self) -> bool:
        had_any = bool(self._selected)
        if had_any:
            self._select(None, frozenset())
        return had_any

    # A press

    def press(self, pointer: Pointer) -> None:
        self._pressed, self._has_moved = pointer, False
        self._drag = self._begin(pointer)

    def move(self, pointer: Pointer) -> None:
        assert self._pressed is not None, "the mouse was pressed"
        self._has_moved |= self._is_drag(self._pressed, pointer)
        if self._drag is not None and self._has_moved:
            self._drag(pointer)

    def release(self, pointer: Pointer) -> None:
        self._drag = None
        self._document.finish()
        self.show()

    def cancel(self) -> None:
        self._drag = None
        self._document.cancel()
        self.show()

    def outlives_edit(self) -> bool:
        return False

    def _begin(self, pointer: Pointer) -> Callable[[Pointer], None] | None:
        """What dragging on from here does; selects what is pressed."""
        frame = self._frame
        if frame is not None:
            if self._holds(pointer.at, self._turner(frame)[0]):
                return self._turning(frame, pointer.at)
            for handle in _handles():
                if self._holds(pointer.at, Point(*frame.at(handle))):
                    return self._resizing(frame, handle)
        gradient = self._gradient
        if gradient is not None and (held := self._end_held(gradient, pointer.at)) is not None:
            return self._moving_end(gradient, held)
        adds = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        found = self._shape_at(pointer.at)
        if found is None:
            return self._banding(pointer.at, adds)
        layer, placed = found
        chosen = (
            self._document.choice.shapes if self._layer is not None and self._layer.key == layer.key else frozenset()
        )
        if adds:
            self._select(layer.key, chosen ^ {placed.key})
        elif placed.key not in chosen:
            self._select(layer.key, frozenset({placed.key}))
        return self._moving(pointer.at)

    def _moving(self, start: Point) -> Callable[[Pointer], None]:
        def drag(pointer: Pointer) -> None:
            dx, dy = pointer.at.x - start.x, pointer.at.y - start.y
            if pointer.modifiers & Qt.KeyboardModifier.ShiftModifier:  # along the longer way alone
                dx, dy = (dx, 0.0) if abs(dx) > abs(dy) else (0.0, dy)
            self._change(lambda shape: shape.moved(round(dx), round(dy)), MOVE)

        return drag

    def _resizing(self, frame: "Frame", handle: tuple[float, float]) -> Callable[[Pointer], None]:
        is_single = len(self._selected) == 1

        def drag(pointer: Pointer) -> None:
            keeps_ratio = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
            from_middle = bool(pointer.modifiers & Qt.KeyboardModifier.AltModifier)
            made = frame.resized(handle, pointer.at, keeps_ratio=keeps_ratio, from_middle=from_middle)
            if is_single:
                self._change(lambda shape: shape.in_frame(made), RESIZE)
                return
            about = frame.middle if from_middle else frame.at((1 - handle[0], 1 - handle[1]))
            across, down = made.width / (frame.width or 1), made.height / (frame.height or 1)
            self._change(lambda shape: shape.in_frame(shape.frame.scaled(across, down, about)), RESIZE)

        return drag

    def _turning(self, frame: "Frame", start: Point) -> Callable[[Pointer], None]:
        middle = frame.middle
        begun = _angle(middle, start)

        def drag(pointer: Pointer) -> None:
            by = _angle(middle, pointer.at) - begun
            if pointer.modifiers & Qt.KeyboardModifier.ShiftModifier:
                by = 15 * round((frame.angle + by) / 15) - frame.angle
            self._change(lambda shape: shape.in_frame(shape.frame.turned(by, middle)), TURN)

        return drag

    def _moving_end(self, gradient: "GradientLayer", end: str) -> Callable[[Pointer], None]:
        from qmap_studio.document.layers import arrange

        other = gradient.end if end == "start" else gradient.start

        def drag(pointer: Pointer) -> None:
            if distance(pointer.at, Point(*other)) >= 1:
                name = N_("Move gradient")
                before = self._document.before_previews(name)
                self._document.preview(arrange.changed(before, gradient.key, **{end: tuple(pointer.at)}), name)
                self.show()

        return drag

    def _banding(self, start: Point, adds: bool) -> Callable[[Pointer], None]:
        """Selects what lies in a box, of the active layer or of the uppermost that has any there."""
        before = self._document.choice.shapes if adds else frozenset()
        if not adds:
            self._select(None, frozenset())

        def drag(pointer: Pointer) -> None:
            rect = box_between(start, pointer.at, self._picture_size, False)
            for layer in self._layers:
                inside = {placed.key for placed in layer.shapes if _lies_in(placed, rect)}
                if inside:
                    self._select(layer.key, before | inside)
                    break
            else:
                self._select(None, before)
            self._canvas.show_preview(FrameOutline(tuple(contour_of(p.shape) for p in self._selected), band=rect))

        return drag

    # What there is

    @property
    def _layers(self) -> "list[ShapeLayer]":
        """Those whose shapes can be taken, the active one first, then from the uppermost."""
        from qmap_studio.document.layers.shape import ShapeLayer

        document = self._document
        found = [layer for layer in reversed(document.layers) if isinstance(layer, ShapeLayer)]
        active = document.active_layer
        usable = [layer for layer in found if layer.visible and not layer.locked]
        return sorted(usable, key=lambda layer: layer is not active)

    @property
    def _layer(self) -> "ShapeLayer | None":
        """The active layer, if its shapes can be taken."""
        active = self._canvas.document.active_layer if self._canvas.document is not None else None
        return next((layer for layer in self._layers if layer is active), None) if active is not None else None

    @property
    def _selected(self) -> "list[PlacedShape]":
        if self._canvas.document is None or self._layer is None:
            return []
        keys = self._document.choice.shapes
        return [placed for placed in self._layer.shapes if placed.key in keys] if keys else []

    @property
    def _gradient(self) -> "GradientLayer | None":
        """The active layer, if it is a gradient that can be changed."""
        from qmap_studio.document.layers.gradient import GradientLayer

        active = self._document.active_layer
        is_usable = isinstance(active, GradientLayer) and active.visible and not active.locked
        return active if is_usable else None  # type: ignore[return-value]

    @property
    def _frame(self) -> "Frame | None":
        """The box around what is selected."""
        from qmap_studio.document.shapes import around_frames

        selected = self._selected
        return around_frames(placed.shape.frame for placed in selected) if selected else None

    def _turner(self, frame: "Frame") -> tuple[Point, Point]:
        """Where the box is held to be turned, and the middle of the side below."""
        side, away = Point(*frame.at((0.5, 0))), TURNER_PX * self._canvas.pixel_ratio / self._canvas.zoom
        above = frame.at((0.5, -away / frame.height)) if frame.height else (side.x, side.y - away)
        return Point(*above), side

    def _shape_at(self, at: Point) -> "tuple[ShapeLayer, PlacedShape] | None":
        """The uppermost shape under a point; says so if it is one of a locked layer."""
        from qmap_studio.document.layers.shape import ShapeLayer

        for layer in reversed(self._document.layers):
            if isinstance(layer, ShapeLayer) and layer.visible and (placed := layer.at(*at)) is not None:
                if layer.locked:
                    self._canvas.tell(tr("The layer {layer} is locked.").format(layer=layer.name))
                    continue
                return layer, placed
        return None

    def _end_held(self, gradient: "GradientLayer", at: Point) -> str | None:
        reach = GRAB_WITHIN * self._canvas.pixel_ratio / self._canvas.zoom
        ends = {"start": Point(*gradient.start), "end": Point(*gradient.end)}
        nearest = min(ends, key=lambda end: distance(ends[end], at))
        return nearest if distance(ends[nearest], at) <= reach else None

    def _holds(self, at: Point, handle: Point) -> bool:
        return distance(at, handle) * self._canvas.zoom <= HOLDS_WITHIN * self._canvas.pixel_ratio

    def _cursor_at(self, at: Point) -> Qt.CursorShape:
        if self._canvas.document is None:
            return Qt.CursorShape.ArrowCursor
        frame = self._frame
        if frame is not None:
            if self._holds(at, self._turner(frame)[0]):
                return Qt.CursorShape.PointingHandCursor
            for handle in _handles():
                if self._holds(at, Point(*frame.at(handle))):
                    return _resize_cursor(frame, handle)
        gradient = self._gradient
        if gradient is not None and self._end_held(gradient, at) is not None:
            return Qt.CursorShape.PointingHandCursor
        over = any(layer.at(*at) is not None for layer in self._layers)
        return Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.ArrowCursor

    # Changes

    def _change(self, change: Change, name: str) -> None:
        """Previews other shapes in the place of the selected ones."""
        from qmap_studio.document.layers import arrange

        layer, keys = self._layer, self._document.choice.shapes
        if layer is not None:
            before = self._document.before_previews(name)
            made = arrange.with_shapes(
                before, layer.key, keys, lambda placed: replace(placed, shape=change(placed.shape))
            )
            self._document.preview(made, name)
            self.show()

    def _select_all(self) -> bool:
        layer = self._layer or next(iter(self._layers), None)
        if layer is None:
            return False
        self._select(layer.key, frozenset(placed.key for placed in layer.shapes))
        return True

    def _select(self, layer: int | None, shapes: frozenset[int]) -> None:
        from qmap_studio.document.choice import Choice

        choice = self._document.choice
        self._document.choose(Choice(choice.layer if layer is None else layer, frozenset(shapes)))
        self.show()


def _handles() -> tuple[tuple[float, float], ...]:
    from qmap_studio.document.shapes.frame import HANDLES

    return HANDLES


def _lies_in(placed: "PlacedShape", rect: Rect) -> bool:
    bounds = placed.shape.bounds
    return bounds.intersected(rect) == bounds


def _angle(middle: tuple[float, float], at: Point) -> float:
    return degrees(atan2(at.y - middle[1], at.x - middle[0]))


def _resize_cursor(frame: "Frame", handle: tuple[float, float]) -> Qt.CursorShape:
    """The arrows that point as the handle moves."""
    place = frame.at(handle)
    angle = _angle(frame.middle, Point(*place)) % 180
    shapes = (
        Qt.CursorShape.SizeHorCursor,
        Qt.CursorShape.SizeFDiagCursor,
        Qt.CursorShape.SizeVerCursor,
        Qt.CursorShape.SizeBDiagCursor,
    )
    if 0.5 not in handle and not frame.angle:
        return shapes[1] if handle[0] == handle[1] else shapes[3]
    return shapes[round(angle / 45) % 4]


ARRANGE = Tool(
    name="arrange",
    text=N_("Arra&nge"),
    key="V",
    tip=N_("Select shapes; move, resize and turn them"),
    icon="arrange",
    options=(),
    hint=N_("Click a shape, or drag a box around several; Shift adds. Delete deletes."),
    gesture=ArrangeGesture,
)
