"""The brush's ring under the mouse, at its true size."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from qmap_studio.ui.canvas.bound_style import colour_of
from qmap_studio.ui.canvas.colours import quality_colour
from qmap_studio.ui.canvas.pens import GLOW, SHADOW, hairline
from qmap_studio.ui.geometry import Point

SOFT_RING_FROM = 24  # pixels of diameter; a smaller ring has no room for the inner one
CROSS_FROM = 400  # nor is it easy to see the middle of a large one
CROSS_ARM = 5
MARGIN = 6  # around it; more than around a dab that is shown, see Pane.show_brush


@dataclass(frozen=True)
class BrushRing:
    """The brush in logical pixels of a pane. Outer ring: where it ends; inner: how far it is at full strength."""

    centre: Point
    radius: float
    hardness: float
    quality: float
    bound: int | None = None

    @property
    def radii(self) -> tuple[float, ...]:
        soft = self.hardness < 0.95 and 2 * self.radius >= SOFT_RING_FROM
        return (self.radius, self.radius * self.hardness) if soft else (self.radius,)

    @property
    def crossed(self) -> bool:
        return not SOFT_RING_FROM <= 2 * self.radius <= CROSS_FROM

    @property
    def rect(self) -> QRect:
        """What drawing it touches."""
        reach = max(self.radius, CROSS_ARM) + MARGIN
        return QRectF(self.centre.x - reach, self.centre.y - reach, 2 * reach, 2 * reach).toAlignedRect()

    def draw(self, painter: QPainter, ratio: float) -> None:
        """Draws it in logical pixels, `ratio` device pixels each."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        centre = QPointF(*self.centre)
        quality = QColor(*quality_colour(self.quality)).lighter(120)
        colour = quality if self.bound is None else colour_of(self.bound)
        halo = SHADOW if colour.lightnessF() > 0.4 else GLOW
        lines = max(1, round(ratio))
        for radius in self.radii:
            # Hairlines side by side: Qt draws one in a fifth of a millisecond at any radius, a wider pen takes five.
            for offset in range(2 * lines):  # the halo lies outside
                painter.setPen(hairline(colour if offset < lines else halo))
                reach = radius + offset / ratio
                painter.drawEllipse(centre, reach, reach)
        if self.crossed:
            for pen_colour, shift in ((halo, QPointF(1, 1)), (colour, QPointF())):
                painter.setPen(hairline(pen_colour))
                middle = centre + shift
                painter.drawLine(middle - QPointF(CROSS_ARM, 0), middle + QPointF(CROSS_ARM, 0))
                painter.drawLine(middle - QPointF(0, CROSS_ARM), middle + QPointF(0, CROSS_ARM))
