"""JSON of one picture's detections as Ultralytics' `to_json` and YOLOv5's tables write it.

    [{"name": "person", "class": 0, "confidence": 0.9, "box": {"x1": 20, "y1": 10, "x2": 60, "y2": 40},
      "segments": {"x": [20, 60, ...], "y": [10, 10, ...]}}, ...]
    [{"xmin": 20, "ymin": 10, "xmax": 60, "ymax": 40, "confidence": 0.9, "class": 0, "name": "person"}, ...]

A turned box has the corners x1 y1 to x4 y4. Segments are the shape, else the box. Coordinates are pixels, or shares of
the picture's width and height if none in the file is above 1. Keypoints and tracks are passed over.
"""

from collections.abc import Iterator
from typing import Any

from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.json_entries import JsonEntries
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.traits import has_any
from qmap_studio.document.annotations.values import (
    Entry,
    Point,
    box_between,
    id_of,
    is_number,
    list_of,
    numbered,
    numbers_of,
    object_of,
    points_of,
    polygon_of,
    quad_of,
    score_of,
)
from qmap_studio.document.shapes import Shape

_CORNERS = "xmin", "ymin", "xmax", "ymax"
_TURNED = "x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"


def _recognises(source: Source) -> bool:
    is_detection = has_any(source.traits, "2:box 2:class 2:confidence 3:x1", "2:xmin 2:ymin 2:xmax 2:ymax 2:confidence")
    return is_detection and source.head.lstrip()[:1] == "["


def _read(source: Source) -> AnnotationsFile:
    is_shares = all(value <= 1 for entry in _entries(source) for value in _coordinates(entry))
    scale = (source.picture.width, source.picture.height) if is_shares else (1, 1)

    def annotation(entry: Any, where: str) -> Annotation:
        fields = object_of(entry, where)
        label = id_of(fields.get("name")) or f"class {id_of(fields.get('class'))}"
        return Annotation(label, _shape(fields, scale, where), score_of(fields.get("confidence"), where))

    return placed(source, ListedPicture(""), numbered(_entries(source), source.name), annotation)


ULTRALYTICS = Reader("Ultralytics JSON", (".json",), _recognises, _read)  # no text: a format's name


def _entries(source: Source) -> Iterator[Any]:
    return (entry for _, entry in JsonEntries(source.text))


def _coordinates(entry: Any) -> list[float]:
    box = _box(entry) if isinstance(entry, dict) else None
    names = (*_CORNERS, *_TURNED)
    return [box[name] for name in names if is_number(box.get(name))] if isinstance(box, dict) else []


def _box(entry: Entry) -> Any:
    return entry.get("box", entry)


def _shape(fields: Entry, scale: tuple[int, int], where: str) -> Shape:
    outline = fields.get("segments")
    if isinstance(outline, dict) and outline.get("x"):
        xs, ys = (list_of(outline.get(name), "segments", where) for name in "xy")
        return polygon_of(_scaled(points_of(list(zip(xs, ys, strict=False)), where), scale), where)
    box = object_of(_box(fields), where)
    names = _TURNED if "x4" in box else _TURNED[:4] if "x1" in box else _CORNERS
    numbers = numbers_of(box, names, where)
    points = _scaled(list(zip(numbers[0::2], numbers[1::2], strict=True)), scale)
    return box_between(*points[0], *points[1], where) if len(points) == 2 else quad_of(points, where)


def _scaled(points: list[Point], scale: tuple[int, int]) -> list[Point]:
    return [(x * scale[0], y * scale[1]) for x, y in points]
