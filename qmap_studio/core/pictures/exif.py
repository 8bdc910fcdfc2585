"""EXIF blocks by their raw values (CIPA DC-008): nothing is decoded, so whatever is whole can be kept."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Order = Literal["<", ">"]
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
ASCII, SHORT, LONG, RATIONAL, UNDEFINED, BYTE = 2, 3, 4, 5, 7, 1

DESCRIPTION, MAKE, MODEL, ORIENTATION, SOFTWARE, DATE = 270, 271, 272, 274, 305, 306
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 282, 283, 296
INCH, CENTIMETRE = 2, 3
EXIF, GPS, INTEROP = 0x8769, 0x8825, 0xA005
MAKER_NOTE, DATE_TAKEN = 0x927C, 0x9003
DESCRIPTIVE = (
    *(DESCRIPTION, MAKE, MODEL, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT, SOFTWARE, DATE),
    *(269, 315, 316, 33432),  # name of the document, artist, host computer, copyright
    *(18246, 18249, 40091, 40092, 40093, 40094, 40095),  # ratings, title, comment, author, keywords, subject
)
"""Those tags of a picture that say nothing of how its pixels lie in the file."""
_POINTERS = (EXIF, GPS, INTEROP)
_SUB_IFDS = 330  # other pictures


@dataclass(frozen=True)
class Value:
    """The value of a tag.

    Attributes:
        kind: TIFF's number of its type.
        data: its bytes, in the block's order.
    """

    kind: int
    data: bytes

    @property
    def count(self) -> int:
        return len(self.data) // _TYPE_BYTES[self.kind]


Tags = dict[int, "Value | Tags"]
"""A directory: values, and directories in it."""


@dataclass(frozen=True)
class Exif:
    """What an EXIF block holds, without its thumbnail.

    Attributes:
        order: "<" or ">", as struct wants it.
        tags: of the picture, with the directories EXIF, GPS and INTEROP in them.
        is_whole: no tag had to be left out.
    """

    order: Order
    tags: Tags
    is_whole: bool = True

    @classmethod
    def read(cls, block: bytes) -> "Exif | None":
        """The tags of a TIFF block whose values lie in it; None if it has none."""
        order = _order_of(block)
        if order is None:
            return None
        reader = _Reader(block, order)
        tags = reader.directory(struct.unpack_from(order + "I", block, 4)[0])
        return cls(order, tags, reader.is_whole) if tags else None

    def packed(self) -> bytes:
        """A TIFF block of these tags alone."""
        mark = b"II*\0" if self.order == "<" else b"MM\0*"
        return mark + struct.pack(self.order + "I", 8) + pack_directory(self.tags, self.order, 8)

    def directory(self, tag: int) -> Tags:
        """A directory among the tags; an empty one where there is none."""
        found = self.tags.get(tag)
        return found if isinstance(found, dict) else {}

    def without(self, tag: int) -> "Exif":
        """Without a tag, wherever it stands."""
        return replace(self, tags=_without(self.tags, tag))

    @property
    def dpi(self) -> tuple[float, float] | None:
        """Pixels an inch, across and down; None if it does not tell."""
        inch = {INCH: 1.0, CENTIMETRE: 2.54}.get(self.number(RESOLUTION_UNIT, INCH))
        across, down = self._fraction(X_RESOLUTION), self._fraction(Y_RESOLUTION)
        return (across * inch, down * inch) if inch and across and down else None

    @property
    def camera(self) -> str:
        """The camera's make and model; the make is left out where the model begins with it."""
        make, model = self.text(MAKE), self.text(MODEL)
        return model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()

    def text(self, tag: int) -> str:
        """A text, of the picture or of its EXIF directory; empty where there is none."""
        value = self.tags.get(tag) or self.directory(EXIF).get(tag)
        if not isinstance(value, Value) or value.kind != ASCII:
            return ""
        return value.data.split(b"\0")[0].decode("utf-8", "replace").strip()

    def _fraction(self, tag: int) -> float | None:
        """A rational number of the picture; None where there is none."""
        value = self.tags.get(tag)
        if not isinstance(value, Value) or value.kind != RATIONAL or value.count != 1:
            return None
        numerator, denominator = struct.unpack(self.order + "2I", value.data)
        return float(numerator / denominator) if denominator else None

    def number(self, tag: int, default: int) -> int:
        """A short number of the picture."""
        value = self.tags.get(tag)
        if not isinstance(value, Value) or value.kind != SHORT or value.count != 1:
            return default
        return int(struct.unpack(self.order + "H", value.data)[0])


