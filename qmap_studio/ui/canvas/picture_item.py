"""Pictures in a pane."""

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.raster import IndexedRaster, Mipmap

PIXELS_SHOW_FROM = 2.0  # from this zoom on the pixels are shown as squares


class RectItem(QGraphicsItem):
    """Something painted over the picture's rectangle, one unit for a pixel."""

    def __init__(self) -> None:
        super().__init__()
        self._bounds = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set_size(self, width: int, height: int) -> None:
        self.prepareGeometryChange()
        self._bounds = QRectF(0, 0, width, height)

    def update_rect(self, rect: Rect) -> None:
        """Repaints no more than this rectangle."""
        self.update(QRectF(*rect))

    def boundingRect(self) -> QRectF:
        return self._bounds


class PictureItem(RectItem):
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
        self.update()

    def set_moving(self, moving: bool) -> None:
        if moving != self._moving:
            self._moving = moving
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._mipmap is None:
            return
        scale = device_scale(painter.deviceTransform())
        level = self._mipmap.level_at(scale)
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, not self._moving and scale < PIXELS_SHOW_FROM and scale != 1.0
        )
        draw_clipped(painter, option.exposedRect, self._mipmap.levels[level], 2.0**level)


def device_scale(transform: QTransform) -> float:
    """Device pixels for each picture pixel."""
    return float(transform.m11())


def draw_clipped(painter: QPainter, exposed: QRectF, image: QImage, factor: float) -> None:
    """Draws the image, a pixel `factor` units wide, inside the exposed rectangle only.

    The whole image is drawn through a clip: cutting the source instead would leave seams where smooth patches meet.
    """
    painter.save()
    painter.setClipRect(exposed, Qt.ClipOperation.IntersectClip)
    painter.scale(factor, factor)
    painter.drawImage(0, 0, image)
    painter.restore()


def draw_indexed(painter: QPainter, exposed: QRectF, raster: IndexedRaster) -> None:
    """Draws what the exposed rectangle shows of a raster, a pixel one unit wide, as square pixels."""
    height, width = raster.indices.shape
    step = max(1, math.floor(1.0 / device_scale(painter.deviceTransform()) + 1e-6))
    # On a lattice of steps, so that patches meet.
    whole = exposed.toAlignedRect()
    rect = Rect(whole.x(), whole.y(), whole.width(), whole.height()).aligned(step).clipped(width, height)
    if rect.empty:
        return
    image = raster.cut(rect, step)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(QRectF(rect.x, rect.y, image.width() * step, image.height() * step), image)
