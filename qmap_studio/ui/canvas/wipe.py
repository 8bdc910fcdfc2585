"""Two pictures of the same size to compare: side by side, with a wipe between them, or one after the other."""

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.canvas import wipe_handle
from qmap_studio.ui.canvas.focus_frame import FocusFrame
from qmap_studio.ui.canvas.navigator import Navigator
from qmap_studio.ui.canvas.pane import Pane
from qmap_studio.ui.canvas.picture_sheet import PictureSheet
from qmap_studio.ui.canvas.raster import Mipmap
from qmap_studio.ui.canvas.wipe_handle import WipeHandle
from qmap_studio.ui.geometry import ZOOM_STEP, Point
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.widgets.elided import ElidedLabel

FLICKER_MS = 700
KEY_STEP = 0.02
PANE_GAP = 2


class WipeMode(Enum):
    SIDE_BY_SIDE = "side_by_side"
    WIPE = "wipe"
    FLICKER = "flicker"


class WipeView(QWidget):
    """Zoom and pan are linked; the mouse drags the pictures, and in a wipe the handle between them."""

    mode_changed = Signal(str)
    view_changed = Signal(object, float)  # the visible Rect; the zoom

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mode = WipeMode.SIDE_BY_SIDE
        self._share = 0.5  # of the pane's width that is left of the wipe
        self._titles = ("", "")
        self._left, self._right = Pane("", tr("First picture"), self), Pane("", tr("Second picture"), self)
        self._panes = (self._left, self._right)
        self._under, self._over, self._beside = PictureSheet(), _WipedSheet(), PictureSheet()
        self._left.add_sheet(self._under)
        self._left.add_sheet(self._over)
        self._right.add_sheet(self._beside)
        self._right_caption = ElidedLabel()
        self._left.header.add(self._right_caption)
        self._handle = WipeHandle(self._left.viewport())
        self._handle.dragged.connect(self._on_handle_dragged)
        self._navigator = Navigator(self._panes, self)
        self._navigator.view_changed.connect(self._on_view_changed)
        self._navigator.moving_changed.connect(self._on_moving_changed)
        self._flicker = QTimer(self, interval=FLICKER_MS)
        self._flicker.timeout.connect(self._on_flicker)
        self._held: Point | None = None
        for pane in self._panes:
            pane.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            pane.pointer_pressed.connect(self._on_pointer_pressed)
            pane.pointer_moved.connect(self._on_pointer_moved)
            pane.pointer_released.connect(self._on_pointer_released)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(PANE_GAP)
        for pane in self._panes:
            layout.addWidget(pane, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Comparison"))
        FocusFrame(self)
        self._arrange()

    def set_pictures(self, left: Mipmap, right: Mipmap, left_title: str, right_title: str) -> None:
        """Shows two pictures of the same size."""
        if (left.height, left.width) != (right.height, right.width):
            raise ValueError(
                f"the pictures differ in size: {left.width} x {left.height} and {right.width} x {right.height}"
            )
        self._titles = (left_title, right_title)
        self._under.set_mipmap(left)
        self._over.set_mipmap(right)
        self._beside.set_mipmap(right)
        self._navigator.set_picture_size(left.height, left.width)
        self._arrange()

    @property
    def panes(self) -> tuple[Pane, Pane]:
        return self._panes

    @property
    def mode(self) -> str:
        return self._mode.value

    @mode.setter
    def mode(self, mode: str) -> None:
        if WipeMode(mode) is not self._mode:
            self._mode = WipeMode(mode)
            self._arrange()
            self.mode_changed.emit(mode)

    @property
    def share(self) -> float:
        """How much of the width is left of the wipe, 0 to 1."""
        return self._share

    @share.setter
    def share(self, share: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self._place_wipe()

    def fit(self) -> None:
        self._navigator.fit()

    def zoom_to(self, zoom: float) -> None:
        self._navigator.zoom_to(zoom)

    def zoom_by(self, factor: float) -> None:
        self._navigator.zoom_to(self._navigator.view.zoom * factor)

    def _arrange(self) -> None:
        wiping, flickering = self._mode is WipeMode.WIPE, self._mode is WipeMode.FLICKER
        self._right.setVisible(self._mode is WipeMode.SIDE_BY_SIDE)
        self._handle.setVisible(wiping)
        self._right_caption.setVisible(wiping)
        self._right_caption.setText(self._titles[1])
        self._left.caption.setText(self._titles[0])
        self._right.caption.setText(self._titles[1])
        self._over.set_visible(wiping)
        if flickering:
            self._flicker.start()
        else:
            self._flicker.stop()
        self._place_wipe()

    def _place_wipe(self) -> None:
        width = self._left.viewport().width()
        x = round(self._share * width)
        self._handle.setGeometry(x - wipe_handle.WIDTH // 2, 0, wipe_handle.WIDTH, self._left.viewport().height())
        if self._mode is WipeMode.WIPE:
            edge = Point(x * self._left.devicePixelRatioF(), 0.0)
            self._over.set_left_edge(self._navigator.view.to_picture(edge, self._left.size_device).x)
        else:
            self._over.set_left_edge(0.0)

    def _on_handle_dragged(self, share: float) -> None:
        self.share = share

    def _on_view_changed(self, visible: object, zoom: float) -> None:
        self._place_wipe()
        self.view_changed.emit(visible, zoom)

    def _on_moving_changed(self, moving: bool) -> None:
        for item in (self._under, self._over, self._beside):
            item.set_moving(moving)

    def _on_flicker(self) -> None:
        second = not self._over.visible
        self._over.set_visible(second)
        self._left.caption.setText(self._titles[int(second)])

    def _on_pointer_pressed(self, pointer: Pointer) -> None:
        self._held = pointer.on_screen

    def _on_pointer_moved(self, pointer: Pointer) -> None:
        if self._held is not None:
            self._navigator.pan_by(pointer.on_screen.x - self._held.x, pointer.on_screen.y - self._held.y)
            self._held = pointer.on_screen

    def _on_pointer_released(self, pointer: Pointer) -> None:
        self._held = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_wipe()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and _pressed(event) in KEYS:
            event.accept()  # the canvas's commands have the same keys
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = KEYS.get(_pressed(event))
        event.setAccepted(action is not None)
        if action is not None:
            action(self)


def _move(view: WipeView, step: float) -> None:
    view.share += step


def _pressed(event: QKeyEvent) -> tuple[int, bool]:
    """The key, and whether Control is held with it; no key if any other is."""
    modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
    control = modifiers == Qt.KeyboardModifier.ControlModifier
    return (event.key(), control) if control or not modifiers else (0, False)


KEYS: dict[tuple[int, bool], Callable[[WipeView], object]] = {
    (Qt.Key.Key_F, False): WipeView.fit,
    (Qt.Key.Key_9, True): WipeView.fit,
    (Qt.Key.Key_0, True): lambda view: view.zoom_to(1.0),
    (Qt.Key.Key_Plus, True): lambda view: view.zoom_by(ZOOM_STEP),
    (Qt.Key.Key_Equal, True): lambda view: view.zoom_by(ZOOM_STEP),
    (Qt.Key.Key_Minus, True): lambda view: view.zoom_by(1 / ZOOM_STEP),
    (Qt.Key.Key_Left, False): lambda view: _move(view, -KEY_STEP),
    (Qt.Key.Key_Right, False): lambda view: _move(view, KEY_STEP),
}


class _WipedSheet(PictureSheet):
    """A picture of which only what lies right of an edge is shown."""

    _left_edge = 0.0

    def set_left_edge(self, x: float) -> None:
        if x != self._left_edge:
            changed = QRectF(min(x, self._left_edge), 0, abs(x - self._left_edge), self.bounds.height())
            self._left_edge = x
            self.changed.emit(changed)

    def covers(self, rect: QRectF) -> bool:
        return rect.left() >= self._left_edge and super().covers(rect)

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        hidden = max(self._left_edge, 0.0)
        if hidden < self.bounds.width():
            super().paint(painter, exposed.intersected(self.bounds.adjusted(hidden, 0, 0, 0)))
