"""One page of a picture's file, whichever library reads it, as an image of Pillow."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from qmap_studio.core.errors import ImageError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.pictures import formats
from qmap_studio.core.pictures.depth import is_deep
from qmap_studio.core.pictures.jpeg2000 import as_meant
from qmap_studio.core.pictures.jxl import check_jxl_size
from qmap_studio.core.pictures.picture import check_size
from qmap_studio.core.pictures.tiff.decoding import RAW_PHOTOMETRICS, decode_tiff, is_for_pillow
from qmap_studio.core.pictures.tiff.directory import Directory, Tag, read_directories
from qmap_studio.core.pictures.tiff.exif import exif_block


@dataclass(frozen=True)
class OpenedPage:
    """A page of a file; it may be undecoded yet.

    Attributes:
        image: with the profile, EXIF and the like in its `info`, as Pillow's readers give them.
        page_count: pages or frames of the file.
        notices: what a person should know, in sentences that name the file.
        is_turned_by_exif: the EXIF orientation has not been applied.
        tiff_block: the EXIF block of a TIFF file's page, as it is stored.
    """

    image: Image.Image
    page_count: int
    notices: tuple[str, ...]
    is_turned_by_exif: bool = True
    tiff_block: bytes | None = None


@contextmanager
def open_page(file: BinaryIO, head: bytes, path: Path, page: int) -> Iterator[OpenedPage]:
    """Opens a page of a file; no pixels are decoded before their number was checked.

    Raises:
        ImageError: there is no such page, it is too large, or stored in a way that is not read.
        UnidentifiedImageError: nothing here knows the format.
    """
    if formats.is_tiff(head):
        with _open_tiff(file, path, page) as opened:
            yield opened
        return
    check_jxl_size(head, path)
    file.seek(0)
    with Image.open(file, formats=formats.pillow_formats(head)) as image:
        check_size(image.width, image.height, path)
        frames = _frames(image, head)
        _check_page(page, len(frames), path)
        if frames[page] != image.tell():
            image.seek(frames[page])
        check_size(image.width, image.height, path)
        notices = _deep_notice(path.name) if is_deep(image, head) else ()
        _scale_transparent_grey(image)
        is_stored_upright = image.format == "JXL" and not getattr(image, "jpeg", False)  # its own header turns it
        usual = as_meant(image, file, head, path) if image.format == "JPEG2000" else image
        yield OpenedPage(
            usual, len(frames), (*_page_notice(path.name, page, len(frames)), *notices), not is_stored_upright
        )


def _scale_transparent_grey(image: Image.Image) -> None:
    """Pillow widens greys of a PNG file of 2 or 4 bits to 8, but not the one that is transparent."""
    grey = image.info.get("transparency")
    if image.format == "PNG" and isinstance(grey, int):
        for tile in getattr(image, "tile", ())[:1]:
            image.info["transparency"] = grey * {"L;2": 85, "L;4": 17}.get(str(tile.args), 1)


def _frames(image: Image.Image, head: bytes) -> list[int]:
    """Which of an image's frames are pictures of their own."""
    if image.format == "MPO":
        return [0, *_further_pictures(image, head)]
    count = 1
    with suppress(Exception):  # the first frame may be whole where a later one is damaged
        count = getattr(image, "n_frames", 1)
    return list(range(count))


def _further_pictures(image: Image.Image, head: bytes) -> Iterator[int]:
    """Which pictures of an MPO file are no thumbnail, preview or map of brightness for HDR of the first."""
    size = image.size
    kinds = [entry["Attribute"]["MPType"] for entry in getattr(image, "mpinfo", {}).get(0xB002, ())]
    for index, kind in list(enumerate(kinds))[1:]:
        if kind == "Undefined" and b"hdrgm" not in head:
            with suppress(Exception):  # the first is whole where a later one is damaged
                image.seek(index)
                if image.size == size:
                    yield index
        elif kind.startswith("Multi-Frame"):
            yield index
    image.seek(0)


@contextmanager
def _open_tiff(file: BinaryIO, path: Path, page: int) -> Iterator[OpenedPage]:
    directories = read_directories(file)
    first = directories[0]
    if Tag.DNG_VERSION in first.entries or first.number(Tag.PHOTOMETRIC, 0) in RAW_PHOTOMETRICS:
        raise ImageError(formats.told(formats.RAW_FORMATS[0], path))
    pages = [index for index, each in enumerate(directories) if each.is_page] or [0]
    _check_page(page, len(pages), path)
    directory = directories[pages[page]]
    check_size(directory.number(Tag.WIDTH, 0), directory.number(Tag.LENGTH, 0), path)
    notices = _page_notice(path.name, page, len(pages))
    if max(directory.numbers(Tag.BITS_PER_SAMPLE, (1,))) > 8:
        notices += _deep_notice(path.name)
    if is_for_pillow(directory) and (image := _opened_by_pillow(file)) is not None:
        with image:
            image.seek(pages[page])
            check_size(image.width, image.height, path)
            yield OpenedPage(image, len(pages), notices, tiff_block=exif_block(directory))
        return
    decoded = decode_tiff(file, directory, path.name)
    if decoded.scale.is_guessed:
        notices += (
            tr("{name} does not say what full brightness is; its values were taken as 0 to {full}.").format(
                name=path.name, full=decoded.scale.full
            ),
        )
    _describe(decoded.image, file, directory)
    with decoded.image as image:
        yield OpenedPage(image, len(pages), notices, tiff_block=exif_block(directory))


def _opened_by_pillow(file: BinaryIO) -> Image.Image | None:
    file.seek(0)
    try:
        return Image.open(file, formats=("TIFF",))
    except UnidentifiedImageError:
        return None


def _describe(image: Image.Image, file: BinaryIO, page: Directory) -> None:
    """Gives an image what Pillow's own reader of TIFF files gives: format, EXIF, profile and XMP."""
    image.format = "TIFF"
    if profile := page.data(Tag.ICC_PROFILE):
        image.info["icc_profile"] = profile
    if xmp := page.data(Tag.XMP):
        image.info["xmp"] = xmp
    exif = image.getexif()
    exif.endian, exif.bigtiff = page.order, page.is_big
    try:
        exif.load_from_fp(file, page.offset)
    except Exception:  # whatever is wrong with a description, the pixels are whole
        exif.clear()


def _check_page(page: int, count: int, path: Path) -> None:
    if not 0 <= page < count:
        raise ImageError(
            ngettext(
                "{path} has {count} page; there is no page {page}.",
                "{path} has {count} pages; there is no page {page}.",
                count,
            ).format(path=path, count=count, page=page + 1)
        )


def _page_notice(name: str, page: int, count: int) -> tuple[str, ...]:
    if count == 1:
        return ()
    return (
        ngettext(
            "{name} has {count} page or frame; number {page} is shown.",
            "{name} has {count} pages or frames; number {page} is shown.",
            count,
        ).format(name=name, count=count, page=page + 1),
    )


def _deep_notice(name: str) -> tuple[str, ...]:
    return (tr("{name} has more than 8 bits a channel; it is shown and exported with 8.").format(name=name),)