def made_upright(block: bytes) -> bytes:
    """The same block, but its orientation says upright; no other byte is touched."""
    order = _order_of(block)
    if order is None or (place := _place_of(block, order, ORIENTATION)) is None:
        return block
    out = bytearray(block)
    struct.pack_into(order + "HIHH", out, place + 2, SHORT, 1, 1, 0)
    return bytes(out)


def without_gps(block: bytes) -> bytes | None:
    """The same block without its GPS directory, the rest where it was; None if the block cannot be read.

    What a maker's private note says of the position stays in it: nobody but the maker can tell.
    """
    order = _order_of(block)
    if order is None:
        return None
    out = bytearray(block)
    for directory in _directories(block, order):
        while (place := _place_of(out, order, GPS, directory)) is not None:
            start, count = _entries_of(out, order, directory)
            end = start + 12 * count
            gps = struct.unpack_from(order + "I", out, place + 8)[0]
            out[place : end + 4] = out[place + 12 : end + 4] + bytes(12)
            struct.pack_into(order + "H", out, start - 2, count - 1)
            _blank_directory(out, order, gps)  # last: a damaged one may name the bytes of the other directories
    return bytes(out)


def has_gps(block: bytes) -> bool:
    """Whether a directory of a block leads to one of a position."""
    order = _order_of(block)
    return order is not None and any(_place_of(block, order, GPS, at) is not None for at in _directories(block, order))


def _directories(block: bytes, order: Order) -> Iterator[int]:
    """Where the directories of the picture, its EXIF and its thumbnail begin: a position may stand in any."""
    first = struct.unpack_from(order + "I", block, 4)[0]
    yield first
    if (place := _place_of(block, order, EXIF)) is not None:
        yield struct.unpack_from(order + "I", block, place + 8)[0]
    start, count = _entries_of(block, order)
    if start + 12 * count + 4 <= len(block):
        yield struct.unpack_from(order + "I", block, start + 12 * count)[0]


def pack_directory(tags: Mapping[int, "Value | Tags"], order: Order, offset: int) -> bytes:
    """A directory and all in it, as it lies in a TIFF file from an offset in bytes on."""
    entries = bytearray()
    behind = bytearray()
    start = offset + 2 + 12 * len(tags) + 4
    for tag, value in sorted(tags.items()):
        where = start + len(behind)
        if isinstance(value, Value):
            entries += struct.pack(order + "HHI", tag, value.kind, value.count)
            if len(value.data) <= 4:
                entries += value.data.ljust(4, b"\0")
                continue
            data = value.data
        else:
            entries += struct.pack(order + "HHI", tag, LONG, 1)
            data = pack_directory(value, order, where)
        entries += struct.pack(order + "I", where)
        behind += data + bytes(len(data) % 2)  # values begin at even offsets
    return struct.pack(order + "H", len(tags)) + bytes(entries) + bytes(4) + bytes(behind)


def of_resolution(across: float, down: float) -> Exif:
    """A block that tells a resolution in pixels an inch."""
    return Exif(
        "<",
        {
            X_RESOLUTION: fraction("<", across),
            Y_RESOLUTION: fraction("<", down),
            RESOLUTION_UNIT: shorts("<", INCH),
        },
    )


def is_type(kind: int) -> bool:
    """Whether a number is that of a type of values."""
    return kind in _TYPE_BYTES


