"""The quality map as a tint over the photo."""

import numpy as np
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.colours import Overlay, base_quality, overlay_table
from qmap_studio.ui.canvas.picture_item import RectItem, draw_indexed
from qmap_studio.ui.canvas.raster import IndexedRaster


class OverlayItem(RectItem):
    """Follows a uint16 map one dirty rectangle at a time; a dab costs its own area only."""

    def __init__(self) -> None:
        super().__init__()
        self._raster: IndexedRaster | None = None
        self._base: float | None = None
        self._overlay = Overlay.COLOUR
        self._opacity = 0.55

    @property
    def overlay(self) -> Overlay:
        return self._overlay

    @property
    def tint_opacity(self) -> float:
        return self._opacity

    def set_style(self, overlay: Overlay, opacity: float) -> None:
        self._overlay = overlay
        self._opacity = opacity
        self._recolour()

    def set_map(self, values: np.ndarray | None) -> None:
        if values is None:
            self._raster = None
            self.set_size(0, 0)
            return
        height, width = values.shape
        self._raster = IndexedRaster(height, width)
        self.set_size(width, height)
        self.refresh(Rect.whole(height, width), values, settled=True)
        self._recolour()

    def refresh(self, rect: Rect, values: np.ndarray, settled: bool) -> None:
        """Takes over a changed rectangle of the map; once it has settled, the base quality is found anew."""
        if self._raster is None:
            return
        self._raster.indices[rect.slices] = values[rect.slices] >> 8
        base = base_quality(values) if settled else self._base
        if base != self._base:
            self._base = base
            self._recolour()
        else:
            self.update_rect(rect)

    def _recolour(self) -> None:
        if self._raster is not None:
            self._raster.set_colours(overlay_table(self._overlay, self._opacity, self._base))
        self.setVisible(self._overlay is not Overlay.HIDDEN)
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._raster is not None:
            draw_indexed(painter, option.exposedRect, self._raster)
