"""A pane: a window onto the picture that knows where it looks and reports the mouse in picture points."""

from dataclasses import replace
from functools import partial

import pyqtgraph
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QInputDevice,
    QMouseEvent,
    QPainter,
    QPalette,
    QResizeEvent,
    QTabletEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QWidget

from qmap_studio.document.brush import Brush
from qmap_studio.ui.canvas import header
from qmap_studio.ui.canvas.cursor import BrushRing
from qmap_studio.ui.canvas.header import PaneHeader
from qmap_studio.ui.canvas.sheet import Sheet
from qmap_studio.ui.geometry import Point, Size, ViewTransform
from qmap_studio.ui.pointer import Pointer


class Pane(pyqtgraph.GraphicsView):
    """One of the linked views; what it looks at is set from outside, so that all panes agree.

    Its sheets are the scene's background, which Qt keeps as painted: the ring and the outlines move over it without
    painting a sheet again, unless `keep_sheets` says otherwise.
    """

    pointer_pressed = Signal(Pointer)
    pointer_moved = Signal(Pointer)
    pointer_released = Signal(Pointer)
    pointer_left = Signal()
    wheel_turned = Signal(Pointer, float)  # turns of the wheel, away from the user is positive
    resized = Signal()

    def __init__(self, title: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = pyqtgraph.ViewBox(enableMouse=False, enableMenu=False, invertY=True, defaultPadding=0.0)
        self._box.disableAutoRange()
        self._box.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self.setCentralItem(self._box)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)  # opaque, which is quicker to copy
        self._view = ViewTransform(0.5, 0.5, 1.0)
        self._sheets: list[Sheet] = []
        self._ring: BrushRing | None = None
        self.header = PaneHeader(title, self)
        self.caption = self.header.caption
        self.setViewportMargins(0, header.HEIGHT, 0, 0)
        self.setAccessibleName(accessible_name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys belong to the widget around the panes,
        self.setAcceptDrops(False)  # and so do dropped files
        self.setMinimumSize(40, header.HEIGHT + 24)
        self._match_theme()

    @property
    def size_device(self) -> Size:
        """The pane in device pixels."""
        ratio = self.devicePixelRatioF()
        return Size(self.viewport().width() * ratio, self.viewport().height() * ratio)

    @property
    def view(self) -> ViewTransform:
        return self._view

    @property
    def ring(self) -> BrushRing | None:
        """The brush as it is shown, if it is."""
        return self._ring

    def add_sheet(self, sheet: Sheet) -> None:
        """Lays a sheet over those that are no higher."""
        self._sheets.append(sheet)
        self._sheets.sort(key=lambda sheet: sheet.z)
        sheet.changed.connect(partial(self._on_sheet_changed, sheet.reach_px))

    def keep_sheets(self, keep: bool) -> None:
        """Whether they are kept as painted: where they change with every move of the mouse, keeping only costs time."""
        mode = self.CacheModeFlag.CacheBackground if keep else self.CacheModeFlag.CacheNone
        if mode != self.cacheMode():
            self.setCacheMode(mode)

    def add_item(self, item: QGraphicsItem) -> None:
        """Adds something that is painted in picture points over the sheets."""
        self._box.addItem(item, ignoreBounds=True)

    def set_view(self, view: ViewTransform) -> None:
        self._view = view
        size = self.size_device
        left, top = view.origin(size)
        self._box.setRange(QRectF(left, top, size.width / view.zoom, size.height / view.zoom), padding=0.0)
        self._box.updateMatrix()  # at once; while painting, as pyqtgraph would, makes Qt paint everything twice
        self.resetCachedContent()
        self.viewport().update()

    def show_brush(self, brush: Brush | None, at: Point | None) -> None:
        """Shows the brush's ring around a picture point, or no ring."""
        ring = None
        if brush is not None and at is not None:
            ratio = self.devicePixelRatioF()
            x, y = self._view.to_pane(at, self.size_device)
            radius = brush.size_px / 2 * self._view.zoom / ratio
            ring = BrushRing(Point(x / ratio, y / ratio), radius, brush.hardness, brush.quality, brush.bound)
        if ring != self._ring:
            # One rectangle, in which the dab lies, too: Qt draws lines several times slower through any other region.
            self.viewport().update(_rect_of(self._ring).united(_rect_of(ring)))
            self._ring = ring

    def pointer_now(self, before: Pointer) -> Pointer:
        """What a pointer that has not moved since is over now, after the view has."""
        return replace(before, at=self._view.to_picture(before.on_screen, self.size_device))

    def pointer(self, event: QMouseEvent | QWheelEvent | QTabletEvent) -> Pointer:
        """The one door from Qt's points to picture points."""
        ratio = self.devicePixelRatioF()
        position: QPointF = event.position()
        on_screen = Point(position.x() * ratio, position.y() * ratio)
        button = Qt.MouseButton.NoButton if isinstance(event, QWheelEvent) else event.button()
        at = self._view.to_picture(on_screen, self.size_device)
        return Pointer(at, on_screen, button, event.modifiers(), _pressure(event))

    @property
    def _to_screen(self) -> QTransform:
        """From picture points to logical pixels of the pane."""
        scale = self._view.zoom / self.devicePixelRatioF()
        left, top = self._view.origin(self.size_device)
        return QTransform(scale, 0, 0, scale, -left * scale, -top * scale)

    def _on_sheet_changed(self, reach: int, rect: QRectF) -> None:
        on_screen = self._to_screen.mapRect(rect).adjusted(-reach, -reach, reach, reach)
        if self.cacheMode() == self.CacheModeFlag.CacheNone:
            self.viewport().update(on_screen.toAlignedRect())
        else:
            in_scene = self.viewportTransform().inverted()[0].mapRect(on_screen)
            self.invalidateScene(in_scene, QGraphicsScene.SceneLayer.BackgroundLayer)

    def _match_theme(self) -> None:
        # A neutral grey around the photo, a little off the window's own: colour would tint how the photo is seen.
        window = self.palette().color(QPalette.ColorRole.Window)
        self.setBackground(window.darker(135) if window.lightnessF() < 0.5 else window.darker(112))

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        to_screen = self._to_screen
        exposed = to_screen.inverted()[0].mapRect(self.viewportTransform().mapRect(rect))
        if not any(sheet.covers(exposed) for sheet in self._sheets):
            super().drawBackground(painter, rect)
        painter.setWorldTransform(to_screen)
        for sheet in self._sheets:
            part = exposed.intersected(sheet.bounds)
            if sheet.visible and not part.isEmpty():
                painter.save()
                painter.setOpacity(sheet.opacity)
                sheet.paint(painter, part)
                painter.restore()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        if self._ring is not None:
            painter.resetTransform()
            self._ring.draw(painter, self.devicePixelRatioF())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pointer_pressed.emit(self.pointer(event))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # two quick dabs are two dabs

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointer_moved.emit(self.pointer(event))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pointer_released.emit(self.pointer(event))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointer_left.emit()
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if not isinstance(event, QTabletEvent):
            return super().viewportEvent(event)
        match event.type():
            case QEvent.Type.TabletPress:
                self.pointer_pressed.emit(self.pointer(event))
            case QEvent.Type.TabletMove:
                self.pointer_moved.emit(self.pointer(event))
            case QEvent.Type.TabletRelease:
                self.pointer_released.emit(self.pointer(event))
        event.accept()  # else Qt sends it once more, as the mouse's
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:
        if turns := event.angleDelta().y() / 120:
            self.wheel_turned.emit(self.pointer(event), turns)
        event.accept()

    def size(self) -> QSize:
        """Of the photo's part alone, to which pyqtgraph fits its scene by this."""
        return self.viewport().size()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if event is not None:  # pyqtgraph also calls this itself, without an event, while it is being built
            self.header.setGeometry(0, 0, self.width(), header.HEIGHT)
            self.set_view(self._view)
            self.resized.emit()

    def event(self, event: QEvent) -> bool:
        handled: bool = super().event(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:  # dragged to another screen
            self.set_view(self._view)
            self.resized.emit()
        return handled

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._match_theme()


def _rect_of(ring: BrushRing | None) -> QRect:
    return ring.rect if ring is not None else QRect()


def _pressure(event: QMouseEvent | QWheelEvent | QTabletEvent) -> float:
    feels = event.pointingDevice().hasCapability(QInputDevice.Capability.Pressure)
    return event.pressure() if feels and isinstance(event, QTabletEvent) else 1.0
