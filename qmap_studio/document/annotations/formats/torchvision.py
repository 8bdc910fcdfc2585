"""JSON of detections as torchvision, Transformers and MMDetection return them: lists side by side.

    {"boxes": [[left, top, right, bottom], ...], "labels": [1, ...], "scores": [0.9, ...]}
    [{"file_name": "photo.jpg", "boxes": [...], "labels": [...], "scores": [...]}, ...]
    {"photo.jpg": {"boxes": [...], "labels": [...], "scores": [...]}, ...}

Also with `bboxes` for `boxes`. Coordinates are pixels. A label may be a number: its name stands in a classes.txt,
obj.names or data.yaml nearby, else it is "class 1". Masks are passed over.
"""

from collections.abc import Iterator
from typing import Any

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.formats.class_names import find_data_set
from qmap_studio.document.annotations.json_entries import JsonEntries
from qmap_studio.document.annotations.matching import ListedPicture, find_among
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.traits import has_any
from qmap_studio.document.annotations.values import (
    MOST_ANNOTATIONS,
    Entry,
    box_between,
    id_of,
    is_number,
    list_of,
    numbered,
    object_of,
    score_of,
    sides_of,
)

_BOXES = "boxes", "bboxes"
_FILES = "file_name", "image", "image_path", "filename", "img_path"


def _recognises(source: Source) -> bool:
    ways = [f"{depth}:{boxes} {depth}:{more}" for depth in "12" for boxes in _BOXES for more in ("labels", "scores")]
    return has_any(source.traits, *ways) and "lines" not in source.traits


def _read(source: Source) -> AnnotationsFile:
    listed, fields, notices = find_among(source, lambda: _pictures(source))
    names = find_data_set(source.path).names

    def annotation(entry: tuple[Any, Any, Any], where: str) -> Annotation:
        box, label, score = entry
        return Annotation(
            _label(label, names), box_between(*sides_of(box, "box", where), where), score_of(score, where)
        )

    return placed(source, listed, numbered(_detections(fields, source), source.name), annotation, notices)


TORCHVISION = Reader("torchvision JSON", (".json",), _recognises, _read)  # no text: a format's name


def _pictures(source: Source) -> Iterator[tuple[ListedPicture, Entry]]:
    if has_any(source.traits, *(f"1:{boxes}" for boxes in _BOXES)):
        fields = _only_picture(source)
        yield _listed("", _file_name(fields) or source.picture.path.name, fields), fields
        return
    for number, (key, entry) in enumerate(JsonEntries(source.text), 1):
        fields = object_of(entry, source.name)
        yield _listed(str(number), key or _file_name(fields), fields), fields


def _listed(key: str, name: str, fields: Entry) -> ListedPicture:
    return ListedPicture.checked(key, name, fields.get("width"), fields.get("height"))


def _only_picture(source: Source) -> Entry:
    """All but what would be passed over, as masks are, which may be large."""
    fields: dict[str, Any] = {}
    entries = JsonEntries(source.text)
    for key, entry in entries:
        if key in entries.lists and key in (*_BOXES, "labels", "scores"):
            column = fields.setdefault(key, [])
            column.append(entry)
            if len(column) > MOST_ANNOTATIONS:
                text = tr("{name} has more than {most} boxes for one picture, too many to use.")
                raise AnnotationError(text.format(name=source.name, most=MOST_ANNOTATIONS))
        elif key in (*_FILES, "width", "height"):
            fields[key] = entry
    return fields


def _file_name(fields: Entry) -> str:
    return next(filter(None, (id_of(fields.get(name)) for name in _FILES)), "")


def _detections(fields: Entry, source: Source) -> list[tuple[Any, Any, Any]]:
    """Box, label and score of each."""
    boxes = list_of(fields.get("boxes", fields.get("bboxes")), "boxes", source.name)
    labels, scores = (list_of(fields.get(name), name, source.name) for name in ("labels", "scores"))
    for name, column in (("labels", labels), ("scores", scores)):
        if column and len(column) != len(boxes):
            text = tr("{source} has {boxes} boxes but {count} {name}; expected as many.")
            raise AnnotationError(text.format(source=source.name, boxes=len(boxes), count=len(column), name=name))
    if boxes and all(is_number(side) and side <= 1 for box in boxes if isinstance(box, list) for side in box):
        text = tr(
            "The boxes in {source} are shares of the picture, and it does not say whether they begin with a corner or "
            "the middle. Save them as pixels: left, top, right, bottom."
        )
        raise AnnotationError(text.format(source=source.name))
    nothing = [None] * len(boxes)
    return list(zip(boxes, labels or nothing, scores or nothing, strict=True))


def _label(label: Any, names: tuple[str, ...]) -> str:
    if is_number(label) and label == int(label):
        return names[int(label)] if 0 <= label < len(names) else f"class {int(label)}"
    return id_of(label) or "object"
