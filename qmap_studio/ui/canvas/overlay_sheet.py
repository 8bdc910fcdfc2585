"""The quality map as a tint over the photo."""

import math

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.colours import Overlay, base_quality, overlay_table
from qmap_studio.ui.canvas.raster import IndexedRaster
from qmap_studio.ui.canvas.sheet import Sheet, device_scale


class OverlaySheet(Sheet):
    """Colours a uint16 map where it is seen and as fine as it is seen; keeps no copy of it."""

    def __init__(self) -> None:
        super().__init__()
        self._values: np.ndarray | None = None
        self._base: float | None = None
        self._overlay = Overlay.COLOUR
        self._opacity_of_tint = 0.55
        self._table = overlay_table(self._overlay, self._opacity_of_tint, self._base)

    @property
    def overlay(self) -> Overlay:
        return self._overlay

    @property
    def tint_opacity(self) -> float:
        return self._opacity_of_tint

    def set_style(self, overlay: Overlay, opacity: float) -> None:
        self._overlay = overlay
        self._opacity_of_tint = opacity
        self._recolour()

    def set_map(self, values: np.ndarray | None) -> None:
        """Shows a uint16 (H, W) map, which may be edited in place from now on."""
        self._values = values
        height, width = (0, 0) if values is None else values.shape
        self._base = None if values is None else base_quality(values)
        self.set_size(width, height)
        self._recolour()

    def refresh(self, rect: Rect, settled: bool) -> None:
        """The map has changed in a rectangle; once it has settled, the base quality is found anew."""
        if self._values is None:
            return
        base = base_quality(self._values) if settled else self._base
        if base != self._base:
            self._base = base
            self._recolour()
        else:
            self.update(rect)

    def _recolour(self) -> None:
        self._table = overlay_table(self._overlay, self._opacity_of_tint, self._base)
        self.set_visible(self._overlay is not Overlay.HIDDEN)
        self.update()

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        if self._values is None:
            return
        height, width = self._values.shape
        # No more than a pixel of the map for each of the screen, on a lattice of steps, so that patches meet.
        step = max(1, math.floor(1.0 / device_scale(painter.deviceTransform()) + 1e-6))
        whole = exposed.toAlignedRect()
        rect = Rect(whole.x(), whole.y(), whole.width(), whole.height()).aligned(step).clipped(width, height)
        if rect.empty:
            return
        levels = self._values[rect.y : rect.bottom : step, rect.x : rect.right : step]
        raster = IndexedRaster(*levels.shape, self._table)
        np.right_shift(levels, 8, out=raster.indices, casting="unsafe")
        rows, columns = levels.shape
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(QRectF(rect.x, rect.y, columns * step, rows * step), raster.coloured())
