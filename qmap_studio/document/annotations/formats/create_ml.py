"""Create ML JSON: pictures with boxes by their middle and size, in pixels.

    [{"image": "photo.jpg", "annotations": [
      {"label": "cat", "coordinates": {"x": 40, "y": 25, "width": 40, "height": 30}}]}]

Some writers say `imagefilename` and `annotation`.
"""

from collections.abc import Iterator
from typing import Any

from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.json_entries import JsonEntries
from qmap_studio.document.annotations.matching import ListedPicture, find_among
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.traits import has_any
from qmap_studio.document.annotations.values import (
    box_of,
    id_of,
    list_of,
    numbered,
    numbers_of,
    object_of,
    score_of,
)


def _recognises(source: Source) -> bool:
    is_one = has_any(
        source.traits,
        "2:image 2:annotations 4:coordinates",
        "2:image 2:annotation 4:coordinates",
        "2:imagefilename 2:annotation",
        "2:imagefilename 2:annotations",
    )
    # Where none of the first pictures has a box, these keys are all there is.
    keys = {trait for trait in source.traits if trait[:1].isdigit()}
    has_no_boxes = {"2:image", "2:annotations"} <= keys <= {"2:image", "2:annotations", "2:verified"}
    return (is_one or has_no_boxes) and source.head.lstrip()[:1] == "["


def _read(source: Source) -> AnnotationsFile:
    def pictures() -> Iterator[tuple[ListedPicture, Any]]:
        for number, (_, entry) in enumerate(JsonEntries(source.text), 1):
            fields = object_of(entry, source.name)
            name = id_of(fields.get("image", fields.get("imagefilename")))
            yield ListedPicture(str(number), name), fields.get("annotations", fields.get("annotation"))

    listed, found, notices = find_among(source, pictures)
    entries = numbered(list_of(found, "annotations", source.name), source.name)
    return placed(source, listed, entries, _annotation, notices)


CREATE_ML = Reader("Create ML JSON", (".json",), _recognises, _read)  # no text: a format's name


def _annotation(entry: Any, where: str) -> Annotation:
    fields = object_of(entry, where)
    x, y, width, height = numbers_of(fields.get("coordinates"), ("x", "y", "width", "height"), where)
    box = box_of(x - width / 2, y - height / 2, width, height, where)
    return Annotation(id_of(fields.get("label")), box, score_of(fields.get("confidence"), where))
