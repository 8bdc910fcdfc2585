"""The brush's ring under the mouse, at its true size."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from qmap_studio.ui.canvas.colours import quality_colour
from qmap_studio.ui.canvas.geometry import Point
from qmap_studio.ui.canvas.picture_item import device_scale

SOFT_RING_FROM = 24  # device pixels of diameter; a smaller ring has no room for the inner one
CROSS_ARM = 5  # logical pixels


class BrushCursor(QGraphicsItem):
    """Outer ring: where the brush ends. Inner dashed ring: how far it is at full strength.

    The ring has the colour of the quality it paints, on a dark line that stands out from any photo.
    """

    def __init__(self) -> None:
        super().__init__()
        self._radius = 0.0
        self._hardness = 1.0
        self._colour = QColor("white")
        self._margin = 1.0
        self.setZValue(100)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.hide()

    def set_brush(self, size_px: float, hardness: float, quality: float) -> None:
        self.prepareGeometryChange()
        self._radius = size_px / 2
        self._hardness = hardness
        self._colour = QColor(*quality_colour(quality)).lighter(120)
        self.update()

    def set_scale(self, logical_scale: float) -> None:
        """Logical screen pixels for each picture pixel: the lines' width does not zoom."""
        self.prepareGeometryChange()
        self._margin = (CROSS_ARM + 3) / logical_scale

    def move_to(self, point: Point) -> None:
        self.setPos(point.x, point.y)

    def boundingRect(self) -> QRectF:
        reach = self._radius + self._margin
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        scale = device_scale(painter.worldTransform())
        diameter = 2 * self._radius * scale
        for pen in _outlined(self._colour, Qt.PenStyle.SolidLine):
            painter.setPen(pen)
            painter.drawEllipse(QPointF(), self._radius, self._radius)
        if self._hardness < 0.95 and diameter >= SOFT_RING_FROM:
            inner = self._radius * self._hardness
            for pen in _outlined(self._colour, Qt.PenStyle.DotLine):
                painter.setPen(pen)
                painter.drawEllipse(QPointF(), inner, inner)
        if diameter < SOFT_RING_FROM or diameter > 400:
            arm = CROSS_ARM / scale
            for pen in _outlined(self._colour, Qt.PenStyle.SolidLine):
                painter.setPen(pen)
                painter.drawLine(QPointF(-arm, 0), QPointF(arm, 0))
                painter.drawLine(QPointF(0, -arm), QPointF(0, arm))


def _outlined(colour: QColor, style: Qt.PenStyle) -> tuple[QPen, QPen]:
    dark = QPen(QColor(0, 0, 0, 150), 3.0, Qt.PenStyle.SolidLine)
    light = QPen(colour, 1.4, style)
    dark.setCosmetic(True)
    light.setCosmetic(True)
    return (dark, light) if style is Qt.PenStyle.SolidLine else (QPen(Qt.PenStyle.NoPen), light)
