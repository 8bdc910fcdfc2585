"""The parts of COCO JSON: what one entry says."""

from math import isfinite
from typing import Any, TypeGuard

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.placement import Placement
from qmap_studio.document.annotations.run_lengths import box_of_run_lengths

Entry = dict[str, Any]


def id_of(value: Any) -> str:
    """Ids are compared as text: one writer says 7, another "7" or 7.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int | float | str) else ""


def object_of(value: Any, what: str, source: str) -> Entry:
    """An entry of a list of objects.

    Raises:
        AnnotationError: it is something else.
    """
    if not isinstance(value, dict):
        raise AnnotationError(
            tr("{source} is no COCO JSON: its {what} are no list of objects.").format(source=source, what=what)
        )
    return value


def picture_of(entry: Entry) -> ListedPicture:
    """An entry of `images`."""
    name, width, height = entry.get("file_name"), entry.get("width"), entry.get("height")
    has_size = _is_number(width) and _is_number(height) and width > 0 and height > 0
    return ListedPicture(id_of(entry.get("id")), id_of(name), width if has_size else None, height if has_size else None)


def annotation_of(entry: Entry, number: int, names: dict[str, str], source: str, placement: Placement) -> Annotation:
    """An entry of `annotations` or a detection.

    Args:
        number: of the entry, from 1 on, for messages.
        names: of the categories, by id.
    Raises:
        AnnotationError: it has no usable box, or a score that is no number.
    """
    category = id_of(entry.get("category_id"))
    score = entry.get("score")
    if score is not None and not isinstance(score, float) and not _is_number(score):
        raise AnnotationError(
            tr("Annotation {number} in {source} has a score that is no number.").format(number=number, source=source)
        )
    bounds = _bounds(entry, number, source)
    # Python writes NaN for a score that nobody computed.
    known_score = float(score) if _is_number(score) else None
    return placement.box(names.get(category, f"category {category}"), bounds, known_score)


def _bounds(entry: Entry, number: int, source: str) -> tuple[float, float, float, float]:
    bbox, segmentation = entry.get("bbox"), entry.get("segmentation")
    if isinstance(bbox, list) and len(bbox) == 4 and all(_is_number(value) for value in bbox):
        x, y, width, height = (float(value) for value in bbox)
        if width >= 0 and height >= 0:
            return x, y, width, height
    elif not bbox and isinstance(segmentation, dict):
        return box_of_run_lengths(
            segmentation, tr("Annotation {number} in {source}").format(number=number, source=source)
        )
    elif not bbox and isinstance(segmentation, list):
        points = [value for polygon in segmentation if isinstance(polygon, list) for value in polygon]
        if points and len(points) % 2 == 0 and all(_is_number(value) for value in points):
            x, y = float(min(points[0::2])), float(min(points[1::2]))
            return x, y, float(max(points[0::2])) - x, float(max(points[1::2])) - y
    raise AnnotationError(
        tr(
            "Annotation {number} in {source} has no usable box: expected a bbox of 4 numbers [x, y, width, height]."
        ).format(number=number, source=source)
    )


def _is_number(value: Any) -> TypeGuard[float]:
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
