"""Small pictures of layers, and of the quality of shapes; only those that are seen are drawn."""

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap

from qmap_studio.ui.theme import icon

if TYPE_CHECKING:
    import numpy as np

    from qmap_studio.document.layers.layer import Layer
    from qmap_studio.document.layers.placed_shape import PlacedShape

SIDE_PX = 48
GROUND = 128, 128, 128, 60
SWATCH_PX, INSET = 48, 12


class Thumbnails:
    """Of the layers of a map of height x width pixels. What a layer holds is not drawn again while it stays."""

    def __init__(self, height: int, width: int) -> None:
        self._height, self._width = height, width
        self._drawn: dict[int, tuple[object, QIcon]] = {}

    def of(self, layer: "Layer") -> QIcon:
        if layer.reads_below:
            return icon("adjust")
        held = getattr(layer, "tiles", None) or getattr(layer, "shapes", None) or layer
        known = self._drawn.get(layer.key)
        if known is None or known[0] is not held:
            known = self._drawn[layer.key] = held, self._draw(layer)
        return known[1]

    def _draw(self, layer: "Layer") -> QIcon:
        import numpy as np

        from qmap_studio.document.layers.thumbnail import thumbnail

        colours = _coloured(layer, *thumbnail(layer, self._height, self._width, SIDE_PX))
        height, width = colours.shape[:2]
        pixels = np.ascontiguousarray(colours)
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
        pixmap = _empty(SIDE_PX)
        painter = QPainter(pixmap)
        left, top = (SIDE_PX - width) // 2, (SIDE_PX - height) // 2
        painter.fillRect(left, top, width, height, QColor(*GROUND))
        painter.drawImage(left, top, image)
        painter.end()
        return QIcon(pixmap)


def _coloured(layer: "Layer", levels: "np.ndarray", coverage: "np.ndarray") -> "np.ndarray":
    """uint8 RGBA (h, w, 4) of what a layer holds."""
    from qmap_studio.core.bounds import UNBOUNDED
    from qmap_studio.document.aspect import Aspect
    from qmap_studio.document.layers.thumbnail import greys
    from qmap_studio.ui.canvas.bound_style import COLOUR
    from qmap_studio.ui.canvas.colours import colour_map

    shown = greys(levels, coverage)
    colours = colour_map("viridis")[shown[..., 0]].copy()
    colours[..., 3] = shown[..., 1]
    if layer.aspect is Aspect.BOUND:
        colours[..., :3] = COLOUR
        colours[levels == UNBOUNDED, 3] = 0
    return colours


def swatch(placed: "PlacedShape") -> QIcon:
    """The colour of a shape's quality or bound."""
    from qmap_studio.ui.canvas.bound_style import colour_of
    from qmap_studio.ui.canvas.colours import quality_colour

    colour = QColor(*quality_colour(placed.quality)) if placed.bound is None else colour_of(placed.bound)
    return _swatch(colour.rgb())


@cache
def _swatch(colour: int) -> QIcon:
    pixmap = _empty(SWATCH_PX)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor.fromRgb(colour))
    painter.setPen(QColor(*GROUND))
    painter.drawRoundedRect(INSET, INSET, SWATCH_PX - 2 * INSET, SWATCH_PX - 2 * INSET, 5, 5)
    painter.end()
    return QIcon(pixmap)


def _empty(side: int) -> QPixmap:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap
