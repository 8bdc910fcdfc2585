"""The quality map as a tint over the photo."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from qmap_studio.ui.canvas.colours import Overlay, overlay_table
from qmap_studio.ui.canvas.raster import IndexedRaster, spread
from qmap_studio.ui.canvas.sheet import Sheet, pixels_under


class OverlaySheet(Sheet):
    """Colours a uint16 map where it is seen and as fine as it is seen; keeps no copy of it."""

    def __init__(self) -> None:
        super().__init__()
        self._values: np.ndarray | None = None
        self._overlay = Overlay.COLOUR
        self._opacity_of_tint = 0.35
        self._table = overlay_table(self._overlay, self._opacity_of_tint)

    @property
    def overlay(self) -> Overlay:
        return self._overlay

    @property
    def tint_opacity(self) -> float:
        return self._opacity_of_tint

    def set_style(self, overlay: Overlay, opacity: float) -> None:
        self._overlay = overlay
        self._opacity_of_tint = opacity
        self._table = overlay_table(overlay, opacity)
        self.set_visible(overlay is not Overlay.HIDDEN)
        self.update()

    def set_map(self, values: np.ndarray | None) -> None:
        """Shows a uint16 (H, W) map, which may be edited in place from now on."""
        self._values = values
        height, width = (0, 0) if values is None else values.shape
        self.set_size(width, height)

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        if self._values is None:
            return
        view, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
        scale, (height, width) = view.m11() * ratio, self._values.shape
        # A quality for each pixel of the screen, the one under its middle: patches painted piece by piece meet.
        left, columns = pixels_under(exposed.left(), exposed.right(), view.dx() * ratio, scale, width)
        top, rows = pixels_under(exposed.top(), exposed.bottom(), view.dy() * ratio, scale, height)
        if not (rows.size and columns.size):
            return
        image = self._reduced(rows, columns) if scale < 1.0 else self._enlarged(rows, columns)
        image.setDevicePixelRatio(ratio)
        painter.resetTransform()
        painter.drawImage(QPointF(left / ratio, top / ratio), image)

    def _reduced(self, rows: np.ndarray, columns: np.ndarray) -> QImage:
        """The map's rows and columns that were picked, in colours."""
        assert self._values is not None
        raster = IndexedRaster(rows.size, columns.size, self._table)
        np.right_shift(self._values[rows[:, np.newaxis], columns], 8, out=raster.indices, casting="unsafe")
        return raster.coloured()

    def _enlarged(self, rows: np.ndarray, columns: np.ndarray) -> QImage:
        """The same where rows and columns come once or more: each quality is coloured once."""
        assert self._values is not None
        levels = self._values[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        raster = IndexedRaster(*levels.shape, self._table)
        np.right_shift(levels, 8, out=raster.indices, casting="unsafe")
        image = raster.coloured()
        if levels.shape == (rows.size, columns.size):
            return image
        return spread(image, rows - rows[0], columns - columns[0])
