"""What a TIFF file says of its pages (TIFF 6.0, section 2, and BigTIFF)."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, BinaryIO, Literal

Order = Literal["<", ">"]
MAX_PAGES = 10_000
_TYPES = {1: "B", 2: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_TYPE_BYTES = {code: struct.calcsize(f"={name}") for code, name in _TYPES.items()} | {5: 8, 10: 8, 11: 4, 12: 8}


class Tag(IntEnum):
    """The tags that say how pixels are stored."""

    NEW_SUBFILE_TYPE = 254
    SUBFILE_TYPE = 255
    WIDTH = 256
    LENGTH = 257
    BITS_PER_SAMPLE = 258
    COMPRESSION = 259
    PHOTOMETRIC = 262
    FILL_ORDER = 266
    MAKE = 271
    STRIP_OFFSETS = 273
    ORIENTATION = 274
    SAMPLES_PER_PIXEL = 277
    ROWS_PER_STRIP = 278
    STRIP_BYTE_COUNTS = 279
    PLANAR_CONFIGURATION = 284
    PREDICTOR = 317
    TILE_WIDTH = 322
    TILE_LENGTH = 323
    TILE_OFFSETS = 324
    TILE_BYTE_COUNTS = 325
    EXTRA_SAMPLES = 338
    SAMPLE_FORMAT = 339
    XMP = 700
    ICC_PROFILE = 34675
    DNG_VERSION = 50706


class TiffError(Exception):
    """A directory cannot be what a TIFF file has."""


@dataclass(frozen=True)
class Directory:
    """The tags of one page.

    Attributes:
        order: "<" or ">", as struct wants it.
        offset: where the directory lies in the file.
        is_big: the file is BigTIFF.
        entries: by tag, the type, the count and the offset of the values in the file.
    """

    file: BinaryIO
    order: Order
    offset: int
    is_big: bool
    entries: dict[int, tuple[int, int, int]] = field(repr=False)

    def numbers(self, tag: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """The whole numbers of a tag; the default where it is missing or holds none."""
        kind, count, _ = self.entries.get(tag, (0, 0, 0))
        if kind not in _TYPES or count == 0:
            return default
        return struct.unpack(f"{self.order}{count}{_TYPES[kind]}", self.data(tag))

    def number(self, tag: int, default: int) -> int:
        """The first number of a tag."""
        return self.numbers(tag, (default,))[0]

    def data(self, tag: int) -> bytes:
        """The bytes of a tag's values; none where it is missing."""
        kind, count, position = self.entries.get(tag, (1, 0, 0))
        self.file.seek(position)
        return self.file.read(count * _TYPE_BYTES[kind])

    @property
    def is_page(self) -> bool:
        """Whether it is a picture of its own: not the smaller version or the mask of another."""
        return not self.number(Tag.NEW_SUBFILE_TYPE, 0) & 0b101 and self.number(Tag.SUBFILE_TYPE, 1) != 2


def read_directories(file: BinaryIO) -> list[Directory]:
    """The directories of a TIFF file in their order, those that lie in others left out.

    Raises:
        TiffError: it has none, or one that reaches over the end of the file.
    """
    directories = list(_chain(file))
    if not directories:
        raise TiffError("no directory of tags")
    return directories


def sub_directory(page: Directory, tag: int) -> Directory | None:
    """The directory that a tag of another leads to; None where there is no such tag.

    Raises:
        TiffError: it reaches over the end of the file.
    """
    offset = page.number(tag, 0)
    if offset == 0:
        return None
    size_bytes = page.file.seek(0, os.SEEK_END)
    return _directory(page.file, page.order, offset, page.is_big, size_bytes)[0]


def _chain(file: BinaryIO) -> Iterator[Directory]:
    size_bytes = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(16)
    order: Order = "<" if head[:2] == b"II" else ">"
    if len(head) < 8:
        raise TiffError("no header")
    is_big = struct.unpack(f"{order}H", head[2:4])[0] == 43
    offset = struct.unpack(f"{order}Q", head[8:16])[0] if is_big else struct.unpack(f"{order}I", head[4:8])[0]
    seen: set[int] = set()
    while offset and offset not in seen and len(seen) < MAX_PAGES:
        seen.add(offset)
        try:
            directory, offset = _directory(file, order, offset, is_big, size_bytes)
        except TiffError:
            if len(seen) > 1:
                return  # the pages before it are whole
            raise
        yield directory


def _directory(file: BinaryIO, order: Order, offset: int, is_big: bool, size_bytes: int) -> tuple[Directory, int]:
    """A directory, and the offset of the next."""
    count_format, entry_format, next_format = ("Q", "HHQ8s", "Q") if is_big else ("H", "HHI4s", "I")
    inline, start = (8, offset + 8) if is_big else (4, offset + 2)
    (count,) = _unpacked(file, order + count_format, offset, size_bytes)
    entry_bytes = struct.calcsize(order + entry_format)
    if count > 4096:
        raise TiffError(f"{count} tags")
    entries: dict[int, tuple[int, int, int]] = {}
    total_bytes = 0
    for position in range(start, start + count * entry_bytes, entry_bytes):
        tag, kind, values, inlined = _unpacked(file, order + entry_format, position, size_bytes)
        value_bytes = values * _TYPE_BYTES.get(kind, 1)
        where = position + entry_bytes - inline
        if value_bytes > inline:
            (where,) = struct.unpack(order + next_format, inlined)
        if kind not in _TYPE_BYTES or where + value_bytes > size_bytes:
            continue  # as if it were not there
        total_bytes += value_bytes
        entries.setdefault(tag, (kind, values, where))
    if total_bytes > size_bytes:  # tags share their values, which no writer does; every reader would hold them all
        raise TiffError(f"tags of {total_bytes} bytes in a file of {size_bytes}")
    (following,) = _unpacked(file, order + next_format, start + count * entry_bytes, size_bytes, missing=0)
    return Directory(file, order, offset, is_big, entries), following


def _unpacked(file: BinaryIO, layout: str, offset: int, size_bytes: int, missing: int | None = None) -> tuple[Any, ...]:
    length = struct.calcsize(layout)
    if offset + length > size_bytes:
        if missing is not None:
            return (missing,)
        raise TiffError("it ends within its directory of tags")
    file.seek(offset)
    return struct.unpack(layout, file.read(length))
