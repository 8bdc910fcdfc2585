"""The workspace: linked panes in which a quality map is painted and its result followed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from qmap_studio.core.bounds import WITHOUT_LOSS
from qmap_studio.core.language import tr
from qmap_studio.core.rect import Rect
from qmap_studio.document.brush import Brush
from qmap_studio.document.document import Document
from qmap_studio.ui.canvas import keys
from qmap_studio.ui.canvas.buffers import PictureBuffers
from qmap_studio.ui.canvas.focus_frame import FocusFrame
from qmap_studio.ui.canvas.gestures import Gestures
from qmap_studio.ui.canvas.pane_grid import PaneGrid
from qmap_studio.ui.outlines import Outline
from qmap_studio.ui.tools import TOOLS
from qmap_studio.ui.tools.tool import Tool

SMALLEST_BRUSH_PX, LARGEST_BRUSH_PX = 2.0, 2000.0


class Workspace(QWidget):
    """The panes with a document to edit: tools, brush and keys.

    Args:
        tools: those there are; the first is chosen.
    Attributes:
        panes: what shows the document; the workspace edits it.
    """

    brush_changed = Signal()
    bound_changed = Signal()  # the tools paint another error bound, or the quality again
    tool_changed = Signal()
    pixel_hovered = Signal(int, int)  # -1, -1 outside
    selection_changed = Signal()
    told = Signal(str)

    def __init__(self, tools: Sequence[Tool] = TOOLS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panes = PaneGrid(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panes)
        self._document: Document | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._unsubscribe_choice: Callable[[], None] | None = None
        self.erases_layer = False
        """Whether the eraser takes from the layer, so that what is below shows, or paints the other quality."""
        self._brush = Brush(size_px=96.0)
        self._other_quality = 0.1
        self.feather_px = 0.0
        """How far around a filled rectangle its quality fades."""
        self._gestures = Gestures(self, self.panes.all_panes, tools, self)
        self._gestures.pixel_hovered.connect(self.pixel_hovered)
        self.panes.view_changed.connect(self._gestures.follow_view)
        for change in (self.panes.view_changed, self.panes.panes_changed, self.panes.overlay_changed):
            change.connect(self._describe)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Canvas"))
        frame = FocusFrame(self)
        for pane in self.panes.all_panes:
            pane.pointer_pressed.connect(frame.hide)

    # The document

    @property
    def document(self) -> Document | None:
        return self._document

    def set_document(self, document: Document | None, buffers: PictureBuffers | None = None) -> None:
        """Shows another document, without results yet, and follows its edits; None shows nothing.

        Args:
            buffers: of its picture, where they are made already: for a large one that takes a while.
        """
        for unsubscribe in (self._unsubscribe, self._unsubscribe_choice):
            if unsubscribe is not None:
                unsubscribe()
        self._document = document
        choice = document.subscribe_choice(self._gestures.follow_choice) if document is not None else None
        self._unsubscribe_choice = choice
        self._unsubscribe = document.subscribe(self._on_map_changed) if document is not None else None
        self._gestures.set_enabled(document is not None)
        if document is None:
            self.panes.show_picture(None, None)
        else:
            self.panes.show_picture(buffers or PictureBuffers(document.picture.pixels), document.quality_map.values)
            whole = Rect.whole(*document.quality_map.values.shape)
            self.panes.show_bounds(document.bounds, document.held_bounds, whole)
        self._show_selection()
        self._describe()

    def _describe(self) -> None:
        """What is seen, for those who do not see it."""
        if self._document is None:
            return
        picture = self._document.picture
        panes = ", ".join(self.panes.pane(name).title for name in self.panes.shown)
        self.setAccessibleDescription(
            tr("{width} x {height} pixels at {zoom:.0f} %; shown: {panes}").format(
                width=picture.width, height=picture.height, zoom=100 * self.zoom, panes=panes
            )
        )

    def _on_map_changed(self, rect: Rect, ended: bool) -> None:
        if self._document is None or not self._document.is_catching_up:
            self._gestures.follow_edit()
        self.panes.keep_map_painted(ended)
        if not rect.empty and self._document is not None:
            self.panes.show_map(rect)
            self.panes.show_bounds(self._document.bounds, self._document.held_bounds, rect)

    def set_selection(self, rect: Rect | None) -> None:
        """Selects a rectangle, whose figures are shown as "inside", or nothing."""
        if self._document is not None and rect != self._document.selection:
            self._document.selection = rect
            self._show_selection()
            self.selection_changed.emit()

    def _show_selection(self) -> None:
        self.panes.show_selection(self._document.selection if self._document is not None else None)

    # Tools

    @property
    def tool(self) -> Tool:
        return self._gestures.tool

    @tool.setter
    def tool(self, tool: Tool) -> None:
        self.set_tool(tool)

    def set_tool(self, tool: Tool) -> None:
        if tool is not self._gestures.tool:
            self._gestures.set_tool(tool)
            self.tool_changed.emit()

    @property
    def brush(self) -> Brush:
        return self._brush

    @brush.setter
    def brush(self, brush: Brush) -> None:
        if brush != self._brush:
            before, self._brush = self._brush, brush
            self._gestures.match_cursor()
            self.brush_changed.emit()
            if brush.bound != before.bound:
                self.bound_changed.emit()

    @property
    def other_quality(self) -> float:
        """What the eraser paints, and where a gradient ends."""
        return self._other_quality

    @other_quality.setter
    def other_quality(self, quality: float) -> None:
        if quality != self._other_quality:
            self._other_quality = quality
            self._gestures.match_cursor()
            self.brush_changed.emit()

    @property
    def erasing(self) -> bool:
        """Whether the eraser's key is held."""
        return self._gestures.erasing

    def scale_brush(self, factor: float) -> None:
        size = min(max(self._brush.size_px * factor, SMALLEST_BRUSH_PX), LARGEST_BRUSH_PX)
        self.brush = replace(self._brush, size_px=size)

    def change_hardness(self, step: float) -> None:
        self.brush = replace(self._brush, hardness=min(max(round(self._brush.hardness + step, 3), 0.0), 1.0))

    def set_quality(self, quality: float) -> None:
        """The tools paint a quality."""
        self.brush = replace(self._brush, quality=quality, bound=None)

    def switch_bound(self) -> None:
        """The tools paint without loss, or a quality again."""
        self.brush = replace(self._brush, bound=None if self._brush.bound == WITHOUT_LOSS else WITHOUT_LOSS)

    def switch_eraser(self) -> None:
        """The eraser takes the layer away, or paints the other quality again."""
        self.erases_layer = not self.erases_layer
        self.brush_changed.emit()

    def swap_qualities(self) -> None:
        """The painted quality and the eraser's change places."""
        own = self._brush.quality
        self._brush = replace(self._brush, quality=self._other_quality)
        self._other_quality = own
        self._gestures.match_cursor()
        self.brush_changed.emit()

    def hold_pan(self, held: bool) -> None:
        """While held, any tool moves the picture."""
        self._gestures.hold_pan(held)

    def hold_erase(self, held: bool) -> None:
        """While held, any tool paints the other quality."""
        self._gestures.hold_erase(held)

    def release_keys(self) -> None:
        """No key is held any more, as when another window takes the keyboard."""
        self._gestures.release_keys()
        self.panes.show_original_while(False)

    def escape(self) -> None:
        """Takes back the gesture under way, or else the selection."""
        if not self._gestures.escape():
            self.set_selection(None)

    # What a tool may ask of the canvas, besides

    @property
    def zoom(self) -> float:
        """Device pixels for each pixel of the photo."""
        return self.panes.zoom

    @property
    def pixel_ratio(self) -> float:
        """Device pixels for each logical one of the screen."""
        return self.devicePixelRatioF()

    def pan_by(self, dx: float, dy: float) -> None:
        """Moves the photo by device pixels."""
        self.panes.pan_by(dx, dy)

    def tell(self, sentence: str) -> None:
        """Says why nothing was done, or what was."""
        self.told.emit(sentence)

    def show_preview(self, outline: Outline | None) -> None:
        """Outlines what releasing the mouse would do."""
        self.panes.show_preview(outline)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._gestures.key(event.key(), event.modifiers()):
            event.accept()
            return
        event.setAccepted(keys.press(self, event))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(keys.release(self, event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.release_keys()

    def focusNextPrevChild(self, forward: bool) -> bool:
        # Tab shows the original; Shift+Tab still leads out of the canvas.
        return False if forward else super().focusNextPrevChild(forward)
