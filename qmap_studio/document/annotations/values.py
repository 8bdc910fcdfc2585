"""Checked values of entries that other programs wrote: numbers, points, shapes made of them.

`where` names the entry in messages, as in "Annotation 3 in boxes.json". A value that cannot be used raises
AnnotationError, which leaves that entry out and no more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import atan2, degrees, dist, isfinite
from typing import Any, TypeGuard, TypeVar

import numpy as np

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.core.rect import Rect, around
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.left_out import LeftOut
from qmap_studio.document.shapes import Mask, Polygon, Rectangle, Shape

FARTHEST_PX = 1e7
"""No coordinate is farther from the picture."""
MOST_PIXELS = 150_000_000
"""Of a mask."""
MOST_ANNOTATIONS, MOST_POINTS = 100_000, 1_000_000
"""Of a picture, all its outlines taken together."""

Entry = Mapping[str, Any]
Point = tuple[float, float]
E = TypeVar("E")


def is_number(value: Any) -> TypeGuard[float]:
    """Whether it is a finite number, and no boolean."""
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def number_of(value: Any, name: str, where: str) -> float:
    """A coordinate or a length: a number, or a text that holds one, also with a comma for the point."""
    if isinstance(value, str):
        try:
            value = float(value.strip().replace(",", "."))
        except ValueError:
            value = None
    if not is_number(value) or abs(value) > FARTHEST_PX:
        raise AnnotationError(tr("{where} has no usable {name}: expected a number.").format(where=where, name=name))
    return float(value)


def numbers_of(entry: Any, names: Sequence[str], where: str) -> list[float]:
    """Several of an entry, such as its x, y, width and height."""
    fields = object_of(entry, where)
    return [number_of(fields.get(name), name, where) for name in names]


def sides_of(value: Any, name: str, where: str) -> tuple[float, float, float, float]:
    """Four numbers in a list, such as left, top, right and bottom."""
    numbers = [number_of(side, name, where) for side in list_of(value, name, where)]
    if len(numbers) != 4:
        raise AnnotationError(tr("{where} has no usable {name}: expected 4 numbers.").format(where=where, name=name))
    return numbers[0], numbers[1], numbers[2], numbers[3]


def object_of(value: Any, where: str) -> Entry:
    """A JSON object."""
    if not isinstance(value, Mapping):
        raise AnnotationError(tr("{where} is no JSON object.").format(where=where))
    return value


def list_of(value: Any, name: str, where: str) -> list[Any]:
    """A JSON list; an absent one is empty."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise AnnotationError(tr("{where} has no usable {name}: expected a list.").format(where=where, name=name))
    return value


def id_of(value: Any) -> str:
    """An id or a name as text, for one writer says 7, another "7" or 7.0; "" for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else ""


def are_numbers(fields: Iterable[str]) -> bool:
    """Whether each of some fields of a text is a number."""
    try:
        return all(isfinite(float(field)) for field in fields)
    except ValueError:
        return False


def score_of(value: Any, where: str) -> float | None:
    """A detector's score, or None if there is none; Python writes NaN for one that nobody computed."""
    if value is None or value == "" or (isinstance(value, float) and not isfinite(value)):
        return None
    return number_of(value, "score", where)


def points_of(values: Any, where: str) -> list[Point]:
    """Points as [[x, y], ...], [{"x": x, "y": y}, ...] or [x, y, x, y, ...]."""
    points = values if isinstance(values, list | tuple) else []
    is_flat = all(isinstance(point, int | float | str) for point in points[:1])
    if len(points) > MOST_POINTS * (1 + is_flat):
        raise AnnotationError(tr("{where} has an outline that is too large.").format(where=where))
    if points and all(isinstance(point, int | float | str) for point in points) and len(points) % 2 == 0:
        numbers = [number_of(value, "points", where) for value in points]
        return list(zip(numbers[0::2], numbers[1::2], strict=True))
    found = []
    for point in points:
        pair = (point.get("x"), point.get("y")) if isinstance(point, Mapping) else point
        if not isinstance(pair, list | tuple) or len(pair) < 2:
            raise AnnotationError(tr("{where} has no usable points: expected pairs of x and y.").format(where=where))
        found.append((number_of(pair[0], "x", where), number_of(pair[1], "y", where)))
    return found


def box_of(x: float, y: float, width: float, height: float, where: str, angle: float = 0.0) -> Rectangle:
    """A box by its left and upper edge and its size; turned about its middle, in degrees clockwise."""
    if width < 0 or height < 0:
        raise AnnotationError(tr("{where} has a box of negative size.").format(where=where))
    return Rectangle(x, y, width, height, angle)


def box_between(left: float, top: float, right: float, bottom: float, where: str) -> Rectangle:
    """A box by two of its corners, the upper left one first."""
    return box_of(left, top, right - left, bottom - top, where)


