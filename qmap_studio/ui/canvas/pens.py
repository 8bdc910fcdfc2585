"""Lines whose width does not zoom."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

SHADOW = QColor(0, 0, 0, 140)  # beside a light line, so that it stands out from any photo
GLOW = QColor(255, 255, 255, 140)  # the same beside a dark one


def hairline(colour: QColor) -> QPen:
    """One device pixel."""
    pen = QPen(colour, 0.0)
    pen.setCosmetic(True)
    return pen


def line(painter: QPainter, colour: QColor, width: float, dashes: Sequence[float] = ()) -> QPen:
    """A width in logical pixels; dashes and gaps in widths of the line."""
    # Qt takes a cosmetic width for device pixels.
    pen = QPen(colour, width * painter.device().devicePixelRatio(), Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    pen.setCosmetic(True)
    if dashes:
        pen.setDashPattern(dashes)
    return pen
