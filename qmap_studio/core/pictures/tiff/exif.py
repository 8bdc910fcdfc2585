"""The metadata of a page of a TIFF file, which lie among the tags that lay out its pixels."""

from contextlib import suppress

from qmap_studio.core.pictures.exif import DESCRIPTIVE, EXIF, GPS, INTEROP, ORIENTATION, Exif, Tags, Value, is_type
from qmap_studio.core.pictures.tiff.directory import Directory, TiffError, sub_directory


def exif_block(page: Directory) -> bytes | None:
    """As an EXIF block, the orientation as it is stored; None where there is nothing."""
    tags = _values(page, (*DESCRIPTIVE, ORIENTATION))
    for tag in (EXIF, GPS):
        if inner := _inner(page, tag):
            tags[tag] = inner
    return Exif(page.order, tags).packed() if tags else None


def _inner(page: Directory, tag: int) -> Tags:
    """A directory that a tag of another leads to; an empty one where it is damaged."""
    with suppress(TiffError):
        if (found := sub_directory(page, tag)) is not None:
            tags = _values(found, tuple(found.entries))
            if tag == EXIF and (interop := _inner(found, INTEROP)):
                tags[INTEROP] = interop
            return tags
    return {}


def _values(page: Directory, names: tuple[int, ...]) -> Tags:
    return {
        tag: Value(page.entries[tag][0], page.data(tag))
        for tag in names
        if tag in page.entries and is_type(page.entries[tag][0]) and tag not in (EXIF, GPS, INTEROP)
    }
