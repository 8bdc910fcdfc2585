"""Draws an outline over the picture."""

from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from qmap_studio.ui.canvas.bound_style import colour_of
from qmap_studio.ui.canvas.colours import quality_colour
from qmap_studio.ui.canvas.pens import SHADOW, line
from qmap_studio.ui.canvas.sheet import device_scale
from qmap_studio.ui.geometry import Point, distance
from qmap_studio.ui.outlines import (
    BoxOutline,
    CircleOutline,
    ContourOutline,
    FrameOutline,
    LineOutline,
    Outline,
    PathOutline,
)

HANDLE_RADIUS = 4.5  # logical pixels
DASHES = (4.0, 4.0)


class OutlineItem(QGraphicsItem):
    """Draws one outline with lines of constant width, over the picture's rectangle."""

    def __init__(self) -> None:
        super().__init__()
        self._outline: Outline | None = None
        self._sides: list[tuple[QColor, list[QLineF]]] = []
        self._bounds = QRectF()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.hide()

    @property
    def outline(self) -> Outline | None:
        return self._outline

    def set_size(self, width: int, height: int) -> None:
        """The picture's, in pixels."""
        self.prepareGeometryChange()
        self._bounds = QRectF(0, 0, width, height)

    def set_outline(self, outline: Outline | None) -> None:
        if outline != self._outline:
            self._outline = outline
            self._sides = _sides_of(outline) if isinstance(outline, ContourOutline) else []
            # Of thousands of lines a picture is kept, while what lies below is painted again and again.
            cached, plain = self.CacheMode.DeviceCoordinateCache, self.CacheMode.NoCache
            self.setCacheMode(cached if self._sides else plain)
            self.setVisible(outline is not None)
            self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not isinstance(self._outline, BoxOutline))
        radius = HANDLE_RADIUS / device_scale(painter.worldTransform())
        match self._outline:
            case BoxOutline():
                _draw_box(painter, QRectF(*self._outline.rect), _colour_of(self._outline))
            case LineOutline(start, end, qualities):
                for pen in _outlined(painter):
                    painter.setPen(pen)
                    painter.drawLine(QPointF(*start), QPointF(*end))
                _draw_handles(painter, radius, (start, end), qualities)
            case CircleOutline(centre, rim, qualities):
                reach = distance(centre, rim)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for pen in _outlined(painter):
                    painter.setPen(pen)
                    painter.drawEllipse(QPointF(*centre), reach, reach)
                    painter.drawLine(QPointF(*centre), QPointF(*rim))
                _draw_handles(painter, radius, (centre, rim), qualities)
            case PathOutline():
                _draw_paths(painter, self._outline, radius)
            case FrameOutline():
                _draw_frame(painter, self._outline, radius)
            case ContourOutline():
                _draw_contours(painter, self._sides)


def _draw_paths(painter: QPainter, outline: PathOutline, radius: float) -> None:
    colour = _colour_of(outline) or QColor("white")
    for path in outline.paths:
        points = QPolygonF([QPointF(*point) for point in path])
        if outline.is_closed:
            painter.setBrush(QColor(colour.red(), colour.green(), colour.blue(), 70))
        for pen in _outlined(painter):
            painter.setPen(pen)
            (painter.drawPolygon if outline.is_closed else painter.drawPolyline)(points)
            painter.setBrush(Qt.BrushStyle.NoBrush)
    for dot in outline.dots:
        _draw_handle(painter, dot, 0.8 * radius)


def _sides_of(outline: ContourOutline) -> list[tuple[QColor, list[QLineF]]]:
    """The lines of each group, with its colour.

    Side by side: as one path thousands of contours take ten times as long to draw, and as polygons a few large ones do.
    """
    return [
        (QColor(*colour), [QLineF(*a, *b) for contour in contours for a, b in pairwise((*contour, contour[0]))])
        for colour, contours in outline.groups
    ]


def _draw_contours(painter: QPainter, groups: list[tuple[QColor, list[QLineF]]]) -> None:
    for colour, sides in groups:
        for pen in (line(painter, SHADOW, 3.6), line(painter, colour, 2.0)):
            pen.setCapStyle(Qt.PenCapStyle.SquareCap)
            painter.setPen(pen)
            painter.drawLines(sides)


def _draw_frame(painter: QPainter, outline: FrameOutline, radius: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in _outlined(painter):
        painter.setPen(pen)
        for contour in outline.contours:
            painter.drawPolygon(QPolygonF([QPointF(*point) for point in contour]))
    if outline.corners:
        for pen in (line(painter, SHADOW, 1.0), line(painter, QColor("white"), 1.0, DASHES)):
            painter.setPen(pen)
            painter.drawPolygon(QPolygonF([QPointF(*point) for point in outline.corners]))
    if outline.turner is not None:
        place, side = outline.turner
        for pen in _outlined(painter):
            painter.setPen(pen)
            painter.drawLine(QPointF(*side), QPointF(*place))
        painter.setBrush(QColor("white"))
        painter.setPen(line(painter, QColor(40, 40, 40), 1.2))
        painter.drawEllipse(QPointF(*place), radius, radius)
    for handle in outline.handles:
        _draw_handle(painter, handle, radius)
    if outline.band is not None:
        _draw_box(painter, QRectF(*outline.band), None)


def _draw_handle(painter: QPainter, at: Point, radius: float) -> None:
    painter.setBrush(QColor("white"))
    painter.setPen(line(painter, QColor(40, 40, 40), 1.2))
    painter.drawRect(QRectF(at.x - 0.8 * radius, at.y - 0.8 * radius, 1.6 * radius, 1.6 * radius))


def _outlined(painter: QPainter) -> tuple[QPen, QPen]:
    return line(painter, SHADOW, 3.0), line(painter, QColor("white"), 1.4)


def _colour_of(box: BoxOutline | PathOutline) -> QColor | None:
    if box.bound is not None:
        return colour_of(box.bound)
    return None if box.quality is None else QColor(*quality_colour(box.quality))


def _draw_box(painter: QPainter, rect: QRectF, colour: QColor | None) -> None:
    if colour is not None:
        painter.fillRect(rect, QColor(colour.red(), colour.green(), colour.blue(), 70))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    dark = line(painter, QColor("black"), 1.0)
    light = line(painter, colour, 1.0) if colour is not None else line(painter, QColor("white"), 1.0, DASHES)
    for pen in (dark, light):
        painter.setPen(pen)
        painter.drawRect(rect)


def _draw_handles(
    painter: QPainter, radius: float, points: tuple[Point, Point], qualities: tuple[float, float]
) -> None:
    for point, quality in zip(points, qualities, strict=True):
        painter.setBrush(QColor(*quality_colour(quality)))
        painter.setPen(line(painter, QColor("white"), 1.4))
        painter.drawEllipse(QPointF(*point), radius, radius)
