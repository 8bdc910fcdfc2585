"""Annotations from files: the first reader that recognises a file's content reads it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.document.annotations.all_formats import all_formats
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.reader import AnnotationsFile, PictureIdentity, Reader, Source
from qmap_studio.document.shapes import Rectangle

_MAX_BYTES = 2**32  # the boxes of Open Images are 2.3 GB
_ROUNDING = 1e-6
"""Of the picture's longer side: what formats lose that write shares of it with six digits."""


def read_annotations(
    path: Path | str,
    picture: PictureIdentity,
    chosen: str | None = None,
    checkpoint: Callable[[float], None] | None = None,
) -> AnnotationsFile:
    """Reads the annotations of one picture.

    Args:
        path: the annotation file.
        picture: finds its annotations in a file of many pictures.
        chosen: the picture that a person chose among those of a `PictureUnclearError`.
        checkpoint: called with the share of the file that is read; may raise to stop.
    Returns:
        Those that touch the picture, boxes clipped to it; none if the file knows none for it.
    Raises:
        PictureUnclearError: the file knows several pictures, and it is not clear which is meant.
        AnnotationError: the file cannot be read or is of another format.
    """
    source = Source(Path(path), picture, chosen, checkpoint or (lambda _share: None))
    with told(source):
        found = reader_of(source).read(source)
    return clipped(found, source)


@contextmanager
def told(source: Source) -> Iterator[None]:
    """Tells in a sentence why the system does not give a file of annotations.

    Raises:
        AnnotationError: in place of the system's OSError.
    """
    try:
        yield
    except OSError as error:
        text = tr("Cannot read the boxes in {path}: {reason}.")
        raise AnnotationError(text.format(path=source.path, reason=error.strerror or error)) from error


def clipped(found: AnnotationsFile, source: Source) -> AnnotationsFile:
    """What a reader gives, as far as it touches the picture, with a word on formats that cannot be used."""
    inside = tuple(_clipped(found.annotations, source.picture.width, source.picture.height))
    outside = _outside_notice(len(found.annotations) - len(inside), source.path)
    return replace(found, annotations=inside, notices=all_formats().broken + found.notices + outside)


def reader_of(source: Source) -> Reader:
    """The first that recognises the file.

    Raises:
        AnnotationError: none does, or it is too large.
        OSError: it cannot be read.
    """
    if source.path.stat().st_size > _MAX_BYTES:
        raise AnnotationError(
            tr("{name} is larger than {most} MB, too large for a file of boxes.").format(
                name=source.name, most=_MAX_BYTES >> 20
            )
        )
    known = all_formats()
    reader = next((reader for reader in known.readers if reader.recognises(source)), None)
    if reader is None:
        raise AnnotationError(" ".join((_what_else(source), *known.broken)))
    return reader


def _what_else(source: Source) -> str:
    """What a file is that no reader recognises."""
    start = source.head.lstrip()[:1]
    if source.path.suffix.lower() == ".toml":
        text = tr("{name} is a file of rules: import annotations, then open it with Rules.")
    elif not source.is_text:
        text = tr("{name} is no text file and no picture or array; expected {formats}.")
    elif "lines" in source.traits:
        text = tr("{name} holds JSON lines, one object after the other; expected {formats}.")
    elif start == "<":
        text = tr("{name} is XML of another kind; expected {formats}.")
    elif start and start in "{[":
        text = tr("{name} is JSON of another kind, or damaged; expected {formats}.")
    elif source.path.suffix.lower() == ".json":
        text = tr("{name} holds no JSON; expected {formats}.")
    else:
        text = tr("{name} is of no known format; expected {formats}.")
    return text.format(name=source.name, formats=_formats(source.path.suffix.lower()))


def _formats(suffix: str) -> str:
    """The names of those whose files have a suffix; of all if none has."""
    names = [tr(reader.name) for reader in all_formats().readers if suffix in reader.suffixes]
    return ", ".join(names or [tr(reader.name) for reader in all_formats().readers])


def _clipped(annotations: Iterable[Annotation], width: int, height: int) -> Iterable[Annotation]:
    """Those that touch the picture; upright boxes end at its edges, and lie on whole pixels where they nearly do."""
    for annotation in annotations:
        shape = annotation.shape
        if not isinstance(shape, Rectangle) or shape.angle:
            if not shape.bounds.clipped(width, height).empty:
                yield annotation
            continue
        tolerance = _ROUNDING * max(width, height)
        left, right = (_snapped(min(max(0.0, x), width), tolerance) for x in (shape.x, shape.x + shape.width))
        top, bottom = (_snapped(min(max(0.0, y), height), tolerance) for y in (shape.y, shape.y + shape.height))
        if right > left and bottom > top:
            yield Annotation.box(annotation.label, left, top, right - left, bottom - top, annotation.score)


def _snapped(value: float, tolerance: float) -> float:
    whole = float(round(value))
    return whole if abs(value - whole) <= tolerance else value


def _outside_notice(count: int, path: Path) -> tuple[str, ...]:
    if not count:
        return ()
    text = ngettext(
        "{count} annotation in {name} lies outside the picture or has no area, and was left out.",
        "{count} annotations in {name} lie outside the picture or have no area, and were left out.",
        count,
    )
    return (text.format(count=count, name=path.name),)
