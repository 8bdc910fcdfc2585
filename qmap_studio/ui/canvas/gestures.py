"""From the mouse to a tool: which one a press belongs to, and what the cursor shows meanwhile."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.ui.canvas.panes import CanvasPane
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.tools.pan import PanGesture
from qmap_studio.ui.tools.tool import Gesture, Tool, ToolCanvas

OUTSIDE = -1


class Gestures(QObject):
    """Runs one gesture at a time, from a press to its release, in whichever pane it began."""

    pixel_hovered = Signal(int, int)  # -1, -1 where there is no pixel

    def __init__(
        self, canvas: ToolCanvas, panes: Sequence[CanvasPane], tools: Sequence[Tool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._panes = panes
        self._gestures = {tool.name: tool.gesture(canvas) for tool in tools}
        self._pan = PanGesture(canvas)
        self._tool = tools[0]
        self._running: tuple[Gesture, Qt.MouseButton] | None = None
        self._editing = False
        self._panning = False
        self._erasing = False
        self._enabled = False
        self._hovered: Pointer | None = None
        self._hovered_pane = panes[0]
        for pane in panes:
            pane.pointer_pressed.connect(partial(self._on_pointer_pressed, pane))
            pane.pointer_moved.connect(partial(self._on_pointer_moved, pane))
            pane.pointer_released.connect(self._on_pointer_released)
            pane.pointer_left.connect(self._on_pointer_left)
        self.match_cursor()

    @property
    def tool(self) -> Tool:
        return self._tool

    @property
    def running(self) -> bool:
        """Whether a gesture is under way."""
        return self._running is not None

    @property
    def erasing(self) -> bool:
        """Whether the eraser's key is held."""
        return self._erasing

    def set_tool(self, tool: Tool) -> None:
        self.cancel()
        self._chosen.give_up()
        self._tool = tool
        self._chosen.show()
        self.match_cursor()

    def set_enabled(self, enabled: bool) -> None:
        """Without a picture there is nothing to do; a new picture begins with nothing under way."""
        self._running = None
        self._enabled = enabled
        for gesture in self._gestures.values():
            gesture.forget()
        self._chosen.show()
        self.match_cursor()

    def hold_pan(self, held: bool) -> None:
        self._panning = held
        self.match_cursor()

    def hold_erase(self, held: bool) -> None:
        self._erasing = held
        self.match_cursor()

    def release_keys(self) -> None:
        """No key is held any more, as when another window takes the keyboard."""
        self._panning = self._erasing = False
        self.match_cursor()

    def cancel(self) -> bool:
        """Takes back what the gesture under way has done; whether there was one."""
        if self._running is None:
            return False
        gesture, self._running = self._running[0], None
        with self._own_edits():
            gesture.cancel()
        return True

    def escape(self) -> bool:
        """Takes back the gesture under way, or what the tool keeps between gestures; whether there was anything."""
        return self.cancel() or (self._enabled and self._chosen.give_up())

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Gives a key to the tool; whether it has a use for it."""
        if not self._enabled or self._running is not None:
            return False
        with self._own_edits():
            used = self._chosen.key(key, modifiers)
        return used

    def follow_choice(self) -> None:
        """Another layer, or other shapes, are worked on."""
        if self._running is None and self._enabled:
            self._chosen.show()

    def follow_edit(self) -> None:
        """The map has changed. If not by the gesture under way, as by undo, a stroke is over."""
        if self._editing:
            return
        if self._running is not None and not self._running[0].outlives_edit():
            self._running = None
        if self._running is None or self._running[0] is not self._chosen:
            self._chosen.show()

    def follow_view(self) -> None:
        """The view has moved under the pointer."""
        if self._hovered is not None:
            self._track(self._hovered_pane, self._hovered_pane.pointer_now(self._hovered))

    def match_cursor(self) -> None:
        """Makes every pane's cursor show what a press would do."""
        gesture = self._pan if self._panning else self._chosen
        for pane in self._panes:
            pane.viewport().setCursor(gesture.cursor if self._enabled else Qt.CursorShape.ArrowCursor)
        self._show_brush()

    @property
    def _chosen(self) -> Gesture:
        return self._gestures[self._tool.name]

    @contextmanager
    def _own_edits(self) -> Iterator[None]:
        """What changes the map meanwhile is a gesture."""
        self._editing = True
        try:
            yield
        finally:
            self._editing = False

    def _on_pointer_pressed(self, pane: CanvasPane, pointer: Pointer) -> None:
        if not self._enabled or self._running is not None:
            return
        if self._panning or pointer.button is Qt.MouseButton.MiddleButton:
            gesture: Gesture = self._pan
        elif pointer.button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            gesture = self._chosen
        else:
            return
        self._running = (gesture, pointer.button)
        if isinstance(gesture, PanGesture):
            for pane in self._panes:
                pane.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self._track(pane, pointer)
        with self._own_edits():
            gesture.press(pointer)

    def _on_pointer_moved(self, pane: CanvasPane, pointer: Pointer) -> None:
        self._track(pane, pointer)
        if self._running is not None:
            with self._own_edits():
                self._running[0].move(pointer)
        elif self._enabled and not self._panning:
            before = self._chosen.cursor
            self._chosen.hover(pointer)
            if self._chosen.cursor is not before:
                self.match_cursor()

    def _on_pointer_released(self, pointer: Pointer) -> None:
        if self._running is None or pointer.button is not self._running[1]:
            return
        gesture, self._running = self._running[0], None
        with self._own_edits():
            gesture.release(pointer)
        self.match_cursor()

    def _on_pointer_left(self) -> None:
        self._hovered = None
        self._show_brush()
        self.pixel_hovered.emit(OUTSIDE, OUTSIDE)

    def _track(self, pane: CanvasPane, pointer: Pointer) -> None:
        document = self._canvas.document
        if document is None:
            return
        self._hovered, self._hovered_pane = pointer, pane
        self._show_brush()
        x, y = int(pointer.at.x // 1), int(pointer.at.y // 1)
        height, width = document.quality_map.values.shape
        inside = 0 <= x < width and 0 <= y < height
        self.pixel_hovered.emit(*((x, y) if inside else (OUTSIDE, OUTSIDE)))

    def _show_brush(self) -> None:
        brush = None
        if self._enabled and self._hovered is not None and self._chosen.shows_brush and not self._panning:
            brush = self._canvas.brush
            erases = self._running is not None and self._running[1] is Qt.MouseButton.RightButton
            if erases or self._erasing or self._hovered.modifiers & Qt.KeyboardModifier.AltModifier:
                bound = UNBOUNDED if brush.bound is not None else None
                brush = replace(brush, quality=self._canvas.other_quality, bound=bound)
            if brush.bound is not None:
                brush = replace(brush, hardness=1.0)  # as it is painted
        for pane in self._panes:
            if pane.isVisible():
                pane.show_brush(brush, self._hovered.at if self._hovered else None)
