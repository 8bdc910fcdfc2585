"""The segments of a JPEG file that hold metadata (ITU-T T.81, annex B)."""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from qmap_studio.core.pictures.soundness.carriers import Carrier, Part, State

_COMMENT, _START_OF_SCAN, _END_OF_IMAGE = 0xFE, 0xDA, 0xD9
_PHOTOSHOP, _ADOBE = 0xED, 0xEE
_APPLICATIONS = range(0xE0, 0xF0)
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}
_LONGEST_BYTES = 65_537  # a segment with its marker
_KINDS = (  # of segments: the number of the application, how the content begins, its least length
    (0xE0, b"JFIF", Part.RESOLUTION, 14),
    (0xE1, b"Exif", Part.EXIF, 6),
    (0xE1, b"http://ns.adobe.com/xap/", Part.XMP, 29),
    (0xE2, b"ICC_PROFILE\0", Part.PROFILE, 15),
    (0xE2, b"MPF\0", Part.EXTRA, 12),
    (_PHOTOSHOP, b"Photoshop 3.0\0", Part.EXTRA, 14),
    (_ADOBE, b"Adobe", Part.COLOUR, 12),
)


def jpeg_carriers(file: BinaryIO) -> Iterator[Carrier]:
    """The metadata before the pixels of a JPEG file.

    Where the length of a segment is wrong, the picture is found again behind it: there, within the reach of a length,
    segments follow one another up to a scan.
    """
    size_bytes = file.seek(0, os.SEEK_END)
    offset = 2
    while (head := _head(file, offset, size_bytes)) is not None:
        offset, marker, length = head
        if marker in (_START_OF_SCAN, _END_OF_IMAGE):
            return
        is_metadata = marker in _APPLICATIONS or marker == _COMMENT
        if is_metadata and not _is_followed(file, offset + 2 + length, size_bytes):
            found = _next_picture(file, offset + 2, size_bytes)
            if found is None:
                return
            if marker == _ADOBE and found >= offset + 2 + length:  # without it, the channels are guessed
                yield _carrier(file, offset, marker, length)
                offset = found
                continue
            part = _part_and_least(marker, _content(file, offset, length))[0]
            yield Carrier(part, State.DAMAGED, ((offset, b"\xff" * (found - offset)),))  # may stand before any marker
            offset = found
            continue
        if is_metadata:
            yield _carrier(file, offset, marker, length)
        offset += 2 + length


def _carrier(file: BinaryIO, offset: int, marker: int, length: int) -> Carrier:
    content = _content(file, offset, length)
    part, least_bytes = _part_and_least(marker, content)
    is_sound = len(content) >= least_bytes and not (marker == _PHOTOSHOP and _ends_within_name(content))
    blank = bytes(min(len(content), 4))  # no reader knows a segment that begins so
    return Carrier(part, State.SOUND if is_sound else State.DAMAGED, ((offset + 4, blank),))


def _part_and_least(marker: int, content: bytes) -> tuple[Part, int]:
    """What a segment tells, and the least length of its content."""
    if marker == _COMMENT:
        return Part.TEXT, 0
    for kind, start, part, least_bytes in _KINDS:
        if marker == kind and content.startswith(start):
            return part, least_bytes
    return Part.EXTRA, 0


def _ends_within_name(content: bytes) -> bool:
    """Whether the last of Photoshop's image resources has no name, without which it is not read.

    Its data may go on in another segment.
    """
    offset = len(b"Photoshop 3.0\0")
    while content[offset : offset + 4] == b"8BIM":
        offset += 6
        if offset >= len(content):
            return True
        offset += 1 + content[offset]
        offset += offset & 1
        offset += 4 + int.from_bytes(content[offset : offset + 4], "big")
        offset += offset & 1
    return False


def _content(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset + 4)
    return file.read(max(length - 2, 0))


def _head(file: BinaryIO, offset: int, size_bytes: int) -> tuple[int, int, int] | None:
    """Offset, marker and length of the segment that begins at an offset, behind fill bytes."""
    while offset + 4 <= size_bytes:
        file.seek(offset)
        start, marker, length = struct.unpack(">BBH", file.read(4))
        if start != 0xFF:
            return None
        if marker == 0xFF:
            offset += 1
        elif marker in _WITHOUT_LENGTH:
            offset += 2
        else:
            return offset, marker, length
    return None


def _is_followed(file: BinaryIO, offset: int, size_bytes: int) -> bool:
    """Whether another segment begins where one ends."""
    head = _head(file, offset, size_bytes)
    return head is not None and head[1] >= 0xC0


def _next_picture(file: BinaryIO, offset: int, size_bytes: int) -> int | None:
    """Where segments begin that lead to the largest picture; a thumbnail may lie inside of metadata."""
    file.seek(offset)
    content = file.read(_LONGEST_BYTES)
    best, most_pixels = None, 0
    at = content.find(b"\xff")
    while at >= 0:
        pixels = _pixels_from(file, offset + at, size_bytes)
        if pixels > most_pixels:
            best, most_pixels = offset + at, pixels
        at = content.find(b"\xff", at + 1)
    return best


def _pixels_from(file: BinaryIO, offset: int, size_bytes: int) -> int:
    """The number of pixels of a picture whose segments begin at an offset; 0 where there is none."""
    pixels = 0
    has_tables = False
    while (head := _head(file, offset, size_bytes)) is not None:
        offset, marker, length = head
        if marker < 0xC0 or length < 2:
            return 0
        if marker == _START_OF_SCAN:
            return pixels if has_tables else 0
        has_tables |= marker == 0xDB
        if marker in _FRAMES:
            file.seek(offset + 5)
            height, width = struct.unpack(">HH", file.read(4).ljust(4, b"\0"))
            pixels = height * width
        offset += 2 + length
    return 0
