"""Supervisely JSON: one picture, which has the file's own name without `.json`, as in photo.jpg.json.

    {"size": {"height": 375, "width": 500}, "objects": [
      {"classTitle": "dog", "geometryType": "rectangle", "points": {"exterior": [[1, 2], [30, 40]], "interior": []}},
      {"classTitle": "dog", "geometryType": "bitmap", "bitmap": {"data": "<base64>", "origin": [10, 20]}}]}

In pixels, where the first pixel spans 0 to 1. Corners of a rectangle that are whole numbers are pixels, the last one
inside; others are points. A polygon's interior are its holes. A bitmap is a PNG, packed by zlib, whose first pixel lies
at its origin. Graphs (keypoints) and cuboids are the boxes around them; points and lines become as wide as
`radius_of_points` says.
"""

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.drawn import (
    bytes_of,
    png_mask,
    polygon_with_holes,
    radius_of_points,
    stroke_of,
)
from qmap_studio.document.annotations.json_entries import JsonEntries
from qmap_studio.document.annotations.matching import ListedPicture, find_picture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.traits import has_any
from qmap_studio.document.annotations.values import (
    Entry,
    Point,
    box_around,
    id_of,
    list_of,
    mask_of,
    numbered,
    object_of,
    points_of,
)
from qmap_studio.document.shapes import Rectangle, Shape

_MOST_BYTES = 2**26
"""Of a PNG when it is unpacked."""


def _recognises(source: Source) -> bool:
    return has_any(source.traits, "1:size 1:objects", "3:classTitle")


def _read(source: Source) -> AnnotationsFile:
    entries = JsonEntries(source.text)
    sizes = [value for key, value in entries if key == "size"]
    if "objects" not in entries.lists:
        raise AnnotationError(tr("{name} has no list of objects.").format(name=source.name))
    size: Entry = next((value for value in sizes if isinstance(value, dict)), {})
    one = ListedPicture.checked("", source.path.stem, size.get("width"), size.get("height"))
    listed, notices = find_picture([one], source)
    radius = radius_of_points(listed.width or source.picture.width, listed.height or source.picture.height)

    def annotation(entry: Any, where: str) -> Annotation:
        fields = object_of(entry, where)
        return Annotation(id_of(fields.get("classTitle")), _shape(fields, radius, where))

    objects = (entry for key, entry in JsonEntries(source.text) if key == "objects")
    return placed(source, listed, numbered(objects, source.name), annotation, notices)


SUPERVISELY = Reader("Supervisely JSON", (".json",), _recognises, _read)  # no text: a format's name


def _shape(fields: Entry, radius: float, where: str) -> Shape:
    match fields.get("geometryType"):
        case "bitmap" | "alpha_mask":
            bitmap = object_of(fields.get("bitmap"), where)
            origin = points_of([bitmap.get("origin")], where)[0]
            return mask_of(_bitmap(bitmap.get("data"), where), where, int(origin[0]), int(origin[1]))
        case "graph":
            nodes = object_of(fields.get("nodes"), where).values()
            return box_around(points_of([object_of(node, where).get("loc") for node in nodes], where), where)
        case "cuboid":
            return box_around(points_of(fields.get("points"), where), where)
    points = object_of(fields.get("points"), where)
    exterior = points_of(points.get("exterior"), where)
    match fields.get("geometryType"):
        case "rectangle":
            return _rectangle(exterior, where)
        case "line" | "polyline" | "point":
            return stroke_of(exterior, radius, where)
    interior = list_of(points.get("interior"), "interior", where)
    return polygon_with_holes(exterior, [points_of(hole, where) for hole in interior], where)


def _rectangle(corners: list[Point], where: str) -> Rectangle:
    box = box_around(corners, where)
    last = float(all(value.is_integer() for corner in corners for value in corner))
    return Rectangle(box.x, box.y, box.width + last, box.height + last)


def _bitmap(text: Any, where: str) -> NDArray[np.bool_]:
    data = bytes_of(text, where)
    if not data.startswith(b"\x89PNG"):
        try:
            data = zlib.decompressobj().decompress(data, _MOST_BYTES)
        except zlib.error:
            data = b""
    return png_mask(data, where)
