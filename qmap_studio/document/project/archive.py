"""The zip file of a project: whole, or what can be found in a damaged one."""

import mmap
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Protocol

from qmap_studio.core.files import is_reading

LARGEST_ENTRY_BYTES = 1 << 28
LARGEST_PICTURE_BYTES = 1 << 31
_LOCAL = struct.Struct("<4s5H3I2H")
_SIGNATURE = b"PK\x03\x04"
_STORED = 0
_UNREADABLE = (
    KeyError,
    OSError,
    EOFError,
    RuntimeError,  # of a password
    NotImplementedError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What `zipfile` raises where an entry is missing or damaged."""
_NO_DIRECTORY = (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError)


class Archive(Protocol):
    """The entries of a project's file."""

    is_damaged: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Of all entries that may be read."""

    def read(self, name: str, most: int = LARGEST_ENTRY_BYTES) -> bytes | None:
        """An entry's bytes; None if it is not there, is damaged, or has more than that."""


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive of a file, however damaged; one of no use has no entries.

    Raises:
        FileAccessError: the file cannot be read.
    """
    with is_reading(path), path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except _NO_DIRECTORY:
            if path.stat().st_size == 0:  # which cannot be mapped
                yield _Damaged(b"")
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                yield _Damaged(data)
        else:
            with archive:
                yield _Whole(archive)


def of_bytes(content: bytes) -> Archive:
    """The archive of a file's bytes, however damaged."""
    try:
        return _Whole(zipfile.ZipFile(BytesIO(content)))
    except _NO_DIRECTORY:
        return _Damaged(content)


class _Whole:
    """One with a directory."""

    is_damaged = False

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._archive.namelist())

    def read(self, name: str, most: int = LARGEST_ENTRY_BYTES) -> bytes | None:
        try:
            with self._archive.open(name) as entry:
                content = entry.read(most + 1)
                return content if len(content) <= most and not entry.read(1) else None
        except _UNREADABLE:
            return None


class _Damaged:
    """One without: a header stands before each entry, and a checksum tells whether it is whole."""

    is_damaged = True

    def __init__(self, data: "bytes | mmap.mmap") -> None:
        self._data = data
        self._places: dict[str, tuple[int, int]] = {}
        place = data.find(_SIGNATURE)
        while place >= 0:
            place = data.find(_SIGNATURE, self._after(place))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._places)

    def read(self, name: str, most: int = LARGEST_ENTRY_BYTES) -> bytes | None:
        start, size = self._places.get(name, (0, most + 1))
        return self._data[start : start + size] if size <= most else None

    def _after(self, place: int) -> int:
        """Takes the entry at a place, if it is whole; where to look for the next."""
        header = self._data[place : place + _LOCAL.size]
        if len(header) < _LOCAL.size:
            return place + 1
        _, _, _, method, _, _, checksum, size, _, name_size, extra_size = _LOCAL.unpack(header)
        name = self._data[place + _LOCAL.size : place + _LOCAL.size + name_size]
        start = place + _LOCAL.size + name_size + extra_size
        end = start + size
        if method != _STORED or end > len(self._data) or zlib.crc32(self._data[start:end]) != checksum:
            return place + 1
        self._places[name.decode("utf-8", "replace")] = start, size
        return int(end)
