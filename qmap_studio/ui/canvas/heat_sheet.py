"""Where the bits go: bits per pixel of every latent cell, as colours."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from qmap_studio.core.cells import CELL_PX, pixels_of_cells
from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.colours import heat_indices, heat_table
from qmap_studio.ui.canvas.raster import IndexedRaster
from qmap_studio.ui.canvas.sheet import Sheet


class HeatSheet(Sheet):
    """One square for each cell; cells not measured yet stay transparent."""

    def __init__(self) -> None:
        super().__init__()
        self._raster: IndexedRaster | None = None
        self._areas = np.empty((0, 0), np.float32)
        self._bits_per_pixel = np.empty((0, 0), np.float32)

    @property
    def complete(self) -> bool:
        """Whether every cell has been measured."""
        return self._raster is not None and bool(self._raster.indices.all())

    def set_picture_size(self, height: int, width: int) -> None:
        self.set_size(width, height)
        self._areas = pixels_of_cells(height, width).astype(np.float32)
        self._raster = IndexedRaster(*self._areas.shape, heat_table()) if self._areas.size else None
        self.clear()

    def clear(self) -> None:
        self._bits_per_pixel = np.full(self._areas.shape, np.nan, np.float32)
        if self._raster is not None:
            self._raster.indices[:] = 0
        self.update()

    def set_bits(self, cells: Rect, bits: np.ndarray) -> None:
        """Takes over the bits of a rectangle of cells."""
        if self._raster is None:
            return
        self._bits_per_pixel[cells.slices] = bits / self._areas[cells.slices]
        self._raster.indices[cells.slices] = heat_indices(self._bits_per_pixel[cells.slices])
        self.update(Rect(*(CELL_PX * value for value in cells)))

    def bits_per_pixel_at(self, x: int, y: int) -> float | None:
        """What the cell around a pixel costs, or None if that is not known."""
        row, column = y // CELL_PX, x // CELL_PX
        rows, columns = self._bits_per_pixel.shape
        if not (0 <= row < rows and 0 <= column < columns):
            return None
        value = float(self._bits_per_pixel[row, column])
        return None if np.isnan(value) else value

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        if self._raster is not None:
            painter.setClipRect(self.bounds, Qt.ClipOperation.IntersectClip)  # the last cells may stick out
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            rows, columns = self._raster.indices.shape
            area = QRectF(0, 0, columns * CELL_PX, rows * CELL_PX)
            painter.drawImage(area, self._raster.coloured())
