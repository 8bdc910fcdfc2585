"""The lines around shapes, as they are drawn over the picture."""

from math import cos, pi, sin
from typing import TYPE_CHECKING

from qmap_studio.ui.geometry import Point

if TYPE_CHECKING:
    from qmap_studio.document.shapes import Shape

_STEPS = 72


def ellipse_contour(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    """Points around an upright ellipse in a box."""
    turns = (2 * pi * n / _STEPS for n in range(_STEPS))
    return tuple(Point(x + width * (1 + cos(t)) / 2, y + height * (1 + sin(t)) / 2) for t in turns)


def contour_of(shape: "Shape") -> tuple[Point, ...]:
    """Points around a shape; around a mask those of its box."""
    from qmap_studio.document.shapes import Ellipse, Polygon

    if isinstance(shape, Polygon):
        return tuple(Point(*point) for point in shape.points)
    frame = shape.frame
    if isinstance(shape, Ellipse):
        around = ellipse_contour(0, 0, 1, 1)
        return tuple(Point(*frame.at(point)) for point in around)
    return tuple(Point(*corner) for corner in frame.corners)
