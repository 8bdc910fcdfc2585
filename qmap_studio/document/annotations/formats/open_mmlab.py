"""OpenMMLab JSON: text detection of MMOCR, and object detection in the same frame.

    {"metainfo": {"category": [{"id": 0, "name": "text"}]},
     "data_list": [{"img_path": "imgs/img_1.jpg", "height": 720, "width": 1280, "instances": [
       {"polygon": [x1, y1, x2, y2, ...], "bbox": [left, top, right, bottom], "bbox_label": 0, "ignore": false}]}]}

Coordinates are pixels. The polygon is the shape, else the bbox. Words that are to be ignored, for nobody can read them,
are of the class "unreadable".
"""

from collections.abc import Iterator
from typing import Any

from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.formats.icdar import UNREADABLE
from qmap_studio.document.annotations.json_entries import JsonEntries
from qmap_studio.document.annotations.matching import ListedPicture, find_among
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.traits import has_any
from qmap_studio.document.annotations.values import (
    box_between,
    id_of,
    list_of,
    numbered,
    object_of,
    points_of,
    quad_of,
    score_of,
    sides_of,
)
from qmap_studio.document.shapes import Shape


def _recognises(source: Source) -> bool:
    return has_any(source.traits, "1:metainfo 1:data_list", "1:data_list 3:img_path", "1:data_list 3:instances")


def _read(source: Source) -> AnnotationsFile:
    names: dict[str, str] = {}

    def pictures() -> Iterator[tuple[ListedPicture, Any]]:
        number = 0
        for key, entry in JsonEntries(source.text):
            if key == "metainfo":
                names.update(_names(entry))
            elif key == "data_list":
                number += 1
                fields = object_of(entry, source.name)
                name, width, height = (fields.get(key) for key in ("img_path", "width", "height"))
                yield ListedPicture.checked(str(number), id_of(name), width, height), fields.get("instances")

    listed, instances, notices = find_among(source, pictures)

    def annotation(entry: Any, where: str) -> Annotation:
        fields = object_of(entry, where)
        number = id_of(fields.get("bbox_label"))
        label = UNREADABLE if fields.get("ignore") is True else names.get(number, f"class {number}")
        return Annotation(label, _shape(fields, where), score_of(fields.get("score"), where))

    entries = numbered(list_of(instances, "instances", source.name), source.name)
    return placed(source, listed, entries, annotation, notices)


OPEN_MMLAB = Reader("OpenMMLab JSON", (".json",), _recognises, _read)  # no text: a format's name


def _shape(fields: Any, where: str) -> Shape:
    if fields.get("polygon"):
        return quad_of(points_of(fields["polygon"], where), where)
    return box_between(*sides_of(fields.get("bbox"), "bbox", where), where)


def _names(metainfo: Any) -> dict[str, str]:
    """By number; from `category`, a list of objects, or `classes`, a list of names."""
    if not isinstance(metainfo, dict):
        return {}
    classes, categories = metainfo.get("classes"), metainfo.get("category")
    names = {str(n): str(name) for n, name in enumerate(classes)} if isinstance(classes, list) else {}
    for entry in categories if isinstance(categories, list) else []:
        if isinstance(entry, dict) and entry.get("name") is not None:
            names[id_of(entry.get("id"))] = str(entry["name"])
    return names
