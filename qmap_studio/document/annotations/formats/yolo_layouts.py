"""What the numbers after the class in lines of YOLO text are.

Tools write, after the class number,

    x y width height                     a box
    x1 y1 x2 y2 x3 y3 ...                a polygon, or the 4 corners of an oriented box
    x y width height x1 y1 x2 y2 ...     a pose: a box and its keypoints
    x y width height x1 y1 v1 x2 ...     the same with the visibility or the score of each keypoint

and after that, the same in all lines of a file, a confidence from 0 to 1, or the number of a track from 1 on, which no
two lines share, or both in this order. No file says which it is. These rules tell, and where they leave two answers
that lie in different places, the file is refused:

- 4 or 5 numbers are a box; the fifth is a track if it is whole, at least 1 and different in all lines, else a
  confidence. A single 1 may be either: the box is known, its score is not. If a box would lie beyond the picture by
  far, and all are inside with the confidence first, it is first.
- 6 numbers that end in a track are a box with confidence and track; a triangle would end on the picture's lower edge.
- Where `kpt_shape` stands in a data.yaml nearby, it is a pose, and the count of numbers has to agree. A data.yaml
  without it knows no poses.
- Otherwise a layout fits if it fits all lines. A polygon has an even count of numbers, each about 0 to 1. A pose has as
  many numbers in each line, its box lies in the picture, its keypoints in the box or at 0 0.
- If several fit: three keypoints or more whose third numbers are all 0, 1 or 2 are a pose. 4 points that are the
  corners of a parallelogram in all lines are oriented boxes. Other outlines of fewer than 6 points that cross or touch
  themselves are no polygon (joined outlines of several parts have more points). 12 points or more whose outline never
  does so are no keypoints.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import TypeAlias

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.formats.outline import is_parallelogram, is_simple

Numbers: TypeAlias = Sequence[float]

_TOLERANCE, _FAR = 0.01, 0.1
"""Shares may leave 0 to 1 by rounding, and do not by more than a little."""

_FEWEST_OF_JOINED, _MOST_OF_CHANCE, _MOST_KEYPOINTS = 6, 12, 300


@dataclass(frozen=True)
class Layout:
    """What the numbers of a line are.

    Attributes:
        is_box: the first four are a box; else all but the tail are a polygon.
        tail: how many come last that are no coordinates: 1 for a confidence or a track, 2 for both.
        point_size: numbers of a keypoint; 0 if there are none.
    """

    is_box: bool
    tail: int
    point_size: int = 0

    def shape_of(self, numbers: Numbers) -> Numbers:
        """The numbers of the box or the polygon."""
        return numbers[:4] if self.is_box else numbers[: len(numbers) - self.tail]

    def fits(self, numbers: Numbers) -> bool:
        """Whether a line may be of this layout, by its own numbers."""
        body = numbers[: len(numbers) - self.tail]
        if self.tail == 2 and not (0 <= numbers[-2] <= 1 and is_track(numbers[-1])):
            return False
        if self.tail == 1 and not (0 <= numbers[-1] <= 1 or is_track(numbers[-1])):
            return False
        if not self.is_box:
            return len(body) >= 6 and len(body) % 2 == 0 and all(-1 <= value < 2 for value in body)
        if not self.point_size:
            return len(body) == 4
        return (len(body) - 4) % self.point_size == 0 and len(body) > 4 and _is_pose(body, self.point_size)


_BOX, _TRACKED_BOX = Layout(True, 0), Layout(True, 2)
_POLYGONS = tuple(Layout(False, tail) for tail in (0, 1, 2))
_POSES = tuple(Layout(True, tail, size) for size in (3, 2) for tail in (0, 1, 2))


def is_track(value: float) -> bool:
    """Whether a number may be that of a track."""
    return value >= 1 and value.is_integer()


def are_tracks(column: Numbers) -> bool:
    """Whether the numbers of all lines are those of tracks."""
    return all(map(is_track, column)) and len(set(column)) == len(column)


def is_score_first(rows: Sequence[Numbers]) -> bool:
    """Whether all lines are a confidence and a box in the picture, and not all a box and a confidence.

    >>> is_score_first([(0.9, 0.5, 0.6, 0.2, 0.5)]), is_score_first([(0.9, 0.5, 0.4, 0.2, 0.9)])
    (True, False)
    """
    if not rows or any(len(row) != 5 or not 0 <= row[0] <= 1 for row in rows):
        return False
    return max(_beyond(row[:4]) for row in rows) > _FAR and max(_beyond(row[1:]) for row in rows) <= _TOLERANCE


def _beyond(box: Numbers) -> float:
    """How far a box reaches beyond the picture; infinitely if it has no area."""
    x, y, width, height = box
    if min(width, height) <= 0:
        return inf
    return max(width / 2 - x, x + width / 2 - 1, height / 2 - y, y + height / 2 - 1)


def find_layout(rows: Sequence[Numbers], has_poses: bool | None, name: str) -> Layout:
    """The layout of all lines that have more than 5 numbers; those that fit none are not asked.

    Args:
        rows: the numbers after the class, line by line.
        has_poses: whether the data set is one of poses, if that is known.
        name: the file's.
    Raises:
        AnnotationError: two layouts fit that give different boxes, or none fits all lines.
    """
    rows = [row for row in rows if len(row) > 5]
    if not rows or has_poses:
        return _BOX
    layouts = (*_POLYGONS, _TRACKED_BOX)
    if has_poses is None and len({len(row) for row in rows}) == 1:
        layouts += _POSES
    known = [row for row in rows if any(layout.fits(row) for layout in layouts)]
    fitting = [layout for layout in layouts if all(layout.fits(row) for row in known)]
    if not are_tracks([row[-1] for row in known]):
        fitting = [layout for layout in fitting if layout.tail < 2]
    if not fitting:
        raise AnnotationError(
            tr(
                "The lines of {name} do not agree on what they hold: boxes, polygons, confidences and tracks are "
                "mixed. Export them anew in one layout."
            ).format(name=name)
        )
    return _decided(known, fitting, name) if known else _POLYGONS[0]


def _decided(rows: Sequence[Numbers], fitting: Sequence[Layout], name: str) -> Layout:
    if _TRACKED_BOX in fitting:
        return _TRACKED_BOX
    boxes = [layout for layout in fitting if layout.is_box]
    polygons = [layout for layout in fitting if not layout.is_box]
    if any(_are_seen_points(rows, pose) for pose in boxes):
        polygons = []
    if len(fitting) > 1:
        polygons = [layout for layout in polygons if _may_be_polygons(rows, layout)]
        if certain := [layout for layout in polygons if _are_polygons(rows, layout)]:
            boxes, polygons = [], certain
    if boxes and polygons:
        raise AnnotationError(
            tr(
                "{name} may hold polygons or poses (boxes with keypoints), and its numbers fit both. Put the data.yaml "
                "of its data set beside it."
            ).format(name=name)
        )
    if any(len({_bounds(layout.shape_of(row)) for layout in polygons}) > 1 for row in rows):
        raise AnnotationError(
            tr(
                "The last two numbers of {name} may be a point of its polygon, or a confidence and a track. Export it "
                "without tracks."
            ).format(name=name)
        )
    # Polygons of the same box: the first; boxes: no score is better than a keypoint for one.
    return min(boxes, key=lambda layout: layout.tail) if boxes else polygons[0] if polygons else fitting[0]


def _are_seen_points(rows: Sequence[Numbers], pose: Layout) -> bool:
    """Whether the third number of every keypoint is a visibility, as no coordinates are."""
    seen = [row[4 : len(row) - pose.tail][2::3] for row in rows]
    is_many = sum(map(len, seen)) > 2 and len(seen[0]) > 1
    return pose.point_size == 3 and is_many and all(value in (0, 1, 2) for points in seen for value in points)


def _may_be_polygons(rows: Sequence[Numbers], polygon: Layout) -> bool:
    outlines = [polygon.shape_of(row) for row in rows]
    return all(
        len(outline) >= 2 * _FEWEST_OF_JOINED or is_parallelogram(outline) or is_simple(outline) for outline in outlines
    )


def _are_polygons(rows: Sequence[Numbers], polygon: Layout) -> bool:
    outlines = [polygon.shape_of(row) for row in rows]
    if all(is_parallelogram(outline) or len(outline) > 2 * _MOST_KEYPOINTS for outline in outlines):
        return True
    return all(len(outline) >= 2 * _MOST_OF_CHANCE and is_simple(outline) for outline in outlines)


def _is_pose(body: Numbers, point_size: int) -> bool:
    x, y, width, height = body[:4]
    inside = min(x - width / 2, y - height / 2) >= -_TOLERANCE and max(x + width / 2, y + height / 2) <= 1 + _TOLERANCE
    if not inside or min(width, height) <= 0:
        return False
    points = body[4:]
    if point_size == 3 and not all(0 <= value <= 2 for value in points[2::3]):
        return False
    # A predicted keypoint may lie a little beside its box; one that is not seen is written as 0 0.
    most_x, most_y = width * 0.6 + _TOLERANCE, height * 0.6 + _TOLERANCE
    return all(
        (abs(px - x) <= most_x and abs(py - y) <= most_y) or (px == 0 and py == 0)
        for px, py in zip(points[0::point_size], points[1::point_size], strict=True)
    )


def _bounds(outline: Numbers) -> tuple[float, float, float, float]:
    xs, ys = outline[0::2], outline[1::2]
    return min(xs), min(ys), max(xs), max(ys)
