"""What an AVIF file says of its colours, which Pillow's reader leaves out (ISO 14496-12 and 23008-12)."""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

_MAX_BYTES = 1 << 24  # of the boxes that describe; the pixels lie in others
# Boxes that hold boxes, with the bytes before these.
_HOLDERS = {
    b"meta": 4, b"iprp": 0, b"moov": 0, b"trak": 0, b"mdia": 0, b"minf": 0, b"stbl": 0, b"stsd": 8, b"av01": 78,
}  # fmt: skip

Box = tuple[bytes, bytes]  # its type and what it holds


def nclx_codes(file: BinaryIO) -> tuple[int, int] | None:
    """The codes of primaries and transfer (ITU-T H.273) of the file's picture; None where it does not tell."""
    boxes = [box for outer in _outer_boxes(file) for box in _inner(*outer)]
    held = dict(reversed(boxes))  # the first of each
    properties = list(_boxes(held.get(b"ipco", b"")))
    try:
        places = _places(held.get(b"ipma", b""), _primary_item(held.get(b"pitm", b"")))
    except (struct.error, IndexError):
        places = []
    own = [properties[place - 1] for place in places if 1 <= place <= len(properties)]
    for kind, data in (*own, *properties, *boxes):  # a sequence has it with its track
        if kind == b"colr" and data[:4] == b"nclx" and len(data) >= 8:
            primaries, transfer = struct.unpack_from(">HH", data, 4)
            return primaries, transfer
    return None


def _outer_boxes(file: BinaryIO) -> Iterator[Box]:
    """The outermost boxes that describe; the others are passed over."""
    size = file.seek(0, os.SEEK_END)
    start = 0
    while start + 8 <= size:
        file.seek(start)
        length, kind = struct.unpack(">I4s", file.read(8))
        begin = start + 8
        if length == 1:
            length = int.from_bytes(file.read(8), "big")
            begin += 8
        stop = size if length == 0 else start + length
        if not begin <= stop <= size:
            return
        if kind in _HOLDERS and stop - begin <= _MAX_BYTES:
            file.seek(begin)
            yield kind, file.read(stop - begin)
        start = stop


def _inner(kind: bytes, data: bytes) -> Iterator[Box]:
    """A box and those inside of it."""
    yield kind, data
    if kind in _HOLDERS:
        for box in _boxes(data[_HOLDERS[kind] :]):
            yield from _inner(*box)


def _boxes(data: bytes) -> Iterator[Box]:
    start = 0
    while start + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, start)
        stop = len(data) if length == 0 else start + length
        if not start + 8 <= stop <= len(data):
            return
        yield kind, data[start + 8 : stop]
        start = stop


def _primary_item(data: bytes) -> int:
    """The number of the item that is the picture."""
    return int.from_bytes(data[4:6] if data[:1] == b"\0" else data[4:8], "big")


def _places(data: bytes, item: int) -> list[int]:
    """Where an item's properties stand in the list of all, counted from 1."""
    version, flags = data[0], data[3]
    (count,) = struct.unpack_from(">I", data, 4)
    item_bytes, place_bytes = (4 if version else 2), (2 if flags & 1 else 1)
    at = 8
    for _ in range(count):
        number = int.from_bytes(data[at : at + item_bytes], "big")
        entries = data[at + item_bytes]
        at += item_bytes + 1
        if number == item:
            essential = 0x7FFF if flags & 1 else 0x7F
            return [
                int.from_bytes(data[at + place_bytes * entry :][:place_bytes], "big") & essential
                for entry in range(entries)
            ]
        at += place_bytes * entries
    return []
