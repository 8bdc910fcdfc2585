"""COCO JSON: which picture is meant, and where its annotations lie in the one that is open."""

from collections.abc import Iterable

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.document.annotations.formats.coco_entries import Entry, annotation_of
from qmap_studio.document.annotations.json_entries import JsonEntries
from qmap_studio.document.annotations.matching import ListedPicture, is_named_by
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, PictureUnclearError, Source

Numbered = tuple[int, Entry]
"""An annotation with its number in the file, from 1 on."""


def check_lists(entries: JsonEntries, name: str) -> None:
    """AnnotationError if a data set, all read, lacks one of its lists.

    Args:
        name: the file's.
    """
    if "images" not in entries.lists:
        raise AnnotationError(tr("{source} is other JSON, not COCO JSON: it lists no images.").format(source=name))
    if "annotations" not in entries.lists:
        raise AnnotationError(tr("{source} lists images but no annotations; expected COCO JSON.").format(source=name))


def detected(ids: list[str], source: Source) -> ListedPicture:
    """The picture that is meant in a list of detections: the id is its name, or the only one there is.

    Raises:
        PictureUnclearError: a person has to choose.
    """
    named = [key for key in ids if is_named_by(key, source.picture.path)]
    for only in ([key for key in ids if key == source.chosen], named, ids):
        if len(only) == 1:
            return ListedPicture(only[0])
    text = ngettext(
        "{source} is a list of detections in {count} picture, and none of their ids is {name}.",
        "{source} is a list of detections in {count} pictures, and none of their ids is {name}.",
        len(ids),
    )
    raise PictureUnclearError(
        text.format(source=source.name, count=len(ids), name=source.picture.path.stem), tuple(named or ids)
    )


def placed_entries(
    entries: Iterable[Numbered], names: dict[str, str], source: Source, listed: ListedPicture, notices: tuple[str, ...]
) -> AnnotationsFile:
    """What the entries of a listed picture say of the one that is open.

    Args:
        names: of the categories, by id.
        notices: on how the picture was found.
    Raises:
        AnnotationError: as `placed` raises it.
    """
    text = tr("Annotation {number} in {source}")
    named = ((text.format(number=number, source=source.name), entry) for number, entry in entries)
    return placed(source, listed, named, lambda entry, where: annotation_of(entry, names, where), notices)
