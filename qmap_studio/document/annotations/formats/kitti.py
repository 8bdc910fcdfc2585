"""KITTI text: the objects in a picture, one a line.

    Car 0.00 0 -1.57 599.41 156.40 629.75 189.25 2.85 2.63 12.34 0.47 1.49 69.44 -1.56
    type truncated occluded alpha left top right bottom height width length x y z rotation [score]

Edges are pixels of the picture. DontCare, where nobody looked for objects, is a class as any other. The scores of some
detectors are no shares; then there are none.
"""

from dataclasses import replace

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.tables import head_lines, lines
from qmap_studio.document.annotations.values import are_numbers, box_between, number_of, score_of, with_usable_scores

_COUNTS = 15, 16


def _recognises(source: Source) -> bool:
    found = head_lines(source)
    return 2 * sum(_is_object(line.split()) for line in found) > len(found)


def _read(source: Source) -> AnnotationsFile:
    found = placed(source, ListedPicture(""), lines(source), _annotation)
    return replace(found, annotations=with_usable_scores(found.annotations))


KITTI = Reader("KITTI text", (".txt",), _recognises, _read)  # no text: a format's name


def _is_object(fields: list[str]) -> bool:
    return len(fields) in _COUNTS and not are_numbers(fields[:1]) and are_numbers(fields[1:])


def _annotation(line: str, where: str) -> Annotation:
    fields = line.split()
    if len(fields) not in _COUNTS:
        text = tr("{where} has {count} fields; an object in KITTI text has 15 or 16.")
        raise AnnotationError(text.format(where=where, count=len(fields)))
    left, top, right, bottom = (number_of(field, "edge", where) for field in fields[4:8])
    score = score_of(fields[15], where) if len(fields) > 15 else None
    return Annotation(fields[0], box_between(left, top, right, bottom, where), score)
