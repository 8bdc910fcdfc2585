"""Whether a block of EXIF data is whole."""

import os
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import IO

PREFIX = b"Exif\0\0"
_ORIENTATION, _MAKER_NOTE = 0x0112, 0x927C
_DIRECTORIES = (0x8769, 0x8825, 0xA005)  # EXIF, GPS, interoperability
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
_SHORT, _LONG = 3, 4
_DEEPEST = 3


class ExifError(Exception):
    """A directory of tags, or a tag, reaches over the end or is of no type."""


@dataclass
class ExifCheck:
    """What came of a look at EXIF data.

    Attributes:
        orientation: 1 to 8; 1 where none can be read.
    """

    is_whole: bool = False
    orientation: int = 1


def check_exif(block: bytes) -> ExifCheck:
    """Looks whether the tags of a block, with or without its prefix, are of known types and lie inside of it.

    Makers' private notes and the thumbnail's directory are not looked at: what these hold is of no use elsewhere.
    """
    while block.startswith(PREFIX):
        block = block.removeprefix(PREFIX)
    result = ExifCheck()
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return result
    (offset,) = struct.unpack(f"{order}I", block[4:8])
    try:
        _check_directory(BytesIO(block), order, offset, _DEEPEST, result)
    except ExifError:
        return result
    result.is_whole = True
    return result


def check_directory(file: IO[bytes], order: str, offset: int) -> bool:
    """Whether a directory of a TIFF file, and those that it points to, lie inside of the file."""
    try:
        _check_directory(file, order, offset, _DEEPEST, ExifCheck())
    except ExifError:
        return False
    return True


def _check_directory(file: IO[bytes], order: str, offset: int, depth: int, result: ExifCheck) -> None:
    size_bytes = file.seek(0, os.SEEK_END)
    is_first = depth == _DEEPEST
    (count,) = struct.unpack(f"{order}H", _bytes_at(file, offset, 2, size_bytes))
    entries = [
        struct.unpack(f"{order}HHI4s", _bytes_at(file, offset + 2 + 12 * index, 12, size_bytes))
        for index in range(count)
    ]
    for tag, kind, _, inlined in entries:
        if tag == _ORIENTATION and is_first and kind == _SHORT:
            value = struct.unpack(f"{order}H", inlined[:2])[0]
            result.orientation = value if 1 <= value <= 8 else 1
    for tag, kind, values, inlined in entries:
        (where,) = struct.unpack(f"{order}I", inlined)
        if kind not in _TYPE_BYTES:
            raise ExifError
        value_bytes = _TYPE_BYTES[kind] * values
        if value_bytes > 4 and tag != _MAKER_NOTE and where + value_bytes > size_bytes:
            raise ExifError
        if tag in _DIRECTORIES:
            if depth == 1 or kind not in (_LONG, 13):
                raise ExifError
            _check_directory(file, order, where, depth - 1, result)


def _bytes_at(file: IO[bytes], offset: int, length: int, size_bytes: int) -> bytes:
    if offset + length > size_bytes:
        raise ExifError
    file.seek(offset)
    return file.read(length)
