"""One view for all panes: zoom, pan and fit."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from qmap_studio.core.rect import NOWHERE, Rect
from qmap_studio.ui.canvas.pane import Pane
from qmap_studio.ui.geometry import Point, Size, ViewTransform, fitted
from qmap_studio.ui.pointer import Pointer

FIT_MARGIN = 10  # device pixels
WHEEL_TURNS_TO_DOUBLE = 3
RESTS_AFTER_MS = 120


class Navigator(QObject):
    """Keeps the linked panes looking at the same place.

    While nobody has zoomed or panned, the picture stays fitted whatever happens to the panes' size.
    """

    view_changed = Signal(object, float)  # the visible Rect, the zoom
    moving_changed = Signal(bool)

    def __init__(self, panes: Sequence[Pane], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panes = panes
        self._picture: Size | None = None
        self._view = ViewTransform(0.5, 0.5, 1.0)
        self._fitted = True
        self._rest = QTimer(self, singleShot=True, interval=RESTS_AFTER_MS)
        self._rest.timeout.connect(lambda: self.moving_changed.emit(False))
        for pane in panes:
            pane.resized.connect(self._on_pane_resized)
            pane.wheel_turned.connect(self._on_wheel_turned)

    @property
    def view(self) -> ViewTransform:
        return self._view

    @property
    def visible(self) -> Rect:
        """The pixels on the screen; empty without a picture."""
        if self._picture is None:
            return NOWHERE
        return self._view.visible(self._picture, self._pane.size_device)

    def set_picture_size(self, height: int, width: int) -> None:
        """Starts over, fitted, unless the size is the same as before."""
        picture = Size(width, height)
        if picture != self._picture:
            self._picture = picture
            self.fit()

    @property
    def place(self) -> tuple[ViewTransform, bool]:
        """Where it looks, and whether the picture is kept fitted: for `look_at`, when the picture is shown again."""
        return self._view, self._fitted

    def look_at(self, view: ViewTransform, fitted: bool) -> None:
        """Looks where it looked before."""
        if fitted:
            self.fit()
        else:
            self._fitted = False
            self._show(view)

    def fit(self) -> None:
        if self._picture is not None:
            self._fitted = True
            self._show(fitted(self._picture, self._pane.size_device, FIT_MARGIN))

    def zoom_to(self, zoom: float, anchor: Point | None = None) -> None:
        """Zooms around a picture point, or else around the middle of the panes."""
        self._fitted = False
        self._show(self._view.zoomed(zoom, anchor or Point(self._view.x, self._view.y)))

    def pan_by(self, dx: float, dy: float) -> None:
        """Moves the picture by device pixels."""
        self._fitted = False
        self._show(self._view.panned(dx, dy))

    @property
    def _pane(self) -> Pane:
        return next((pane for pane in self._panes if pane.isVisible()), self._panes[0])

    def _show(self, view: ViewTransform) -> None:
        if self._picture is None:
            return
        limited = view.limited(self._picture)
        if limited.zoom != view.zoom and not self._fitted:
            limited = ViewTransform(self._view.x, self._view.y, limited.zoom)  # at the end of the range nothing slides
        if limited != self._view:
            if not self._rest.isActive():
                self.moving_changed.emit(True)
            self._rest.start()
        self._view = limited
        for pane in self._panes:
            pane.set_view(self._view)
        self.view_changed.emit(self.visible, self._view.zoom)

    def _on_pane_resized(self) -> None:
        if self._fitted:
            self.fit()
        elif self._picture is not None:
            self.view_changed.emit(self.visible, self._view.zoom)

    def _on_wheel_turned(self, pointer: Pointer, turns: float) -> None:
        self.zoom_to(self._view.zoom * 2 ** (turns / WHEEL_TURNS_TO_DOUBLE), pointer.at)
