"""Pictures in a pane."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from qmap_studio.ui.canvas.raster import Mipmap
from qmap_studio.ui.canvas.sheet import Sheet, device_scale

PIXELS_SHOW_FROM = 2.0  # from this zoom on the pixels are shown as squares


class PictureSheet(Sheet):
    """A mipmap: smooth when the view rests, quick while it moves, square pixels when zoomed in.

    An opaque one is not written to any more.
    """

    def __init__(self) -> None:
        super().__init__()
        self._mipmap: Mipmap | None = None
        self._moving = False
        self._kept = QImage()
        self._kept_view = QTransform()

    @property
    def mipmap(self) -> Mipmap | None:
        return self._mipmap

    def set_mipmap(self, mipmap: Mipmap | None) -> None:
        self._mipmap = mipmap
        self._kept = QImage()
        self.set_size(*((mipmap.width, mipmap.height) if mipmap else (0, 0)))

    def set_moving(self, moving: bool) -> None:
        if moving != self._moving:
            self._moving = moving
            self.update()

    def covers(self, rect: QRectF) -> bool:
        shown = self.visible and self.opacity == 1.0
        return shown and self._mipmap is not None and self._mipmap.opaque and self.bounds.contains(rect)

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        if self._mipmap is None:
            return
        scale = device_scale(painter.deviceTransform())
        if self._mipmap.opaque and not self._moving and scale != 1.0:
            self._paint_kept(painter, exposed, smooth=scale < PIXELS_SHOW_FROM)
        else:
            self._draw(painter, exposed, smooth=not self._moving and scale < PIXELS_SHOW_FROM and scale != 1.0)

    def _paint_kept(self, painter: QPainter, exposed: QRectF, smooth: bool) -> None:
        """Paints from an image of the whole view: what lies over the picture may change without scaling it again."""
        device, view = painter.device(), painter.worldTransform()
        size = QSize(device.width(), device.height())
        if self._kept.size() != size or self._kept_view != view:
            self._kept = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            self._kept.setDevicePixelRatio(device.devicePixelRatio())
            self._kept.fill(0)
            self._kept_view = view
            onto = QPainter(self._kept)
            onto.setWorldTransform(view)
            self._draw(onto, self.bounds, smooth)
            onto.end()
        painter.setClipRect(exposed, Qt.ClipOperation.IntersectClip)
        painter.resetTransform()
        painter.drawImage(0, 0, self._kept)

    def _draw(self, painter: QPainter, exposed: QRectF, smooth: bool) -> None:
        assert self._mipmap is not None
        level = self._mipmap.level_at(device_scale(painter.deviceTransform()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        # The whole image through a clip: cutting the source instead would leave seams where smooth patches meet.
        painter.setClipRect(exposed, Qt.ClipOperation.IntersectClip)
        painter.scale(2.0**level, 2.0**level)
        painter.drawImage(0, 0, self._mipmap.levels[level])
