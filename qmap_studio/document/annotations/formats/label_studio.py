"""Label Studio JSON: one task or a list of them, and JSON-MIN.

    [{"id": 1, "data": {"image": "/data/upload/1/5ad7a3b1-photo.jpg"}, "annotations": [{"result": [
      {"id": "a", "type": "rectanglelabels", "original_width": 500, "original_height": 375,
       "value": {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 15, "rectanglelabels": ["dog"]}}]}]}]

    [{"id": 1, "image": "/data/upload/1/5ad7a3b1-photo.jpg", "label": [{"x": 10, ..., "rectanglelabels": ["dog"],
      "original_width": 500, "original_height": 375}]}]

All lengths are in percent of the picture's width or height. A box turns clockwise about its upper left corner, an
ellipse, which has a middle and radii, about its middle. A label may stand in an entry of its own, with the same id as
the shape. Predictions count where nobody annotated. Keypoints become as large as `radius_of_points` says.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.drawn import ellipse_of, radius_of_points, stroke_of, turned_about_corner
from qmap_studio.document.annotations.formats.label_studio_brush import brush_mask
from qmap_studio.document.annotations.json_entries import JsonEntries, one_entry
from qmap_studio.document.annotations.matching import ListedPicture, as_path, find_among
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.traits import has_any
from qmap_studio.document.annotations.values import (
    Entry,
    id_of,
    list_of,
    mask_of,
    number_of,
    numbered,
    numbers_of,
    object_of,
    points_of,
    polygon_of,
    score_of,
)
from qmap_studio.document.shapes import Shape

_PEOPLE = ("annotations", "completions")
_IMAGE_KEYS = ("image", "img", "image_url", "url", "photo", "picture")
_IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif", ".heic", ".jxl")


def _recognises(source: Source) -> bool:
    sets = (*_PEOPLE, "predictions")
    tasks = (f"{depth}:{name} {depth + 2}:result" for name in sets for depth in (1, 2))
    return has_any(
        source.traits, *tasks, *(f"2:data 2:{name}" for name in sets), "3:original_width", "4:original_width"
    )


def _read(source: Source) -> AnnotationsFile:
    def pictures() -> Iterator[tuple[ListedPicture, Entry]]:
        for value in _tasks(source):
            task = object_of(value, source.name)
            yield _listed(task, source.name), task

    listed, task, notices = find_among(source, pictures)
    size = listed.width or source.picture.width, listed.height or source.picture.height

    def annotation(entry: Any, where: str) -> Annotation | None:
        value = _value(object_of(entry, where))
        shape = _shape(value, size, where)
        score = score_of(entry.get("score"), where)
        return None if shape is None else Annotation(_label(value), shape, score)

    return placed(source, listed, numbered(_by_id(_results(task, source.name)), source.name), annotation, notices)


LABEL_STUDIO = Reader("Label Studio JSON", (".json",), _recognises, _read)  # no text: a format's name


def _tasks(source: Source) -> Iterable[Any]:
    if source.head.lstrip().startswith("["):
        return (task for _key, task in JsonEntries(source.text))
    return [one_entry(source.text)]


def _listed(task: Entry, source_name: str) -> ListedPicture:
    entries = (entry for entry in _results(task, source_name) if isinstance(entry, Mapping))
    sized: Entry = next((entry for entry in entries if "original_width" in entry), {})
    key = id_of(task.get("id"))
    return ListedPicture.checked(key, _image_name(task), sized.get("original_width"), sized.get("original_height"))


def _image_name(task: Entry) -> str:
    """The file's name within what may be a URL, or "" if the picture has none."""
    data = task.get("data")
    texts = {key: value for key, value in (data if isinstance(data, dict) else task).items() if isinstance(value, str)}
    named = [texts[key] for key in _IMAGE_KEYS if key in texts]
    for text in (*named, *texts.values()):
        name = text.partition("?d=")[2] or text.partition("?")[0]
        if not name.startswith("data:") and (text in named or as_path(name).suffix.lower() in _IMAGE_SUFFIXES):
            return name
    return ""


def _results(task: Entry, source_name: str) -> list[Any]:
    """What was drawn, as the file lists it."""
    sets = [entry for name in _PEOPLE for entry in list_of(task.get(name), name, source_name)]
    done = [entry for entry in sets if isinstance(entry, Mapping) and not entry.get("was_cancelled")]
    predicted = [] if done else list_of(task.get("predictions"), "predictions", source_name)
    found = [result for entry in done for result in list_of(entry.get("result"), "result", source_name)]
    for entry in predicted:
        fields = object_of(entry, source_name)
        results = list_of(fields.get("result"), "result", source_name)
        score = fields.get("score")
        found += [{"score": score, **entry} if isinstance(entry, dict) else entry for entry in results]
    if "data" not in task:
        lists = (value for key, value in task.items() if isinstance(value, list) and key not in _PEOPLE)
        found += [entry for value in lists for entry in value if isinstance(entry, dict) and "original_width" in entry]
    return found


def _by_id(results: list[Any]) -> list[Any]:
    """Entries of the same id as one."""
    merged: dict[Any, Any] = {}
    for number, entry in enumerate(results):
        key = id_of(entry.get("id")) if isinstance(entry, Mapping) else ""
        if key and key in merged:
            merged[key] = {**merged[key], "value": {**_value(merged[key]), **_value(entry)}}
        else:
            merged[key or number] = entry
    return list(merged.values())


def _value(entry: Entry) -> Entry:
    """JSON-MIN has it in the entry itself."""
    value = entry.get("value", entry)
    return value if isinstance(value, Mapping) else {}


def _label(value: Entry) -> str:
    labels = (names for key, names in value.items() if key.endswith("labels") and isinstance(names, list))
    return next((id_of(names[0]) for names in labels if names), "")


def _shape(value: Entry, size: tuple[float, float], where: str) -> Shape | None:
    """In pixels; None for what is no shape, such as a choice."""
    width, height = size
    across, down = width / 100, height / 100
    if "rle" in value:
        return mask_of(brush_mask(value["rle"], round(width), round(height), where), where)
    for key in ("points", "vertices"):
        if key in value:
            points = [(x * across, y * down) for x, y in points_of(value[key], where)]
            is_line = key == "vertices" and not value.get("closed")
            return stroke_of(points, radius_of_points(*size), where) if is_line else polygon_of(points, where)
    if "x" not in value:
        return None
    x, y = numbers_of(value, ("x", "y"), where)
    x, y = x * across, y * down
    angle = number_of(value.get("rotation") or 0, "rotation", where)
    if "radiusX" in value:
        radius_x, radius_y = numbers_of(value, ("radiusX", "radiusY"), where)
        return ellipse_of(x, y, radius_x * across, radius_y * down, where, angle)
    if "height" in value:
        box_width, box_height = numbers_of(value, ("width", "height"), where)
        return turned_about_corner(x, y, box_width * across, box_height * down, angle, where)
    return stroke_of([(x, y)], radius_of_points(*size), where)
