"""Moving the picture by hand: a tool of its own, and what Space and the middle button do in any tool."""

from PySide6.QtCore import Qt

from qmap_studio.core.language import N_
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.tools.tool import Gesture, Tool


class PanGesture(Gesture):
    cursor = Qt.CursorShape.OpenHandCursor

    _held: Point | None = None

    def press(self, pointer: Pointer) -> None:
        self._held = pointer.on_screen

    def move(self, pointer: Pointer) -> None:
        if self._held is not None:
            self._canvas.pan_by(pointer.on_screen.x - self._held.x, pointer.on_screen.y - self._held.y)
            self._held = pointer.on_screen

    def release(self, pointer: Pointer) -> None:
        self._held = None

    def cancel(self) -> None:
        self._held = None


PAN = Tool(
    name="pan",
    text=N_("&Pan"),
    key="H",
    tip=N_("Move the picture; the middle button or Space does so in every tool"),
    icon="pan",
    options=(),
    hint=N_("Drag to move, turn the wheel to zoom."),
    gesture=PanGesture,
)
