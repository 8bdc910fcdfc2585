"""Outlines over the picture: what a drag would do, and the selection."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.geometry import Point, distance
from qmap_studio.ui.canvas.pens import SHADOW, line
from qmap_studio.ui.canvas.sheet import device_scale

HANDLE_RADIUS = 4.5  # logical pixels
DASHES = (4.0, 4.0)


@dataclass(frozen=True)
class Line:
    """From `start`, which gets `colours[0]`, to `end`, which gets `colours[1]`."""

    start: Point
    end: Point
    colours: tuple[tuple[int, int, int], tuple[int, int, int]]


@dataclass(frozen=True)
class Circle:
    centre: Point
    rim: Point
    colours: tuple[tuple[int, int, int], tuple[int, int, int]]


@dataclass(frozen=True)
class Box:
    rect: Rect
    colour: tuple[int, int, int] | None = None  # None: a selection, in black and white


Shape = Line | Circle | Box


class ShapeItem(QGraphicsItem):
    """Draws one shape with lines of constant width, over the picture's rectangle."""

    def __init__(self) -> None:
        super().__init__()
        self._shape: Shape | None = None
        self._bounds = QRectF()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.hide()

    @property
    def shape_shown(self) -> Shape | None:
        return self._shape

    def set_size(self, width: int, height: int) -> None:
        """The picture's, in pixels."""
        self.prepareGeometryChange()
        self._bounds = QRectF(0, 0, width, height)

    def set_shape(self, shape: Shape | None) -> None:
        if shape != self._shape:
            self._shape = shape
            self.setVisible(shape is not None)
            self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not isinstance(self._shape, Box))
        radius = HANDLE_RADIUS / device_scale(painter.worldTransform())
        match self._shape:
            case Box(rect, colour):
                _draw_box(painter, QRectF(*rect), colour)
            case Line(start, end, colours):
                for pen in _outlined(painter):
                    painter.setPen(pen)
                    painter.drawLine(QPointF(*start), QPointF(*end))
                _draw_handles(painter, radius, (start, end), colours)
            case Circle(centre, rim, colours):
                reach = distance(centre, rim)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for pen in _outlined(painter):
                    painter.setPen(pen)
                    painter.drawEllipse(QPointF(*centre), reach, reach)
                    painter.drawLine(QPointF(*centre), QPointF(*rim))
                _draw_handles(painter, radius, (centre, rim), colours)


def _outlined(painter: QPainter) -> tuple[QPen, QPen]:
    return line(painter, SHADOW, 3.0), line(painter, QColor("white"), 1.4)


def _draw_box(painter: QPainter, rect: QRectF, colour: tuple[int, int, int] | None) -> None:
    if colour is not None:
        painter.fillRect(rect, QColor(*colour, 70))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    dark = line(painter, QColor("black"), 1.0)
    light = line(painter, QColor(*colour), 1.0) if colour else line(painter, QColor("white"), 1.0, DASHES)
    for pen in (dark, light):
        painter.setPen(pen)
        painter.drawRect(rect)


def _draw_handles(
    painter: QPainter, radius: float, points: tuple[Point, Point], colours: tuple[tuple[int, int, int], ...]
) -> None:
    for point, colour in zip(points, colours, strict=True):
        painter.setBrush(QColor(*colour))
        painter.setPen(line(painter, QColor("white"), 1.4))
        painter.drawEllipse(QPointF(*point), radius, radius)
