"""VisDrone text: the objects in a picture taken from a drone, one a line.

    684,8,273,116,0,0,0,0
    left,top,width,height,score,class,truncation,occlusion

Coordinates are pixels. In ground truth the score is 1 for what counts, else 0; then there are no scores.
"""

from dataclasses import replace

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.tables import head_lines, lines
from qmap_studio.document.annotations.values import are_numbers, box_of, number_of, score_of, with_usable_scores

_CLASSES = (
    "ignored region",
    "pedestrian",
    "people",
    "bicycle",
    "car",
    "van",
    "truck",
    "tricycle",
    "awning tricycle",
    "bus",
    "motor",
    "others",
)


def _recognises(source: Source) -> bool:
    found = head_lines(source) if source.path.suffix.lower() == ".txt" else []
    return 2 * sum(_is_object(_fields(line)) for line in found) > len(found)


def _read(source: Source) -> AnnotationsFile:
    found = placed(source, ListedPicture(""), lines(source), _annotation)
    annotations = with_usable_scores(found.annotations)
    if all(one.score in (0, 1) for one in annotations):
        annotations = tuple(replace(one, score=None) for one in annotations)
    return replace(found, annotations=annotations)


VISDRONE = Reader("VisDrone text", (".txt",), _recognises, _read)  # no text: a format's name


def _fields(line: str) -> list[str]:
    return line.strip(" ,").split(",")


def _is_object(fields: list[str]) -> bool:
    """Four corners have eight numbers as well, but larger ones."""
    if len(fields) != 8 or not are_numbers(fields):
        return False
    score, number, truncation, occlusion = map(float, fields[4:])
    return score <= 1 and 0 <= number < len(_CLASSES) and -1 <= truncation <= 1 and -1 <= occlusion <= 2


def _annotation(line: str, where: str) -> Annotation:
    fields = _fields(line)
    if not _is_object(fields):
        text = tr("{where} is no VisDrone box: expected left, top, width, height, score, class and two flags.")
        raise AnnotationError(text.format(where=where))
    left, top, width, height, number = (number_of(fields[n], "box", where) for n in (0, 1, 2, 3, 5))
    box = box_of(left, top, width, height, where)
    return Annotation(_CLASSES[int(number)], box, score_of(fields[4].strip(), where))
