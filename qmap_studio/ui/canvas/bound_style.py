"""How error bounds look: the hatch, the rim, and the colour of tools that paint them."""

from functools import cache

import numpy as np
from PySide6.QtGui import QColor, QImage

from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.opencv import cv2
from qmap_studio.ui.canvas.raster import IndexedRaster

COLOUR = (255, 92, 190)
"""In no map of qualities or bits."""
ERASER = (235, 235, 235)
"""Of a tool that takes bounds away."""

LINE, SHADE, RIM = 1, 2, 16
"""What a pixel of the screen shows: a line of the hatch, the shade beside it, the region's rim, which lies over both.

0 is see-through. Where some error is allowed the first two are `_ALLOWING` times as much: two bits for each hatch.
"""
_ALLOWING = 4
SPACING = 14  # between the lines, in logical pixels; they fall to the right, those of what is stale rise
DASH = 7  # of the lines where some error is allowed


def width_of_lines(ratio: float) -> int:
    """Device pixels of a line, where a logical pixel has `ratio`."""
    return max(1, round(ratio))


@cache
def table() -> np.ndarray:
    """Colours of what a pixel of the screen shows, uint8 RGBA (256, 4)."""
    colours = np.zeros((256, 4), np.uint8)
    for hatch in (1, _ALLOWING):
        colours[hatch * LINE] = *COLOUR, 190
        colours[hatch * SHADE] = 0, 0, 0, 90
    colours[RIM] = *COLOUR, 255
    return colours


def hatch(bounds: np.ndarray, left: int, top: int, line: int = 1) -> np.ndarray:
    """The hatch over a part of the screen: solid lines are without loss, dashed ones allow some error.

    Args:
        bounds: uint8 (H, W), of each pixel of the screen.
        left, top: of the first one.
        line: pixels of a line.
    Returns:
        uint8 (H, W), of the colours of `table`, without the rim.
    """
    pattern = _pattern(line)
    period = len(pattern)
    repeats = [-(-side // period) + 1 for side in bounds.shape]
    everywhere = np.tile(pattern, repeats)[top % period :, left % period :][: len(bounds), : bounds.shape[1]]
    shown: np.ndarray = cv2.bitwise_and(everywhere, cv2.LUT(bounds, _bits()))
    return shown


def sample(bound: int, side: int, ratio: float) -> QImage:
    """A piece of the hatch within its rim, of so many logical pixels a side."""
    pixels, line = round(side * ratio), width_of_lines(ratio)
    raster = IndexedRaster(pixels, pixels, table())
    raster.indices[:] = RIM
    inner = np.full((pixels - 2 * line,) * 2, bound, np.uint8)
    raster.indices[line:-line, line:-line] = hatch(inner, 0, 0, line)
    image = raster.coloured()
    image.setDevicePixelRatio(ratio)
    return image


def colour_of(bound: int) -> QColor:
    """Of a tool that paints a bound."""
    return QColor(*(ERASER if bound == UNBOUNDED else COLOUR))


@cache
def _bits() -> np.ndarray:
    """Which bits of the pattern each bound shows."""
    bits = np.full(256, _ALLOWING * (LINE | SHADE), np.uint8)
    bits[WITHOUT_LOSS], bits[UNBOUNDED] = LINE | SHADE, 0
    return bits


@cache
def _pattern(line: int) -> np.ndarray:
    """Both hatches in one, which repeats itself across the screen, uint8 (n, n)."""
    spacing, dash = SPACING * line, DASH * line
    rows, columns = np.indices((spacing, spacing))
    across = (columns - rows) % spacing
    solid = np.select([across < line, across < 2 * line], [LINE, SHADE]).astype(np.uint8)
    return np.where(rows < dash, (1 + _ALLOWING) * solid, solid).astype(np.uint8)