def shorts(order: Order, *numbers: int) -> Value:
    return Value(SHORT, struct.pack(f"{order}{len(numbers)}H", *numbers))


def longs(order: Order, *numbers: int) -> Value:
    return Value(LONG, struct.pack(f"{order}{len(numbers)}I", *numbers))


def fraction(order: Order, number: float) -> Value:
    """A rational number, in thousandths."""
    return Value(RATIONAL, struct.pack(order + "2I", round(number * 1000), 1000))


def _order_of(block: bytes) -> Order | None:
    """The order of a TIFF block's bytes; None if it is none, or has no directory."""
    orders: dict[bytes, Order] = {b"II*\0": "<", b"MM\0*": ">"}
    order = orders.get(block[:4])
    if order is None or len(block) < 8:
        return None
    offset = struct.unpack_from(order + "I", block, 4)[0]
    return order if 8 <= offset <= len(block) - 2 else None


def _entries_of(block: bytes | bytearray, order: Order, offset: int | None = None) -> tuple[int, int]:
    """Where the entries of a directory begin, the first one's without an offset, and how many are in the block."""
    if offset is None:
        offset = struct.unpack_from(order + "I", block, 4)[0]
    if offset + 2 > len(block):
        return len(block), 0
    count = struct.unpack_from(order + "H", block, offset)[0]
    return offset + 2, min(count, (len(block) - offset - 2) // 12)


def _place_of(block: bytes | bytearray, order: Order, tag: int, offset: int | None = None) -> int | None:
    """Where the entry of a tag begins in a directory, the first one without an offset."""
    start, count = _entries_of(block, order, offset)
    places = range(start, start + 12 * count, 12)
    return next((place for place in places if struct.unpack_from(order + "H", block, place)[0] == tag), None)


def _blank_directory(out: bytearray, order: Order, offset: int) -> None:
    """Overwrites a directory and its values with zeros."""
    start, count = _entries_of(out, order, offset)
    for place in range(start, start + 12 * count, 12):
        _, kind, values, where = struct.unpack_from(order + "HHII", out, place)
        size = values * _TYPE_BYTES.get(kind, 1)
        if 4 < size <= len(out) - where:
            out[where : where + size] = bytes(size)
        out[place : place + 12] = bytes(12)


def _without(tags: Tags, left_out: int) -> Tags:
    return {
        tag: _without(value, left_out) if isinstance(value, dict) else value
        for tag, value in tags.items()
        if tag != left_out
    }


class _Reader:
    """Reads the directories of a block, each once, and no more bytes than the block has."""

    def __init__(self, block: bytes, order: Order) -> None:
        self._block, self._order = block, order
        self._seen: set[int] = set()
        self._left = len(block)
        self.is_whole = True

    def directory(self, offset: int) -> Tags:
        self._seen.add(offset)
        start, count = _entries_of(self._block, self._order, offset)
        if offset + 2 > len(self._block) or count != struct.unpack_from(self._order + "H", self._block, offset)[0]:
            self.is_whole = False
        tags: Tags = {}
        for place in range(start, start + 12 * count, 12):
            tag, kind, values, where = struct.unpack_from(self._order + "HHII", self._block, place)
            found = self._sub_directory(where) if tag in _POINTERS else self._value(kind, values, place + 8, where)
            if found is None or tag == _SUB_IFDS or tag in tags:
                self.is_whole = False
            else:
                tags[tag] = found
        return tags

    def _sub_directory(self, offset: int) -> Tags | None:
        return None if offset in self._seen else self.directory(offset) or None

    def _value(self, kind: int, values: int, inline: int, where: int) -> Value | None:
        size = values * _TYPE_BYTES.get(kind, 0)
        at = inline if size <= 4 else where
        if kind not in _TYPE_BYTES or at + size > len(self._block) or size > self._left:
            return None
        self._left -= size
        return Value(kind, self._block[at : at + size])
