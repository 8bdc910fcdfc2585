"""The pieces of WebP, AVIF, HEIC, JPEG XL and JPEG 2000 files that hold metadata."""

import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from qmap_studio.core.pictures.soundness.carriers import MAX_BYTES, Carrier, Part, State

_WEBP_PARTS = {b"EXIF": Part.EXIF, b"XMP ": Part.XMP, b"ICCP": Part.PROFILE}
_JXL_PARTS = {b"Exif": Part.EXIF, b"xml ": Part.XMP, b"jumb": Part.EXTRA}
_WEBP_PIXELS = re.compile(b"ANIM|ALPH|VP8 |VP8L")
_HEADER_BYTES = 1 << 20  # of an AVIF or JPEG 2000 file, in which its boxes are looked for


def webp_carriers(file: BinaryIO) -> Iterator[Carrier]:
    """The metadata of a WebP file (RFC 9649, section 2.7).

    Behind a profile whose length is wrong, the pixels are looked for; with other metadata, the file is cut off.
    """
    size_bytes = file.seek(0, os.SEEK_END)
    offset = 12
    while offset + 8 <= size_bytes:
        file.seek(offset)
        kind, length = struct.unpack("<4sI", file.read(8))
        end = offset + 8 + length + (length & 1)
        part = _WEBP_PARTS.get(kind)
        if part is not None and _is_webp_chunk_at(file, end, size_bytes):
            yield Carrier(part, State.SOUND if length <= MAX_BYTES else State.TOO_LARGE, ((offset, b"JUNK"),))
        elif part is Part.PROFILE:
            file.seek(offset + 8)
            found = _WEBP_PIXELS.search(file.read(MAX_BYTES))
            if found is None:
                return
            yield Carrier(part, State.DAMAGED, ((offset, struct.pack("<4sI", b"JUNK", found.start())),))
            end = offset + 8 + found.start()
        elif part is not None:
            yield Carrier(part, State.DAMAGED, ((4, struct.pack("<I", offset - 8)),))
            return
        offset = end


def _is_webp_chunk_at(file: BinaryIO, offset: int, size_bytes: int) -> bool:
    """Whether a chunk begins at an offset, or the file ends."""
    if offset in (size_bytes, size_bytes + 1):
        return True
    file.seek(offset)
    kind, length = struct.unpack("<4sI", file.read(8).ljust(8, b"\xff"))
    return re.fullmatch(rb"[ -~]{4}", kind) is not None and offset + 8 + length <= size_bytes


def avif_carriers(file: BinaryIO) -> Iterator[Carrier]:
    """The items of metadata of an AVIF or HEIC file (ISO 14496-12, section 8.11.6); their content is not looked at."""
    file.seek(0)
    head = file.read(_HEADER_BYTES)
    at = head.find(b"infe")
    while at >= 0:
        # version and flags, the item's number of 2 bytes (4 from version 3 on), its protection, its type
        offset = at + (12 if head[at + 4 : at + 5] == b"\x02" else 14)
        kind = head[offset : offset + 4]
        if kind in (b"Exif", b"mime"):
            yield Carrier(Part.EXIF if kind == b"Exif" else Part.XMP, State.SOUND, ((offset, b"skip"),))
        at = head.find(b"infe", at + 4)


def jxl_carriers(file: BinaryIO) -> Iterator[Carrier]:
    """The boxes of metadata of a JPEG XL file (ISO 18181-2), packed or not; their content is not looked at."""
    size_bytes = file.seek(0, os.SEEK_END)
    offset = 0
    while offset + 12 <= size_bytes:
        file.seek(offset)
        length, kind, packed = struct.unpack(">I4s4s", file.read(12))
        part = _JXL_PARTS.get(packed if kind == b"brob" else kind)
        if part is not None:
            yield Carrier(part, State.SOUND, ((offset + 4, b"skip"),))
        if length < 8:  # the last, or one of more than 4 GB
            return
        offset += length


def jpeg2000_carriers(file: BinaryIO) -> Iterator[Carrier]:
    """The resolution and the profile in the header of a JP2 file (ISO 15444-1, annex I.5.3)."""
    file.seek(0)
    head = file.read(_HEADER_BYTES)
    start = head.find(b"jp2h") + 4
    end = min(start - 8 + int.from_bytes(head[start - 8 : start - 4], "big"), len(head)) if start >= 8 else 0
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", head, start)
        if not 8 <= length <= end - start:
            return
        if kind == b"res ":
            yield Carrier(Part.RESOLUTION, State.SOUND, ((start + 4, b"free"),))
        start += length
