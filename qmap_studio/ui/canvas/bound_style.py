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

LINE, SHADE, RIM = range(1, 4)
"""What a pixel of the screen shows: a line of the hatch, the shade beside it, the region's rim, which lies over both.

0 is see-through.
"""
SPACING = 14  # between the lines, in logical pixels; they fall to the right, those of what is stale rise
DASH = 7  # of the lines where some error is allowed


def width_of_lines(ratio: float) -> int:
    """Device pixels of a line, where a logical pixel has `ratio`."""
    return max(1, round(ratio))


@cache
def table() -> np.ndarray:
    """Colours of what a pixel of the screen shows, uint8 RGBA (256, 4)."""
    colours = np.zeros((256, 4), np.uint8)
    colours[LINE] = *COLOUR, 190
    colours[SHADE] = 0, 0, 0, 90
    colours[RIM] = *COLOUR, 255
    return colours


def hatch(bounds: np.ndarray, left: int, top: int, line: int = 1) -> np.ndarray:
    """The hatch over a part of the screen: solid lines are without loss, dashed ones allow some error.

    Args:
        bounds: uint8 (H, W), of each pixel of the screen.
        left, top: of the first one.
        line: pixels of a line.
    Returns:
        uint8 (H, W), LINE, SHADE or 0.
    """
    shown = np.zeros_like(bounds)
    for dashed, where in ((False, bounds == WITHOUT_LOSS), (True, (bounds > WITHOUT_LOSS) & (bounds < UNBOUNDED))):
        if where.any():
            pattern = _pattern(dashed, line)
            period = len(pattern)
            repeats = [-(-side // period) + 1 for side in bounds.shape]
            across = np.tile(pattern, repeats)[top % period :, left % period :][: len(bounds), : bounds.shape[1]]
            cv2.copyTo(np.ascontiguousarray(across), where.view(np.uint8), shown)
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
def _pattern(dashed: bool, line: int) -> np.ndarray:
    """What repeats itself across the screen, uint8 (n, n)."""
    spacing, dash = SPACING * line, DASH * line
    rows, columns = np.indices((spacing, spacing))
    across = (columns - rows) % spacing
    pattern = np.select([across < line, across < 2 * line], [LINE, SHADE]).astype(np.uint8)
    return np.where(rows < dash, pattern, np.uint8(0)) if dashed else pattern
