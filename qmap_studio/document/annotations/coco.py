"""COCO JSON: data sets (pictures, categories, annotations) and lists of detections.

    {"images": [{"id": 7, "file_name": "a/photo.jpg", "width": 500, "height": 375}, ...],
     "categories": [{"id": 1, "name": "person"}, ...],
     "annotations": [{"image_id": 7, "category_id": 1, "bbox": [x, y, width, height]}, ...]}

    [{"image_id": 7, "category_id": 1, "bbox": [x, y, width, height], "score": 0.93}, ...]

Ids may start anywhere and may be text. Without a usable bbox, the segmentation (polygons or run lengths) is reduced
to the box around it.
"""

import json
from collections.abc import Iterator
from math import isfinite
from pathlib import PurePosixPath
from typing import Any, TypeGuard

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.reader import Reader, Source
from qmap_studio.document.annotations.run_lengths import box_of_run_lengths


def _recognises(source: Source) -> bool:
    return source.text.lstrip()[:1] in ("{", "[")


def _read(source: Source) -> list[Annotation]:
    """The boxes of one picture; for a picture of the same shape but another size they are scaled to it."""
    try:
        content = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        raise AnnotationError(
            tr("{name} is damaged or cut short: no valid JSON.").format(name=source.path.name)
        ) from error
    image_path = _path_of(source.image_name)
    if isinstance(content, list):
        return _detections(content, source.path.name, image_path)
    return _of_data_set(content, source.path.name, image_path, source.width, source.height)


COCO = Reader("COCO JSON", (".json",), _recognises, _read)  # no text: a format's name


def _detections(content: list[Any], source: str, image_path: PurePosixPath) -> list[Annotation]:
    entries = _entries(content, "detections", source)
    ids = {_id(entry.get("image_id")) for entry in entries}
    image_id = _detected_id(ids, image_path, source)
    return [
        _annotation(entry, number, {}, source, (1.0, 1.0))
        for number, entry in enumerate(entries)
        if _id(entry.get("image_id")) == image_id
    ]


def _of_data_set(content: Any, source: str, image_path: PurePosixPath, width: int, height: int) -> list[Annotation]:
    if not isinstance(content, dict) or not isinstance(content.get("images"), list):
        raise AnnotationError(_what_else(content).format(source=source))
    if not isinstance(content.get("annotations"), list):
        raise AnnotationError(tr("{source} lists images but no annotations; expected COCO JSON.").format(source=source))
    image = _find_image(_entries(content["images"], "images", source), image_path, width, height, source)
    scales = _scales(image, width, height, source)
    categories = content.get("categories")
    names = {
        _id(entry.get("id")): str(entry["name"])
        for entry in _entries(categories if isinstance(categories, list) else [], "categories", source)
        if entry.get("name") is not None
    }
    image_id = _id(image.get("id"))
    return [
        _annotation(entry, number, names, source, scales)
        for number, entry in enumerate(_entries(content["annotations"], "annotations", source))
        if _id(entry.get("image_id")) == image_id
    ]


def _find_image(
    images: list[dict[str, Any]], path: PurePosixPath, width: int, height: int, source: str
) -> dict[str, Any]:
    """The picture's entry: by file name, else by an id that is its name, else the only one there is, if it fits."""
    same_name = [entry for entry in images if _path_of(entry.get("file_name")).name == path.name]
    # The same name in several folders: the longest common end of the paths tells them apart, then the size.
    best = max((_common_end(entry, path) for entry in same_name), default=0)
    same_name = [entry for entry in same_name if _common_end(entry, path) == best]
    same_size = [entry for entry in same_name if (entry.get("width"), entry.get("height")) == (width, height)]
    for found in (same_name, same_size):
        if len(found) == 1:
            return found[0]
    if same_name:
        text = ngettext(
            "{source} lists {count} picture named {name}: it is not clear which one.",
            "{source} lists {count} pictures named {name}: it is not clear which one.",
            len(same_name),
        )
        raise AnnotationError(text.format(source=source, count=len(same_name), name=path.name))
    by_id = [entry for entry in images if _names_picture(_id(entry.get("id")), path)]
    if len(by_id) == 1 and not by_id[0].get("file_name"):
        return by_id[0]
    if len(images) == 1 and (images[0].get("width"), images[0].get("height")) == (width, height):
        return images[0]
    if not images:
        raise AnnotationError(
            tr("{source} has no boxes for {name}: it lists 0 other pictures.").format(source=source, name=path.name)
        )
    examples = [_path_of(entry.get("file_name")).name for entry in images[:3]] + ["..."] * (len(images) > 3)
    text = ngettext(
        "{source} has no boxes for {name}: it lists {count} other picture ({examples}).",
        "{source} has no boxes for {name}: it lists {count} other pictures ({examples}).",
        len(images),
    )
    raise AnnotationError(text.format(source=source, name=path.name, count=len(images), examples=", ".join(examples)))


