"""DOTA text: turned boxes in an aerial picture, one a line.

    imagesource:GoogleEarth
    gsd:0.146343590398
    2753.0 2408.0 2861.0 2385.0 2888.0 2468.0 2805.0 2502.0 plane 0
    x1 y1 x2 y2 x3 y3 x4 y4 class difficult

Corners are pixels. Four corners that are no box are a polygon.
"""

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.tables import head_lines, lines
from qmap_studio.document.annotations.values import are_numbers, number_of, quad_of

_HEADERS = "imagesource:", "gsd:"


def _recognises(source: Source) -> bool:
    found = head_lines(source)
    objects = [line for line in found if not _is_header(line)]
    if not objects:
        return bool(found) and found[0].startswith(_HEADERS[0])
    return 2 * sum(_is_object(line.split()) for line in objects) > len(objects)


def _read(source: Source) -> AnnotationsFile:
    objects = ((where, line) for where, line in lines(source) if not _is_header(line))
    return placed(source, ListedPicture(""), objects, _annotation)


DOTA = Reader("DOTA text", (".txt",), _recognises, _read)  # no text: a format's name


def _is_header(line: str) -> bool:
    return line.lower().startswith(_HEADERS)


def _is_object(fields: list[str]) -> bool:
    return len(fields) in (9, 10) and are_numbers(fields[:8]) and not are_numbers(fields[8:9])


def _annotation(line: str, where: str) -> Annotation:
    fields = line.split()
    if not _is_object(fields):
        text = tr("{where} is no DOTA box: expected 8 numbers, a class, and whether it is difficult.")
        raise AnnotationError(text.format(where=where))
    numbers = [number_of(field, "corner", where) for field in fields[:8]]
    return Annotation(fields[8], quad_of(list(zip(numbers[0::2], numbers[1::2], strict=True)), where))
