"""Gradients: drag from one quality to the other; afterwards the handles can be dragged on."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from qmap_studio.core.language import N_
from qmap_studio.ui.geometry import Point, distance, straightened
from qmap_studio.ui.outlines import CircleOutline, LineOutline, Outline
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.tools.tool import Gesture, Option, Tool, ToolCanvas

if TYPE_CHECKING:
    from qmap_studio.document.layers.gradient import GradientLayer

GRAB_WITHIN = 14.0  # logical pixels around the middle of a handle


@dataclass(frozen=True)
class Gradient:
    """From `start`, of the first quality, to `end`, of the second."""

    start: Point
    end: Point
    qualities: tuple[float, float]


class GradientGesture(Gesture):
    """A line from start to end; Shift turns it to steps of 15 degrees.

    The gradient that is the active layer has handles: dragging one is an edit of it.
    """

    def __init__(self, canvas: ToolCanvas) -> None:
        super().__init__(canvas)
        self._pressed: Pointer | None = None
        self._dragged: Gradient | None = None  # as it was when the drag began
        self._moved: GradientLayer | None = None  # whose handle is dragged
        self._holds_start = False

    def press(self, pointer: Pointer) -> None:
        self._pressed, layer = pointer, self._active
        self._dragged, self._moved = Gradient(pointer.at, pointer.at, self._qualities(pointer)), None
        self._holds_start = False
        if layer is not None:
            shown = _shown(layer)
            to_start, to_end = distance(shown.start, pointer.at), distance(shown.end, pointer.at)
            if min(to_start, to_end) * self._canvas.zoom <= GRAB_WITHIN * self._canvas.pixel_ratio:
                self._dragged, self._moved, self._holds_start = shown, layer, to_start < to_end

    def move(self, pointer: Pointer) -> None:
        gradient = self._gradient_at(pointer)
        if gradient is not None:
            self._canvas.show_preview(self._outline(gradient))
        else:
            self.show()

    def release(self, pointer: Pointer) -> None:
        gradient, moved = self._gradient_at(pointer), self._moved
        if gradient is not None and distance(gradient.start, gradient.end) >= 1:
            if moved is not None:
                layer = replace(moved, start=gradient.start, end=gradient.end)
                self._document.replace_layer(moved, layer, N_("Move gradient"))
            else:
                self._document.add_layer(self._kind(gradient.start, gradient.end, *gradient.qualities), self._name)
        self.cancel()

    def cancel(self) -> None:
        self._pressed = self._dragged = self._moved = None
        self.show()

    def outlives_edit(self) -> bool:
        return self._moved is None or self._moved is self._active

    def show(self) -> None:
        layer = self._active
        self._canvas.show_preview(self._outline(_shown(layer)) if layer is not None else None)

    _name = N_("Linear gradient")

    @property
    def _kind(self) -> "type[GradientLayer]":
        from qmap_studio.document.layers.gradient import LinearGradient

        return LinearGradient

    @property
    def _active(self) -> "GradientLayer | None":
        """The active layer, if it is a gradient of this tool that can be changed."""
        active = self._canvas.document.active_layer if self._canvas.document is not None else None
        is_usable = isinstance(active, self._kind) and active.visible and not active.locked
        return active if is_usable else None  # type: ignore[return-value]

    def _gradient_at(self, pointer: Pointer) -> Gradient | None:
        """What the drag has come to, unless it is too short to be one."""
        if self._pressed is None or self._dragged is None or not self._is_drag(self._pressed, pointer):
            return None
        straight = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        if self._holds_start:
            return self._with_start(self._dragged, pointer.at, straight)
        return replace(self._dragged, end=straightened(self._dragged.start, pointer.at) if straight else pointer.at)

    def _with_start(self, gradient: Gradient, start: Point, straight: bool) -> Gradient:
        return replace(gradient, start=straightened(gradient.end, start) if straight else start)

    def _outline(self, gradient: Gradient) -> Outline:
        return LineOutline(gradient.start, gradient.end, gradient.qualities)


class RadialGesture(GradientGesture):
    """A circle: drag from its middle to its rim; its middle moves all of it."""

    def _with_start(self, gradient: Gradient, start: Point, straight: bool) -> Gradient:
        dx, dy = start.x - gradient.start.x, start.y - gradient.start.y
        return replace(gradient, start=start, end=Point(gradient.end.x + dx, gradient.end.y + dy))

    def _outline(self, gradient: Gradient) -> Outline:
        return CircleOutline(gradient.start, gradient.end, gradient.qualities)

    _name = N_("Radial gradient")

    @property
    def _kind(self) -> "type[GradientLayer]":
        from qmap_studio.document.layers.gradient import RadialGradient

        return RadialGradient


def gradient_outline(layer: "GradientLayer") -> Outline:
    """The handles of a gradient of either kind."""
    from qmap_studio.document.layers.gradient import RadialGradient

    shown = _shown(layer)
    kind = CircleOutline if isinstance(layer, RadialGradient) else LineOutline
    return kind(shown.start, shown.end, shown.qualities)


def _shown(layer: "GradientLayer") -> Gradient:
    return Gradient(Point(*layer.start), Point(*layer.end), (layer.quality_from, layer.quality_to))


LINEAR = Tool(
    name="linear",
    text=N_("&Linear Gradient"),
    key="G",
    tip=N_("Fade from one quality to the other along a line"),
    icon="linear",
    options=(Option.QUALITY, Option.OTHER_QUALITY),
    hint=N_("Drag from the first quality to the second, then its ends."),
    gesture=GradientGesture,
)
RADIAL = Tool(
    name="radial",
    text=N_("&Radial Gradient"),
    key="Shift+G",
    tip=N_("Fade from a centre outwards"),
    icon="radial",
    options=(Option.QUALITY, Option.OTHER_QUALITY),
    hint=N_("Drag from the centre outwards, then its ends."),
    gesture=RadialGesture,
)
