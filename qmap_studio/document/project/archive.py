"""The zip file of a project, whole or damaged: its entries are found by the headers that stand before them."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import BinaryIO

from qmap_studio.core.files import is_reading

LARGEST_ENTRY_BYTES = 1 << 28
LARGEST_PICTURE_BYTES = 1 << 30
_LOCAL = struct.Struct("<4s5H3I2H")
_HEADER, _DIRECTORY, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END_BYTES = 22
_NAME_IS_UTF8 = 1 << 11
_STORED = 0
_PIECE_BYTES = 1 << 16
_MOST_IN_VAIN = 4, 1 << 26
"""So many times its size, and so many bytes, are looked through in vain: a file may be made to take for ever."""


class Archive:
    """The entries of a project's file that are whole, which a checksum tells; of two of one name the first.

    Args:
        file: open for reading, and left open.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, SEEK_END)
        self._left = _MOST_IN_VAIN[0] * self._size + _MOST_IN_VAIN[1]
        self._places: dict[str, tuple[int, int]] = {}
        self.is_damaged = self._at(self._size - _END_BYTES, 4) != _END
        place = 0
        while self._left >= 0 and (found := self._next(place)) is not None:
            self.is_damaged |= found != place
            place = self._after(found)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all entries that may be read."""
        return tuple(self._places)

    def read(self, name: str, most: int = LARGEST_ENTRY_BYTES) -> bytes | None:
        """An entry's bytes; None if it is not there, is damaged, or has more than that."""
        start, size = self._places.get(name, (0, most + 1))
        return self._at(start, size) if size <= most else None

    def _at(self, place: int, size: int) -> bytes:
        self._file.seek(max(place, 0))
        return self._file.read(size)

    def _next(self, place: int) -> int | None:
        """Where the next header is from there on; None before the directory, which is not needed, and at the end."""
        if self._at(place, 4) == _DIRECTORY:
            return None
        while place < self._size:
            found = self._at(place, _PIECE_BYTES).find(_HEADER)
            if found >= 0:
                return place + found
            place += _PIECE_BYTES - len(_HEADER) + 1
        return None

    def _after(self, place: int) -> int:
        """Takes the entry at a place, if it is whole; where to look for the next."""
        header = self._at(place, _LOCAL.size)
        if len(header) < _LOCAL.size:
            return place + 1
        _, _, flags, method, _, _, checksum, size, _, name_size, extra_size = _LOCAL.unpack(header)
        name = self._at(place + _LOCAL.size, name_size).decode("utf-8", "replace")
        start = place + _LOCAL.size + name_size + extra_size
        is_plain = method == _STORED and not flags & ~_NAME_IS_UTF8
        if not is_plain or start + size > self._size or self._checksum(start, size) != checksum:
            self.is_damaged = True
            self._left -= _PIECE_BYTES + (size if start + size <= self._size else 0)
            return place + 1
        self._places.setdefault(name, (start, size))
        return int(start + size)

    def _checksum(self, start: int, size: int) -> int:
        checksum = 0
        self._file.seek(start)
        while size > 0:
            piece = self._file.read(min(size, _PIECE_BYTES))
            checksum, size = zlib.crc32(piece, checksum), size - len(piece)
            if not piece:
                break
        return checksum


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive of a file, however damaged; one of no use has no entries.

    Raises:
        FileAccessError: the file cannot be read.
    """
    with is_reading(path), path.open("rb") as file:
        yield Archive(file)


def of_bytes(content: bytes) -> Archive:
    """The archive of a file's bytes, however damaged."""
    return Archive(BytesIO(content))
