"""ICDAR text: the words in a photo, one a line; a file is of one picture.

    377,117,463,117,465,130,378,130,Genaxis Theatre         four corners, ### for a word that nobody can read
    377,117,463,117,465,130,378,130,Latin,Genaxis           the same with the script
    38, 43, 920, 215, "Tiredness"                           left, top, right, bottom
    158 128 411 181 "Footpath"

Coordinates are pixels. Words are of the class "text"; those that nobody can read, "unreadable".
"""

import re

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.tables import head_lines, lines
from qmap_studio.document.annotations.values import box_between, number_of, quad_of

TEXT, UNREADABLE = "text", "unreadable"  # no text: names of classes

_LONGEST = 10_000
_NUMBER = r"\s*-?\d+(?:\.\d+)?\s*"
_QUAD = re.compile(rf"({_NUMBER}(?:,{_NUMBER}){{7}})(?:,(.*))?")
_BOX = re.compile(rf"({_NUMBER}(?:,{_NUMBER}){{3}}),(.*[^\d\s.,-].*)")
_SPACED = re.compile(r'((?:-?\d+(?:\.\d+)?\s+){4})(".*")')


def _recognises(source: Source) -> bool:
    found = head_lines(source) if source.path.suffix.lower() == ".txt" else []
    return 2 * sum(_parts(line) is not None for line in found) > len(found)


def _read(source: Source) -> AnnotationsFile:
    return placed(source, ListedPicture(""), lines(source), _annotation)


ICDAR = Reader("ICDAR text", (".txt",), _recognises, _read)  # no text: a format's name


def _annotation(line: str, where: str) -> Annotation:
    parts = _parts(line)
    if parts is None:
        text = tr("{where} is no word of a photo: expected 8 numbers, or 4, and the word.")
        raise AnnotationError(text.format(where=where))
    numbers, word = parts
    values = [number_of(number, "corner", where) for number in numbers]
    label = UNREADABLE if word == "###" else TEXT
    if len(values) == 4:
        return Annotation(label, box_between(values[0], values[1], values[2], values[3], where))
    return Annotation(label, quad_of(list(zip(values[0::2], values[1::2], strict=True)), where))


def _parts(line: str) -> tuple[list[str], str] | None:
    """The numbers of a line and its word; None if it is no such line."""
    if len(line) > _LONGEST:
        return None
    match = _QUAD.fullmatch(line) or _BOX.fullmatch(line) or _SPACED.fullmatch(line)
    if match is None:
        return None
    word = (match.group(2) or "").rpartition(",")[2].strip().strip('"')
    return match.group(1).replace(",", " ").split(), word
