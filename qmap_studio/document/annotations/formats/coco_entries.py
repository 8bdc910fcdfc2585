"""The parts of COCO JSON: what one entry says."""

from typing import Any

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.formats.run_lengths import mask_of_run_lengths
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.values import (
    FARTHEST_PX,
    box_around,
    id_of,
    is_number,
    points_of,
    polygons_of,
)
from qmap_studio.document.shapes import Polygon, Rectangle, Shape

Entry = dict[str, Any]


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
    key, name = id_of(entry.get("id")), id_of(entry.get("file_name"))
    return ListedPicture.checked(key, name, entry.get("width"), entry.get("height"))


def annotation_of(entry: Entry, names: dict[str, str], where: str) -> Annotation:
    """An entry of `annotations` or a detection, in pixels of the annotated picture.

    Args:
        names: of the categories, by id.
    Raises:
        AnnotationError: it has no usable box, or a score that is no number.
    """
    category = id_of(entry.get("category_id"))
    label = names.get(category, f"category {category}") if category else "object"
    return Annotation(label, _shape(entry, where), _score(entry, where))


def _score(entry: Entry, where: str) -> float | None:
    score = entry.get("score")
    if score is not None and not isinstance(score, float) and not is_number(score):
        raise AnnotationError(tr("{where} has a score that is no number.").format(where=where))
    # Python writes NaN for a score that nobody computed.
    return float(score) if is_number(score) else None


def _shape(entry: Entry, where: str) -> Shape:
    """Its outline or mask if it has a usable one, else its box."""
    segmentation, box = entry.get("segmentation"), _box(entry) or _box_of_keypoints(entry)
    if not segmentation:
        if box is None:
            raise _no_box(entry, where)
        return box
    try:
        outlined = _outlined(segmentation, where)
    except AnnotationError:
        if box is None:
            raise
        return box
    return box if box is not None and _is_outline_of(outlined, box) else outlined


def _outlined(segmentation: Any, where: str) -> Shape:
    if isinstance(segmentation, dict):
        return mask_of_run_lengths(segmentation, where)
    parts = segmentation if isinstance(segmentation, list) else []
    if parts and not isinstance(parts[0], list):
        parts = [parts]
    return polygons_of([points_of(part, where) for part in parts], where)


def _box(entry: Entry) -> Rectangle | None:
    bbox = entry.get("bbox")
    if isinstance(bbox, list) and len(bbox) == 4 and all(is_number(value) for value in bbox):
        x, y, width, height = (float(value) for value in bbox)
        if width >= 0 and height >= 0 and max(map(abs, (x, y, width, height))) <= FARTHEST_PX:
            return Rectangle(x, y, width, height)
    return None


def _box_of_keypoints(entry: Entry) -> Rectangle | None:
    """The box around those of x, y, visibility that are marked: detectors of poses write nothing else."""
    keypoints = entry.get("keypoints")
    if not isinstance(keypoints, list) or len(keypoints) % 3 or not all(map(is_number, keypoints)):
        return None
    marked = [(x, y) for x, y, seen in zip(keypoints[0::3], keypoints[1::3], keypoints[2::3], strict=True) if seen > 0]
    is_near = all(abs(value) <= FARTHEST_PX for point in marked for value in point)
    return box_around(marked, "") if marked and is_near else None


def _no_box(entry: Entry, where: str) -> AnnotationError:
    if "segments_info" in entry:
        text = tr("{where} is panoptic: its outlines are the colours of {name}, which can be opened as masks.")
        return AnnotationError(text.format(where=where, name=id_of(entry.get("file_name")) or "a PNG"))
    text = tr("{where} has no usable box: expected a bbox of 4 numbers [x, y, width, height].")
    return AnnotationError(text.format(where=where))


def _is_outline_of(shape: Shape, box: Rectangle) -> bool:
    """Whether it is the box once more, corner by corner."""
    return isinstance(shape, Polygon) and len(set(shape.points)) == 4 and set(shape.points) == set(box.frame.corners)
