"""Shapes as annotation tools draw them, beyond boxes and plain polygons: ellipses, points and lines, polygons with
holes, masks as pictures in text."""

import base64
import struct
from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from math import cos, hypot, radians, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.values import MOST_PIXELS, Point, box_of, polygon_of
from qmap_studio.document.shapes import Ellipse, Polygon, Rectangle, Shape

_THIN, _THINNEST_PX, _SMALLEST_PX = 0.01, 3.0, 1e-6
_SHARPEST = 0.25
"""Where a line turns back on itself its outline reaches no farther than four times its half width."""


def ellipse_of(x: float, y: float, radius_x: float, radius_y: float, where: str, angle: float = 0.0) -> Ellipse:
    """An ellipse by its middle and its radii; turned by an angle in degrees clockwise."""
    if min(radius_x, radius_y) < _SMALLEST_PX:
        raise AnnotationError(tr("{where} has an ellipse without a radius above 0.").format(where=where))
    return Ellipse(x - radius_x, y - radius_y, 2 * radius_x, 2 * radius_y, angle)


def turned_about_corner(x: float, y: float, width: float, height: float, angle: float, where: str) -> Rectangle:
    """A box by its upper left corner, about which it is turned in degrees clockwise."""
    box_of(x, y, width, height, where)
    c, s = cos(radians(angle)), sin(radians(angle))
    middle_x, middle_y = x + (c * width - s * height) / 2, y + (s * width + c * height) / 2
    return Rectangle(middle_x - width / 2, middle_y - height / 2, width, height, angle)


def radius_of_points(width: float, height: float) -> float:
    """How far a point or a line reaches to each side, in pixels: 1 % of the picture's longer side, at least 3 pixels;
    the formats say nothing of it, and what has no area would do nothing to a map."""
    return max(_THIN * max(width, height), _THINNEST_PX)


def stroke_of(points: Sequence[Point], radius: float, where: str) -> Shape:
    """A line through points, or one point, drawn with a pen of this radius."""
    points = [point for n, point in enumerate(points) if not n or point != points[n - 1]]
    if len(points) < 2:
        if not points:
            raise AnnotationError(tr("{where} has no points.").format(where=where))
        return ellipse_of(*points[0], radius, radius, where)
    sides = [_across(a, b) for a, b in pairwise(points)]
    offsets = [_between(one, other, radius) for one, other in zip((sides[0], *sides), (*sides, sides[-1]), strict=True)]
    left = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(points, offsets, strict=True)]
    right = [(x - dx, y - dy) for (x, y), (dx, dy) in zip(points, offsets, strict=True)]
    return Polygon((*left, *reversed(right)))


def polygon_with_holes(outline: Sequence[Point], holes: Sequence[Sequence[Point]], where: str) -> Polygon:
    """A polygon without what its holes enclose, as one line: there and back again between its parts."""
    points = list(polygon_of(outline, where).points)
    for hole in holes:
        if len(hole) >= 3:
            points += [outline[0], *hole, hole[0]]
    return Polygon((*points, outline[0])) if len(points) > len(outline) else Polygon(tuple(points))


def bytes_of(text: Any, where: str) -> bytes:
    """What base64 holds."""
    try:
        return base64.b64decode(text)
    except (TypeError, ValueError) as error:
        raise _damaged_mask(where) from error


def png_mask(data: bytes, where: str) -> NDArray[np.bool_]:
    """The pixels of a PNG that are not transparent, or not 0 if it has no transparency, bool (H, W)."""
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=["PNG"]) as image:
            has_alpha = image.has_transparency_data
            most = MOST_PIXELS if image.mode in ("1", "L") else MOST_PIXELS // 4
            if image.width * image.height > most:
                raise AnnotationError(tr("{where} has a mask that is too large.").format(where=where))
            pixels = np.asarray(image.convert("RGBA").getchannel("A") if has_alpha else image)
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError) as error:
        raise _damaged_mask(where) from error
    is_set: NDArray[np.bool_] = pixels != 0
    return is_set.any(axis=2) if is_set.ndim == 3 else is_set


def _damaged_mask(where: str) -> AnnotationError:
    return AnnotationError(tr("{where} has a mask that is damaged.").format(where=where))


def _across(a: Point, b: Point) -> Point:
    """The direction at right angles to that from one point to another, of length 1."""
    length = hypot(b[0] - a[0], b[1] - a[1])
    return (a[1] - b[1]) / length, (b[0] - a[0]) / length


def _between(one: Point, other: Point, radius: float) -> Point:
    """From a point of a line to the corner of its outline, by the directions across the two parts that meet there."""
    x, y = (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
    square = x * x + y * y
    if square < _SHARPEST**2:
        return one[0] * radius, one[1] * radius
    return x / square * radius, y / square * radius
