"""YOLO text: one box a line, as shares of the picture's width and height.

    class x_centre y_centre width height [confidence]
    class x1 y1 x2 y2 x3 y3 ...              a polygon, reduced to the box around it

An empty file is a picture without boxes. Names of the classes are looked for beside the file and in the two folders
above it: obj.names or classes.txt (one a line), data.yaml (`names:`).
"""

from math import isfinite

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.class_names import find_class_names
from qmap_studio.document.annotations.reader import Reader, Source

_TOLERANCE = 0.01
"""Shares may leave 0 to 1 by rounding; far beyond they are pixels."""


def _recognises(source: Source) -> bool:
    return source.text.lstrip()[:1] != "<" and source.path.suffix.lower() != ".json"


def _read(source: Source) -> list[Annotation]:
    lines = [(number, line.split()) for number, line in enumerate(source.text.splitlines(), 1) if line.strip()]
    names = find_class_names(source.path) if lines else []
    where = tr("Line {number} of {name}")
    return [
        _box(fields, names, where.format(number=number, name=source.path.name), source.width, source.height)
        for number, fields in lines
    ]


YOLO = Reader("YOLO text", (".txt",), _recognises, _read)  # no text: a format's name


def _box(fields: list[str], names: list[str], where: str, width: int, height: int) -> Annotation:
    values = [_number(field) for field in fields]
    index, shares = values[0], values[1:]
    if None in values or index is None or index < 0 or index != int(index):
        raise AnnotationError(
            tr(
                "{where} is no YOLO box: expected a class number and 4 shares of the picture (class x y width "
                'height), found "{found}".'
            ).format(where=where, found=_shortened(fields))
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
        text = ngettext(
            "{where} has {count} field; a YOLO box has 5 (class x y width height) or 6.",
            "{where} has {count} fields; a YOLO box has 5 (class x y width height) or 6.",
            len(fields),
        )
        raise AnnotationError(text.format(where=where, count=len(fields)))
    if min(numbers) < -_TOLERANCE or max(numbers) > 1 + _TOLERANCE:
        raise AnnotationError(
            tr("{where} has values outside of 0 to 1; YOLO boxes are shares of the picture's size, not pixels.").format(
                where=where
            )
        )
    if confidence is not None and not 0 <= confidence <= 1:
        raise AnnotationError(
            tr("{where} has a confidence of {confidence:g}; expected 0 to 1.").format(
                where=where, confidence=confidence
            )
        )
    label = names[int(index)] if index < len(names) else f"class {int(index)}"
    return Annotation.box(label, left * width, top * height, box_width * width, box_height * height, confidence)


def _number(field: str) -> float | None:
    try:
        value = float(field)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _shortened(fields: list[str]) -> str:
    text = " ".join(fields)
    return text if len(text) <= 40 else text[:39] + "…"
