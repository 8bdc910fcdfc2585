"""Boxes from annotation files: one reader a format, chosen by the file's content."""

import json
from pathlib import Path

from ...core.errors import AnnotationError
from .boxes import Box
from .coco import coco_boxes
from .yolo import yolo_boxes

__all__ = ["Box", "read_annotations"]

_MAX_BYTES = 600 * 2**20  # the largest COCO file there is, train2017, takes 450 MB


def read_annotations(path: Path | str, image_name: Path | str, width: int, height: int) -> list[Box]:
    """Reads the boxes of one picture from COCO JSON or YOLO text.

    Args:
        path: the annotation file.
        image_name: the picture's file name, with or without its folder; finds it among a COCO file's pictures.
        width, height: of the picture, upright.
    Returns:
        The boxes that touch the picture, clipped to it; none if the file knows none for it.
    Raises:
        AnnotationError: the file cannot be read, is of another format or does not know the picture.
    """
    path = Path(path)
    text = _read_text(path)
    if text.lstrip()[:1] in ("{", "["):
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise AnnotationError(f"{path.name} is damaged or cut short: no valid JSON.") from error
        boxes = coco_boxes(content, path.name, image_name, width, height)
    elif text.lstrip()[:1] == "<":
        raise AnnotationError(f"{path.name} is an XML file; expected COCO JSON or YOLO text.")
    elif path.suffix.lower() == ".json":
        raise AnnotationError(f"{path.name} holds no JSON; expected COCO JSON or YOLO text.")
    else:
        boxes = yolo_boxes(text, path, width, height)
    return [box for box in (_clipped(box, width, height) for box in boxes) if box is not None]


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise AnnotationError(f"{path.name} is larger than {_MAX_BYTES >> 20} MB, too large for a file of boxes.")
        # Some tools begin their files with a byte order mark.
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise AnnotationError(f"Cannot read the boxes in {path}: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise AnnotationError(f"{path.name} is no text file; expected COCO JSON or YOLO text.") from error


def _clipped(box: Box, width: int, height: int) -> Box | None:
    left, top = max(0.0, box.x), max(0.0, box.y)
    right, bottom = min(float(width), box.x + box.width), min(float(height), box.y + box.height)
    if right <= left or bottom <= top:
        return None
    return Box(box.label, left, top, right - left, bottom - top, box.confidence)
