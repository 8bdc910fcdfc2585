"""YOLO text: one box a line, as shares of the picture's width and height.

    class x_centre y_centre width height [confidence]
    class x1 y1 x2 y2 x3 y3 ...              a polygon, reduced to the box around it

An empty file is a picture without boxes. Names of the classes are looked for beside the file and in the two folders
above it: obj.names or classes.txt (one a line), data.yaml (`names:`).
"""

from math import isfinite
from pathlib import Path

from ...core.errors import AnnotationError
from .boxes import Box
from .class_names import find_class_names

_TOLERANCE = 0.01
"""Shares may leave 0 to 1 by rounding; far beyond they are pixels."""


def yolo_boxes(text: str, path: Path, width: int, height: int) -> list[Box]:
    """The boxes in a YOLO file.

    Args:
        text: what the file holds.
        path: the file, for messages and to find the classes' names.
        width, height: of the picture.
    Returns:
        Boxes in pixels of the picture, not clipped.
    Raises:
        AnnotationError: a line is no YOLO box; its number is in the message.
    """
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    names = find_class_names(path) if lines else []
    return [_box(fields, names, f"Line {number} of {path.name}", width, height) for number, fields in lines]


def _box(fields: list[str], names: list[str], where: str, width: int, height: int) -> Box:
    values = [_number(field) for field in fields]
    index, shares = values[0], values[1:]
    if None in values or index is None or index < 0 or index != int(index):
        raise AnnotationError(
            f"{where} is no YOLO box: expected a class number and 4 shares of the picture "
            f'(class x y width height), found "{_shortened(fields)}".'
        )
    numbers = [share for share in shares if share is not None]
    confidence = numbers.pop() if len(numbers) == 5 else None
    if len(numbers) == 4:
        centre_x, centre_y, box_width, box_height = numbers
        left, top = centre_x - box_width / 2, centre_y - box_height / 2
    elif len(numbers) >= 6 and len(numbers) % 2 == 0:
        left, top = min(numbers[0::2]), min(numbers[1::2])
        box_width, box_height = max(numbers[0::2]) - left, max(numbers[1::2]) - top
    else:
        raise AnnotationError(f"{where} has {len(fields)} fields; a YOLO box has 5 (class x y width height) or 6.")
    if min(numbers) < -_TOLERANCE or max(numbers) > 1 + _TOLERANCE:
        raise AnnotationError(
            f"{where} has values outside of 0 to 1; YOLO boxes are shares of the picture's size, not pixels."
        )
    if confidence is not None and not 0 <= confidence <= 1:
        raise AnnotationError(f"{where} has a confidence of {confidence:g}; expected 0 to 1.")
    label = names[int(index)] if index < len(names) else f"class {int(index)}"
    return Box(label, left * width, top * height, box_width * width, box_height * height, confidence)


def _number(field: str) -> float | None:
    try:
        value = float(field)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _shortened(fields: list[str]) -> str:
    text = " ".join(fields)
    return text if len(text) <= 40 else text[:39] + "…"
