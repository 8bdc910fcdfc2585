"""A page of a picture's file without the metadata that is damaged."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from PIL import PngImagePlugin

from qmap_studio.core.errors import ImageError
from qmap_studio.core.pictures.opening import OpenedPage, open_page
from qmap_studio.core.pictures.soundness.boxes import avif_carriers, jpeg2000_carriers, jxl_carriers, webp_carriers
from qmap_studio.core.pictures.soundness.carriers import MAX_BYTES, Carrier, Part, State, notices, without
from qmap_studio.core.pictures.soundness.jpeg import jpeg_carriers
from qmap_studio.core.pictures.soundness.png import MAX_TEXT_BYTES, SIGNATURE, png_carriers
from qmap_studio.core.pictures.soundness.values import leave_out_damaged

# Pillow refuses a whole picture above its limits; here a chunk above them is left out before it looks.
PngImagePlugin.MAX_TEXT_CHUNK = MAX_BYTES
PngImagePlugin.MAX_TEXT_MEMORY = MAX_TEXT_BYTES


@contextmanager
def open_sound_page(file: BinaryIO, head: bytes, path: Path, page: int) -> Iterator[OpenedPage]:
    """Opens and decodes a page of a file as `open_page` does; damaged metadata is left out and told.

    A profile, EXIF data, XMP data and a text may have MAX_BYTES each, unpacked; more is left out, too. Pixels that are
    damaged or cut short are refused all the same.

    Raises:
        ImageError, UnidentifiedImageError, or what a reader raises: as `open_page`, or for damaged pixels.
    """
    carriers = _carriers(file, head)
    bad = [carrier for carrier in carriers if carrier.state is not State.SOUND]
    with ExitStack() as stack:
        source = without(file, bad) if bad else file
        opened, more = _entered(stack, source, [each for each in carriers if each not in bad], head, path, page)
        opened.image.load()
        left_out = [(carrier.part, carrier.state) for carrier in bad]
        left_out += [(part, State.DAMAGED) for part in more]
        left_out += leave_out_damaged(opened.image)
        yield replace(opened, notices=(*opened.notices, *notices(left_out, path.name)))


def _entered(
    stack: ExitStack, file: BinaryIO, carriers: list[Carrier], head: bytes, path: Path, page: int
) -> tuple[OpenedPage, list[Part]]:
    """The page, opened; where its reader refuses it, without one part of the metadata, or all of them."""
    try:
        return stack.enter_context(open_page(file, head, path, page)), []
    except ImageError:
        raise
    except Exception:
        parts = list(dict.fromkeys(carrier.part for carrier in carriers))
        for left_out in [*([part] for part in parts), parts]:
            rest = without(file, (carrier for carrier in carriers if carrier.part in left_out))
            with suppress(Exception):
                return stack.enter_context(open_page(rest, head, path, page)), left_out
        raise


def _carriers(file: BinaryIO, head: bytes) -> list[Carrier]:
    """The metadata of a file, as far as it is known where it lies."""
    find: Callable[[BinaryIO], Iterator[Carrier]]
    if head.startswith(SIGNATURE):
        find = png_carriers
    elif head.startswith(b"\xff\xd8\xff"):
        find = jpeg_carriers
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        find = webp_carriers
    elif head[4:8] == b"ftyp":
        find = avif_carriers
    elif head[4:8] == b"JXL ":
        find = jxl_carriers
    elif head[4:8] == b"jP  ":
        find = jpeg2000_carriers
    else:
        return []
    return list(find(file))
