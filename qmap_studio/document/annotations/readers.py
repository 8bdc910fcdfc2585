"""Annotations from files: the first reader that recognises a file's content reads it."""

from collections.abc import Callable, Iterable
from pathlib import Path

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.coco import COCO
from qmap_studio.document.annotations.foreign import foreign_format
from qmap_studio.document.annotations.reader import AnnotationsFile, PictureIdentity, Reader, Source
from qmap_studio.document.annotations.text_file import NoTextError, TextFile
from qmap_studio.document.annotations.yolo import YOLO
from qmap_studio.document.shapes import Rectangle

READERS: tuple[Reader, ...] = (COCO, YOLO)
"""Every format there is, in the order in which they are asked."""

_MAX_BYTES = 2**31  # four times the largest COCO file there is, train2017


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
    path = Path(path)
    source = Source(_open(path, checkpoint), picture, chosen)
    reader = next((reader for reader in READERS if reader.recognises(source)), None)
    if reader is None:
        raise AnnotationError(_what_else(source))
    found = reader.read(source)
    inside = tuple(_clipped(found.annotations, picture.width, picture.height))
    return AnnotationsFile(inside, found.notices + _outside_notice(len(found.annotations) - len(inside), path))


def _open(path: Path, checkpoint: Callable[[float], None] | None) -> TextFile:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise AnnotationError(
                tr("{name} is larger than {most} MB, too large for a file of boxes.").format(
                    name=path.name, most=_MAX_BYTES >> 20
                )
            )
        return TextFile(path, checkpoint)
    except OSError as error:
        raise AnnotationError(
            tr("Cannot read the boxes in {path}: {reason}.").format(path=path, reason=error.strerror or error)
        ) from error
    except NoTextError as error:
        raise AnnotationError(
            tr("{name} is no text file; expected {formats}.").format(name=path.name, formats=_formats())
        ) from error


def _what_else(source: Source) -> str:
    """What a file is that no reader recognises."""
    if foreign := foreign_format(source.file.head):
        return tr("{name} is {format}, which is not read yet. {advice}").format(
            name=source.name, format=foreign.name, advice=tr(foreign.advice)
        )
    if source.file.head.lstrip()[:1] == "<":
        text = tr("{name} is an XML file; expected {formats}.")
    elif source.file.path.suffix.lower() == ".json":
        text = tr("{name} holds no JSON; expected {formats}.")
    else:
        text = tr("{name} is of no known format; expected {formats}.")
    return text.format(name=source.name, formats=_formats())


def _formats() -> str:
    # For translators: stands between the names of formats, as in "COCO JSON or YOLO text".
    return tr(" or ").join(reader.name for reader in READERS)


def _clipped(annotations: Iterable[Annotation], width: int, height: int) -> Iterable[Annotation]:
    """Those that touch the picture; boxes end at its edges."""
    for annotation in annotations:
        shape = annotation.shape
        if not isinstance(shape, Rectangle):
            if not shape.bounds.clipped(width, height).empty:
                yield annotation
            continue
        left, top = max(0.0, shape.x), max(0.0, shape.y)
        right, bottom = min(float(width), shape.x + shape.width), min(float(height), shape.y + shape.height)
        if right > left and bottom > top:
            yield Annotation.box(annotation.label, left, top, right - left, bottom - top, annotation.score)


def _outside_notice(count: int, path: Path) -> tuple[str, ...]:
    if not count:
        return ()
    text = ngettext(
        "{count} annotation in {name} lies outside the picture or has no area, and was left out.",
        "{count} annotations in {name} lie outside the picture or have no area, and were left out.",
        count,
    )
    return (text.format(count=count, name=path.name),)
