"""VGG Image Annotator, versions 1 and 2: its project, its JSON export and its CSV export.

    {"photo.jpg60541": {"filename": "photo.jpg", "size": 60541, "file_attributes": {}, "regions": [
      {"shape_attributes": {"name": "rect", "x": 1, "y": 2, "width": 30, "height": 40},
       "region_attributes": {"class": "dog"}}]}}

    {"_via_settings": {...}, "_via_img_metadata": {"photo.jpg60541": {...}}}

    filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes
    photo.jpg,60541,"{}",1,0,"{""name"":""rect"",""x"":1,""y"":2,""width"":30,""height"":40}","{""class"":""dog""}"

In pixels, where the first pixel spans 0 to 1; an ellipse turns by `theta` in radians clockwise. The size is that of the
file, in bytes. The class is the attribute that is called so, or by another usual name, else the first one that has a
value. Points and lines become as wide as `radius_of_points` says.
"""

import json
from collections.abc import Iterator, Mapping
from math import degrees
from typing import Any

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.drawn import ellipse_of, radius_of_points, stroke_of
from qmap_studio.document.annotations.json_entries import JsonEntries
from qmap_studio.document.annotations.matching import ListedPicture, find_among, find_picture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.tables import table
from qmap_studio.document.annotations.traits import has_any
from qmap_studio.document.annotations.values import (
    Entry,
    Point,
    box_of,
    id_of,
    list_of,
    number_of,
    numbered,
    numbers_of,
    object_of,
    points_of,
    polygon_of,
)
from qmap_studio.document.shapes import Shape

_CLASS_NAMES = ("class", "label", "type", "name", "category")
_METADATA = "_via_img_metadata"
_MOST_PICTURES = 300_000


def _recognises_json(source: Source) -> bool:
    ways = (f"1:{_METADATA}", "1:_via_settings", "2:filename 2:regions", "2:regions 4:shape_attributes")
    return has_any(source.traits, *ways)


def _read_json(source: Source) -> AnnotationsFile:
    def pictures() -> Iterator[tuple[ListedPicture, Entry]]:
        for key, value in JsonEntries(source.text, opened=(_METADATA,)):
            if isinstance(value, dict) and "regions" in value:
                yield ListedPicture(str(key), id_of(value.get("filename"))), value

    listed, entry, notices = find_among(source, pictures)
    regions = entry["regions"]
    if isinstance(regions, dict):  # as version 1 writes them
        regions = list(regions.values())

    def annotation(region: Any, where: str) -> Annotation:
        fields = object_of(region, where)
        return _annotation(fields.get("shape_attributes"), fields.get("region_attributes"), source, where)

    entries = numbered(list_of(regions, "regions", source.name), source.name)
    return placed(source, listed, entries, annotation, notices)


def _recognises_csv(source: Source) -> bool:
    return ",region_shape_attributes" in source.traits


def _read_csv(source: Source) -> AnnotationsFile:
    listed, notices = find_picture(_pictures(source), source)
    rows = ((where, row) for where, row in table(source) if _picture(row) == listed and _has_region(row))

    def annotation(row: dict[str, str], where: str) -> Annotation:
        return _annotation(_object(row, _SHAPE, where), _object(row, "region_attributes", where), source, where)

    return placed(source, listed, rows, annotation, notices)


VIA = Reader("VGG Image Annotator JSON", (".json",), _recognises_json, _read_json)  # no text: a format's name
VIA_CSV = Reader("VGG Image Annotator CSV", (".csv",), _recognises_csv, _read_csv)  # no text: a format's name

_SHAPE = "region_shape_attributes"


def _pictures(source: Source) -> list[ListedPicture]:
    """Each once, for all its rows."""
    found: dict[ListedPicture, None] = {}
    for _where, row in table(source):
        found[_picture(row)] = None
        if len(found) > _MOST_PICTURES:
            text = tr("{source} lists more than {most} pictures, too many to choose from.")
            raise AnnotationError(text.format(source=source.name, most=_MOST_PICTURES))
    return list(found)


def _picture(row: dict[str, str]) -> ListedPicture:
    name = row.get("filename", "")
    return ListedPicture(name + row.get("file_size", ""), name)


def _has_region(row: dict[str, str]) -> bool:
    """A picture without regions has a row as well."""
    return row.get(_SHAPE, "").strip() not in ("", "{}")


def _object(row: dict[str, str], column: str, where: str) -> Any:
    """What a column holds as JSON."""
    try:
        return json.loads(row.get(column) or "{}")
    except (ValueError, RecursionError) as error:
        text = tr("{where} is damaged: its {column} are no JSON.")
        raise AnnotationError(text.format(where=where, column=column)) from error


def _annotation(shape: Any, attributes: Any, source: Source, where: str) -> Annotation:
    return Annotation(_label(attributes), _shape(object_of(shape, where), source, where))


def _label(attributes: Any) -> str:
    texts = {}
    for name, value in attributes.items() if isinstance(attributes, Mapping) else ():
        # Of several boxes to tick, those that are.
        ticked = next((key for key, is_so in value.items() if is_so), "") if isinstance(value, Mapping) else value
        if text := id_of(ticked):
            texts[name.lower()] = text
    usual = (texts[name] for name in _CLASS_NAMES if name in texts)
    return next(usual, next(iter(texts.values()), ""))


def _shape(shape: Entry, source: Source, where: str) -> Shape:
    radius = radius_of_points(source.picture.width, source.picture.height)
    match shape.get("name"):
        case "rect":
            x, y, width, height = numbers_of(shape, ("x", "y", "width", "height"), where)
            return box_of(x, y, width, height, where)
        case "circle":
            x, y, size = numbers_of(shape, ("cx", "cy", "r"), where)
            return ellipse_of(x, y, size, size, where)
        case "ellipse":
            x, y, radius_x, radius_y = numbers_of(shape, ("cx", "cy", "rx", "ry"), where)
            return ellipse_of(
                x, y, radius_x, radius_y, where, degrees(number_of(shape.get("theta", 0), "theta", where))
            )
        case "polygon":
            return polygon_of(_points(shape, where), where)
        case "polyline":
            return stroke_of(_points(shape, where), radius, where)
        case "point":
            x, y = numbers_of(shape, ("cx", "cy"), where)
            return stroke_of([(x, y)], radius, where)
    raise AnnotationError(
        tr("{where} is of an unknown kind: {kind}.").format(where=where, kind=id_of(shape.get("name")))
    )


def _points(shape: Entry, where: str) -> list[Point]:
    xs, ys = (list_of(shape.get(name), name, where) for name in ("all_points_x", "all_points_y"))
    return points_of(list(zip(xs, ys, strict=False)), where)
