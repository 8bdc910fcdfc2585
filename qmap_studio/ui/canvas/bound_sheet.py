"""Where error bounds hold: a hatch over photo and map, and a rim around it."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.opencv import cv2
from qmap_studio.ui.canvas import bound_style
from qmap_studio.ui.canvas.raster import IndexedRaster
from qmap_studio.ui.canvas.sheet import Sheet, pixels_under

_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


class BoundSheet(Sheet):
    """Hatches a uint8 map of bounds where it is seen and as fine as it is seen; keeps no copy of it."""

    reach_px = 3  # the rim of a region is drawn inside of it

    def __init__(self) -> None:
        super().__init__()
        self._map: np.ndarray | None = None

    def set_bounds(self, bounds: np.ndarray | None) -> None:
        """Shows uint8 (H, W) bounds, which may be edited in place from now on; None shows nothing."""
        self._map = bounds

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        if self._map is None:
            return
        view, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
        scale, (height, width) = view.m11() * ratio, self._map.shape
        beyond = self.reach_px / view.m11()
        seen = exposed.adjusted(-beyond, -beyond, beyond, beyond)
        left, columns = pixels_under(seen.left(), seen.right(), view.dx() * ratio, scale, width)
        top, rows = pixels_under(seen.top(), seen.bottom(), view.dy() * ratio, scale, height)
        if not (rows.size and columns.size):
            return
        bounds = self._map[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        if cv2.minMaxLoc(bounds)[0] == UNBOUNDED:
            return
        bounds = _sampled(bounds, rows - rows[0], columns - columns[0])
        line = bound_style.width_of_lines(ratio)
        raster = IndexedRaster(*bounds.shape, bound_style.table())
        np.maximum(bound_style.hatch(bounds, left, top, line), _rim(bounds, line), out=raster.indices)
        image = raster.coloured()
        image.setDevicePixelRatio(ratio)
        painter.setClipRect(exposed, Qt.ClipOperation.IntersectClip)
        painter.resetTransform()
        painter.drawImage(QPointF(left / ratio, top / ratio), image)


def _sampled(bounds: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The bound at each pair of a row and a column; both rise."""
    if bounds.shape == (rows.size, columns.size):
        return bounds
    if rows.size < len(bounds):
        return bounds.take(rows, axis=0, mode="clip").take(columns, axis=1, mode="clip")
    return bounds.take(columns, axis=1, mode="clip").take(rows, axis=0, mode="clip")


def _rim(bounds: np.ndarray, line: int) -> np.ndarray:
    """uint8 (H, W): RIM at the outermost pixels of what is bounded, where the picture ends, too; elsewhere 0."""
    inside = (bounds < UNBOUNDED).view(np.uint8) * np.uint8(bound_style.RIM)
    inner = cv2.erode(inside, _CROSS, iterations=line, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    edge: np.ndarray = cv2.subtract(inside, inner)
    return edge
