"""Annotations from files: the first reader that recognises a file's content reads it."""

from pathlib import Path

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.coco import COCO
from qmap_studio.document.annotations.reader import Reader, Source
from qmap_studio.document.annotations.yolo import YOLO
from qmap_studio.document.shapes import Rectangle

READERS: tuple[Reader, ...] = (COCO, YOLO)
"""Every format there is, in the order in which they are asked."""

_MAX_BYTES = 600 * 2**20  # the largest COCO file there is, train2017, takes 450 MB


def read_annotations(path: Path | str, image_name: Path | str, width: int, height: int) -> list[Annotation]:
    """Reads the annotations of one picture.

    Args:
        path: the annotation file.
        image_name: the picture's file name, with or without its folder; finds it in a file of many pictures.
        width, height: of the picture, upright.
    Returns:
        Those that touch the picture, boxes clipped to it; none if the file knows none for it.
    Raises:
        AnnotationError: the file cannot be read, is of another format or does not know the picture.
    """
    path = Path(path)
    source = Source(path, _read_text(path), image_name, width, height)
    reader = next((reader for reader in READERS if reader.recognises(source)), None)
    if reader is None:
        raise AnnotationError(_what_else(source).format(name=path.name, formats=_formats()))
    found = (_clipped(annotation, width, height) for annotation in reader.read(source))
    return [annotation for annotation in found if annotation is not None]


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise AnnotationError(
                tr("{name} is larger than {most} MB, too large for a file of boxes.").format(
                    name=path.name, most=_MAX_BYTES >> 20
                )
            )
        # Some tools begin their files with a byte order mark.
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise AnnotationError(
            tr("Cannot read the boxes in {path}: {reason}.").format(path=path, reason=error.strerror or error)
        ) from error
    except UnicodeDecodeError as error:
        raise AnnotationError(
            tr("{name} is no text file; expected {formats}.").format(name=path.name, formats=_formats())
        ) from error


def _what_else(source: Source) -> str:
    """What a file is that no reader recognises, in a sentence that lacks its name and the formats."""
    if source.text.lstrip()[:1] == "<":
        return tr("{name} is an XML file; expected {formats}.")
    if source.path.suffix.lower() == ".json":
        return tr("{name} holds no JSON; expected {formats}.")
    return tr("{name} is of no known format; expected {formats}.")


def _formats() -> str:
    # For translators: stands between the names of formats, as in "COCO JSON or YOLO text".
    return tr(" or ").join(reader.name for reader in READERS)


def _clipped(annotation: Annotation, width: int, height: int) -> Annotation | None:
    shape = annotation.shape
    if not isinstance(shape, Rectangle):
        return None if shape.bounds.clipped(width, height).empty else annotation
    left, top = max(0.0, shape.x), max(0.0, shape.y)
    right, bottom = min(float(width), shape.x + shape.width), min(float(height), shape.y + shape.height)
    if right <= left or bottom <= top:
        return None
    return Annotation.box(annotation.label, left, top, right - left, bottom - top, annotation.score)