def _detected_id(ids: set[str], path: PurePosixPath, source: str) -> str:
    """Lists of detections hold no file names: the id is the picture's name, or the only one there is."""
    found = [image_id for image_id in ids if _names_picture(image_id, path)]
    if len(found) == 1:
        return found[0]
    if len(ids) == 1:
        return ids.pop()
    text = ngettext(
        "{source} is a list of detections in {count} picture, and none of their ids is {name}.",
        "{source} is a list of detections in {count} pictures, and none of their ids is {name}.",
        len(ids),
    )
    raise AnnotationError(text.format(source=source, count=len(ids), name=path.stem))


def _scales(image: dict[str, Any], width: int, height: int, source: str) -> tuple[float, float]:
    """Factors from the annotated picture to this one."""
    listed_width, listed_height = image.get("width"), image.get("height")
    if not (_is_positive(listed_width) and _is_positive(listed_height)):
        return 1.0, 1.0
    scale_x, scale_y = width / listed_width, height / listed_height
    # A resized picture has the same shape, up to the rounding of its shorter side to whole pixels.
    if abs(scale_x * listed_height - height) > 1 and abs(scale_y * listed_width - width) > 1:
        raise AnnotationError(
            tr(
                "The boxes in {source} are for a picture of {listed_width} x {listed_height} pixels, this one is "
                "{width} x {height}, of another shape."
            ).format(source=source, listed_width=listed_width, listed_height=listed_height, width=width, height=height)
        )
    return scale_x, scale_y


def _annotation(
    entry: dict[str, Any], number: int, names: dict[str, str], source: str, scales: tuple[float, float]
) -> Annotation:
    category = _id(entry.get("category_id"))
    score = entry.get("score")
    if score is not None and not _is_number(score):
        raise AnnotationError(
            tr("Annotation {number} in {source} has a score that is no number.").format(
                number=number + 1, source=source
            )
        )
    x, y, width, height = _bounds(entry, number, source)
    label = names.get(category, f"category {category}")
    across, down = scales
    return Annotation.box(
        label, x * across, y * down, width * across, height * down, None if score is None else float(score)
    )


def _bounds(entry: dict[str, Any], number: int, source: str) -> tuple[float, float, float, float]:
    bbox, segmentation = entry.get("bbox"), entry.get("segmentation")
    if isinstance(bbox, list) and len(bbox) == 4 and all(_is_number(value) for value in bbox):
        x, y, width, height = (float(value) for value in bbox)
        if width >= 0 and height >= 0:
            return x, y, width, height
    elif not bbox and isinstance(segmentation, dict):
        return box_of_run_lengths(
            segmentation, tr("Annotation {number} in {source}").format(number=number + 1, source=source)
        )
    elif not bbox and isinstance(segmentation, list):
        points = [value for polygon in segmentation if isinstance(polygon, list) for value in polygon]
        if points and len(points) % 2 == 0 and all(_is_number(value) for value in points):
            x, y = float(min(points[0::2])), float(min(points[1::2]))
            return x, y, float(max(points[0::2])) - x, float(max(points[1::2])) - y
    raise AnnotationError(
        tr(
            "Annotation {number} in {source} has no usable box: expected a bbox of 4 numbers [x, y, width, height]."
        ).format(number=number + 1, source=source)
    )


def _entries(values: list[Any], what: str, source: str) -> list[dict[str, Any]]:
    if not all(isinstance(value, dict) for value in values):
        raise AnnotationError(
            tr("{source} is no COCO JSON: its {what} are no list of objects.").format(source=source, what=what)
        )
    return values


def _what_else(content: Any) -> str:
    """What else the file seems to be, in a sentence that lacks the file's name."""
    if isinstance(content, dict) and "shapes" in content and "imagePath" in content:
        return tr("{source} is a LabelMe file, not COCO JSON: it lists no images.")
    return tr("{source} is other JSON, not COCO JSON: it lists no images.")


def _path_of(name: Any) -> PurePosixPath:
    return PurePosixPath(str(name or "").replace("\\", "/"))


def _common_end(entry: dict[str, Any], path: PurePosixPath) -> int:
    """How many folders and names two paths share, counted from their ends."""
    pairs: Iterator[tuple[str, str]] = zip(
        reversed(_path_of(entry.get("file_name")).parts), reversed(path.parts), strict=False
    )
    count = 0
    for listed, part in pairs:
        if listed != part:
            break
        count += 1
    return count


def _names_picture(image_id: str, path: PurePosixPath) -> bool:
    """Whether an id is the picture's name: "000000000139.jpg" is picture 139."""
    return image_id in (path.name, path.stem) or (path.stem.isdecimal() and image_id == str(int(path.stem)))


def _id(value: Any) -> str:
    """Ids are compared as text: one writer says 7, another "7"."""
    return "" if value is None else str(value)


def _is_number(value: Any) -> TypeGuard[float]:
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def _is_positive(value: Any) -> TypeGuard[float]:
    return _is_number(value) and value > 0