def box_around(points: Sequence[Point], where: str) -> Rectangle:
    """The upright box around points, which two corners in any order are."""
    if not points:
        raise AnnotationError(tr("{where} has no points.").format(where=where))
    xs, ys = zip(*points, strict=True)
    return Rectangle(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def polygon_of(points: Sequence[Point], where: str) -> Polygon:
    """The polygon through points."""
    if len(points) < 3:
        raise AnnotationError(
            tr("{where} has no usable outline: expected at least 3 points, found {count}.").format(
                where=where, count=len(points)
            )
        )
    return Polygon(tuple(points))


def polygons_of(parts: Sequence[Sequence[Point]], where: str) -> Shape:
    """One shape of several outlines: one line through all of them, or a mask where they overlap."""
    polygons = [polygon_of(part, where) for part in parts if len(part) >= 3]
    if len(polygons) < 2:
        return polygons[0] if polygons else polygon_of(parts[0] if parts else (), where)
    bounds = [polygon.bounds for polygon in polygons]
    if not any(a.intersected(b).area for n, a in enumerate(bounds) for b in bounds[:n]):
        # There and back again over the same line, which encloses nothing.
        joined = [point for polygon in polygons for point in (*polygon.points, polygon.points[0])]
        return Polygon((*joined, *(polygon.points[0] for polygon in reversed(polygons[:-1]))))
    whole = around(bounds)
    if whole.area > MOST_PIXELS:
        raise AnnotationError(tr("{where} has an outline that is too large.").format(where=where))
    pixels = np.zeros((whole.height, whole.width), bool)
    for polygon, part in zip(polygons, bounds, strict=True):
        pixels[part.moved(-whole.x, -whole.y).slices] |= polygon.coverage(part) > 0
    return Mask(whole.x, whole.y, pixels)


def quad_of(points: Sequence[Point], where: str) -> Shape:
    """Four corners: the turned box that they are, or the polygon through them."""
    if len(points) == 4:
        a, b, c, d = points
        size = max(dist(a, b), dist(b, c))
        is_parallel = dist((a[0] + c[0], a[1] + c[1]), (b[0] + d[0], b[1] + d[1])) < 1e-3 * size + 0.05
        across, down = (b[0] - a[0], b[1] - a[1]), (c[0] - b[0], c[1] - b[1])
        is_right = abs(across[0] * down[0] + across[1] * down[1]) < 1e-3 * size * size
        if is_parallel and is_right and size > 0:
            return _turned_box(a, b, c)
    return polygon_of(points, where)


def _turned_box(a: Point, b: Point, c: Point) -> Rectangle:
    """The box with these corners, one after the other."""
    angle, width, height = degrees(atan2(b[1] - a[1], b[0] - a[0])), dist(a, b), dist(b, c)
    quarter = round(angle / 90) * 90
    middle = (a[0] + c[0]) / 2, (a[1] + c[1]) / 2
    if abs(angle - quarter) < 1e-6:  # it is upright
        width, height = (width, height) if quarter % 180 == 0 else (height, width)
        angle = 0.0
    return Rectangle(middle[0] - width / 2, middle[1] - height / 2, width, height, angle)


def mask_of(pixels: Any, where: str, x: int = 0, y: int = 0) -> Mask:
    """The pixels that are set of a bool (H, W) whose first pixel is x, y of the picture; cut to where any is."""
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    if not rows.size:
        raise AnnotationError(tr("{where} has an empty mask.").format(where=where))
    part = Rect(int(columns[0]), int(rows[0]), int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)
    return Mask(x + part.x, y + part.y, np.ascontiguousarray(pixels[part.slices], bool))


def taken(
    entries: Iterable[tuple[str, E]], make: Callable[[E, str], Annotation | None], name: str
) -> tuple[tuple[Annotation, ...], tuple[str, ...]]:
    """What can be read of some entries, and a notice on those that cannot.

    Args:
        entries: each with the words that name it in messages.
        make: what an entry says; None if it says nothing of the picture. AnnotationError leaves it out.
        name: the file's.
    Raises:
        AnnotationError: there are entries, and none can be read, or too many.
    """
    left_out, found, total, points = LeftOut(name), [], 0, 0
    for where, entry in entries:
        total += 1
        try:
            annotation = make(entry, where)
        except AnnotationError as error:
            left_out.add(error)
        else:
            if annotation is not None:
                found.append(annotation)
                points += len(annotation.shape.points) if isinstance(annotation.shape, Polygon) else 0
        if total > MOST_ANNOTATIONS or points > MOST_POINTS:
            text = tr(
                "{name} has too many annotations for one picture: more than {most}, or more than {points} points."
            )
            raise AnnotationError(text.format(name=name, most=MOST_ANNOTATIONS, points=MOST_POINTS))
    return tuple(found), left_out.notices(total)


def numbered(entries: Iterable[E], source_name: str) -> Iterable[tuple[str, E]]:
    """Entries with the words that name them in messages."""
    text = tr("Annotation {number} in {source}")
    return ((text.format(number=number, source=source_name), entry) for number, entry in enumerate(entries, 1))


def with_usable_scores(found: tuple[Annotation, ...]) -> tuple[Annotation, ...]:
    """The same, without scores if any lies outside of 0 to 1: some detectors write margins."""
    if all(one.score is None or 0 <= one.score <= 1 for one in found):
        return found
    return tuple(replace(one, score=None) for one in found)
