"""LabelMe JSON, also as its kin (X-AnyLabeling) write it: one picture and its shapes, with the picture itself inside.

    {"imagePath": "photo.jpg", "imageWidth": 500, "imageHeight": 375, "imageData": "<base64>", "shapes": [
      {"label": "dog", "shape_type": "rectangle", "points": [[1, 2], [30.5, 40]], "group_id": null, "mask": null}]}

Points are in pixels, where the first pixel spans 0 to 1. A rectangle has two corners in any order, or four; a circle
its middle and a point on it; a mask is a PNG whose first pixel lies at the first of two points. Points and lines become
as wide as `radius_of_points` says; a set of points is the box around them. `imageData` is passed over.
"""

from math import dist
from typing import Any

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.drawn import bytes_of, ellipse_of, png_mask, radius_of_points, stroke_of
from qmap_studio.document.annotations.json_entries import JsonEntries
from qmap_studio.document.annotations.matching import ListedPicture, find_picture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.traits import has_any
from qmap_studio.document.annotations.values import (
    box_around,
    id_of,
    mask_of,
    numbered,
    object_of,
    points_of,
    polygon_of,
    quad_of,
    score_of,
)
from qmap_studio.document.shapes import Shape


def _recognises(source: Source) -> bool:
    ways = "1:shapes 1:imagePath", "1:imageData", "1:shapes 3:shape_type", "1:shapes 3:label 3:points"
    return has_any(source.traits, *ways)


def _read(source: Source) -> AnnotationsFile:
    entries = _entries(source)
    about = {key: value for key, value in entries if key in ("imagePath", "imageWidth", "imageHeight")}
    if "shapes" not in entries.lists:
        raise AnnotationError(tr("{name} has no list of shapes.").format(name=source.name))
    name, width, height = (about.get(key) for key in ("imagePath", "imageWidth", "imageHeight"))
    listed, notices = find_picture([ListedPicture.checked("", id_of(name), width, height)], source)
    radius = radius_of_points(listed.width or source.picture.width, listed.height or source.picture.height)

    def annotation(entry: Any, where: str) -> Annotation:
        fields = object_of(entry, where)
        return Annotation(
            id_of(fields.get("label")), _shape(fields, radius, where), score_of(fields.get("score"), where)
        )

    shapes = (entry for key, entry in _entries(source) if key == "shapes")
    return placed(source, listed, numbered(shapes, source.name), annotation, notices)


LABELME = Reader("LabelMe JSON", (".json",), _recognises, _read)  # no text: a format's name


def _entries(source: Source) -> JsonEntries:
    return JsonEntries(source.text, skipped=("imageData",))


def _shape(fields: Any, radius: float, where: str) -> Shape:
    points = points_of(fields.get("points"), where)
    match fields.get("shape_type"):
        case "rectangle":
            return box_around(points, where)
        case "circle" if len(points) == 2:
            size = dist(*points)
            return ellipse_of(*points[0], size, size, where)
        case "line" | "linestrip" | "point":
            return stroke_of(points, radius, where)
        case "points":
            return box_around(points, where) if len(points) > 1 else stroke_of(points, radius, where)
        case "oriented_rectangle" | "rotation":
            return quad_of(points, where)
        case "mask":
            x, y = (int(value) for value in (points or [(0, 0)])[0])
            return mask_of(png_mask(bytes_of(fields.get("mask"), where), where), where, x, y)
    return polygon_of(points, where)
