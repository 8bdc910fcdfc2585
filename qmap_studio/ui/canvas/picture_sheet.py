"""Pictures in a pane."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from qmap_studio.ui.canvas.raster import Mipmap
from qmap_studio.ui.canvas.sheet import Sheet, device_scale

PIXELS_SHOW_FROM = 2.0  # from this zoom on the pixels are shown as squares


class PictureSheet(Sheet):
    """A mipmap: smooth when the view rests, quick while it moves, square pixels when zoomed in."""

    def __init__(self) -> None:
        super().__init__()
        self._mipmap: Mipmap | None = None
        self._moving = False

    @property
    def mipmap(self) -> Mipmap | None:
        return self._mipmap

    def set_mipmap(self, mipmap: Mipmap | None) -> None:
        self._mipmap = mipmap
        self.set_size(*((mipmap.width, mipmap.height) if mipmap else (0, 0)))

    def set_moving(self, moving: bool) -> None:
        if moving != self._moving:
            self._moving = moving
            self.update()

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        if self._mipmap is None:
            return
        scale = device_scale(painter.deviceTransform())
        level = self._mipmap.level_at(scale)
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, not self._moving and scale < PIXELS_SHOW_FROM and scale != 1.0
        )
        # The whole image through a clip: cutting the source instead would leave seams where smooth patches meet.
        painter.setClipRect(exposed, Qt.ClipOperation.IntersectClip)
        painter.scale(2.0**level, 2.0**level)
        painter.drawImage(0, 0, self._mipmap.levels[level])
