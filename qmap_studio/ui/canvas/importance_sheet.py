"""What the model finds important, as colours over the photo."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from qmap_studio.ui.canvas.colour_range import ColourRange
from qmap_studio.ui.canvas.raster import Mipmap
from qmap_studio.ui.canvas.sheet import Sheet, device_scale


@dataclass(frozen=True)
class Plane:
    """One value for each square of the picture.

    Attributes:
        name: what the values are, in the language that is chosen.
        side_px: of a square.
        values: float32 (ceil(H / side_px), ceil(W / side_px)).
    """

    name: str
    side_px: int
    values: np.ndarray
    colours: ColourRange


class ImportanceSheet(Sheet):
    """Squares where they are larger than a pixel of the screen, smooth where they are smaller."""

    def __init__(self) -> None:
        super().__init__()
        self._plane: Plane | None = None
        self._mipmap: Mipmap | None = None

    @property
    def plane(self) -> Plane | None:
        return self._plane

    def set_plane(self, plane: Plane | None) -> None:
        self._plane = plane
        self._mipmap = Mipmap.of(plane.colours.of(plane.values)) if plane is not None else None
        self.update()

    def text_at(self, x: int, y: int) -> str:
        """The value of the square around a pixel, with its name; empty where nothing is shown."""
        if self._plane is None:
            return ""
        value = float(self._plane.values[y // self._plane.side_px, x // self._plane.side_px])
        return f"{self._plane.name} {value:.4g}"

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        if self._plane is None or self._mipmap is None:
            return
        scale = device_scale(painter.deviceTransform()) * self._plane.side_px
        level = self._mipmap.level_at(scale)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1.0)
        painter.setClipRect(exposed, Qt.ClipOperation.IntersectClip)  # the last squares may stick out
        side = self._plane.side_px * 2.0**level
        painter.scale(side, side)
        painter.drawImage(0, 0, self._mipmap.levels[level])
