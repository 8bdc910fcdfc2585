"""MOT text: what is tracked through the pictures of a film, one box a line.

    frame,track,left,top,width,height,considered,class,visibility       gt.txt
    frame,track,left,top,width,height,score,x,y,z                       det.txt, and what trackers write
    frame,track,left,top,width,height,score

Pixels are taken as if the first were 0; the data sets themselves count from 1. The number that a picture's name ends in
is its frame. Classes have numbers from 1 on; their names stand in a labels.txt beside the file, else they are those of
MOT16 to MOT20. The scores of some detectors are no shares; then there are none.
"""

import re
from dataclasses import replace

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.formats.class_names import read_names
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, PictureUnclearError, Reader, Source
from qmap_studio.document.annotations.tables import blocks, head_lines, lines
from qmap_studio.document.annotations.values import are_numbers, box_of, number_of, score_of, with_usable_scores

_COUNTS = 7, 9, 10
_WITH_CLASS = 9
_MOST_FRAMES = 200_000
_FRAME = re.compile(r"^[ \t]*(\d{1,15})(?:\.0*)?[ \t]*,", re.MULTILINE)
_CLASSES = (
    "pedestrian",
    "person on vehicle",
    "car",
    "bicycle",
    "motorbike",
    "non motorized vehicle",
    "static person",
    "distractor",
    "occluder",
    "occluder on the ground",
    "occluder full",
    "reflection",
    "crowd",
)


def _recognises(source: Source) -> bool:
    found = head_lines(source)
    return 2 * sum(_is_box(line.split(",")) for line in found) > len(found)


def _read(source: Source) -> AnnotationsFile:
    frame = _frame(source)
    list_path = source.path.parent / "labels.txt"
    names = (list_path != source.path and read_names(list_path)) or _CLASSES

    def annotation(line: str, where: str) -> Annotation:
        fields = line.split(",")
        if len(fields) not in _COUNTS or _frame_of(line) is None:
            text = tr("{where} is no box of MOT text: expected frame, track, left, top, width, height and score.")
            raise AnnotationError(text.format(where=where))
        left, top, width, height = (number_of(field, "box", where) for field in fields[2:6])
        has_class = len(fields) == _WITH_CLASS
        label = _label(fields[7], names, where) if has_class else "object"
        return Annotation(label, box_of(left, top, width, height, where), None if has_class else _score(fields, where))

    entries = ((where, line) for where, line in lines(source) if _frame_of(line) in (frame, None))
    found = placed(source, ListedPicture(""), entries, annotation)
    return replace(found, annotations=with_usable_scores(found.annotations))


MOT = Reader("MOT text", (".txt",), _recognises, _read)  # no text: a format's name


def _is_box(fields: list[str]) -> bool:
    if len(fields) not in _COUNTS or not are_numbers(fields) or _frame_of(",".join(fields)) is None:
        return False
    # Four corners and a word that is a number have nine fields, too.
    return len(fields) != _WITH_CLASS or (float(fields[6]) in (0, 1) and -1 <= float(fields[8]) <= 1)


def _frame_of(line: str) -> int | None:
    match = _FRAME.match(line)
    return int(match.group(1)) if match else None


def _frame(source: Source) -> int:
    """The one that the picture is.

    Raises:
        PictureUnclearError: it is none of those in the file, as far as its name tells.
    """
    frames = sorted(_frames(source))
    if source.chosen is not None and source.chosen in map(str, frames):
        return int(source.chosen)
    number = re.search(r"(\d{1,15})$", source.picture.path.stem)
    wanted = int(number.group()) if number else None
    # A frame between others, of which the file says nothing, has no boxes.
    if wanted is not None and frames and (wanted in frames or frames[0] < wanted < frames[-1]):
        return wanted
    if wanted is None and len(frames) == 1:
        return frames[0]
    text = ngettext(
        "{source} has boxes of {count} frame, and the name {name} does not end in its number.",
        "{source} has boxes of {count} frames, and the name {name} does not end in the number of any of them.",
        len(frames),
    )
    raise PictureUnclearError(
        text.format(source=source.name, count=len(frames), name=source.picture.path.name), tuple(map(str, frames))
    )


def _frames(source: Source) -> set[int]:
    frames: set[int] = set()
    for block in blocks(source):
        frames.update(map(int, _FRAME.findall(block)))
        if len(frames) > _MOST_FRAMES:
            text = tr("{name} has boxes of more than {most} frames, too many to choose from.")
            raise AnnotationError(text.format(name=source.name, most=_MOST_FRAMES))
    return frames


def _label(field: str, names: tuple[str, ...], where: str) -> str:
    number = int(number_of(field, "class", where))
    return names[number - 1] if 0 < number <= len(names) else f"class {number}"


def _score(fields: list[str], where: str) -> float | None:
    return score_of(fields[6].strip(), where)
