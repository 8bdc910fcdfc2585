"""The chunks of a PNG file that hold metadata (PNG specification, third edition, section 11.3)."""

import os
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from qmap_studio.core.pictures.soundness.carriers import MAX_BYTES, Carrier, Part, State

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT_BYTES = 4 * MAX_BYTES  # of all texts together
_IGNORED = b"jUNk"  # a type of chunk that no reader knows
_END = b"\0\0\0\0IEND\xaeB`\x82"
_ANIMATION = (b"acTL", b"fcTL", b"fdAT")
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_PARTS = {
    b"eXIf": Part.EXIF, b"iCCP": Part.PROFILE, b"pHYs": Part.RESOLUTION, b"gAMA": Part.COLOUR, b"cHRM": Part.COLOUR,
    b"sRGB": Part.COLOUR, b"cICP": Part.COLOUR, b"mDCV": Part.COLOUR, b"cLLI": Part.COLOUR, b"acTL": Part.ANIMATION,
    b"fcTL": Part.ANIMATION, b"fdAT": Part.ANIMATION, b"tEXt": Part.TEXT, b"zTXt": Part.TEXT, b"iTXt": Part.TEXT,
}  # fmt: skip
_KEYWORDS = {b"XML:com.adobe.xmp": Part.XMP, b"Raw profile type exif": Part.EXIF, b"Raw profile type xmp": Part.XMP}
_LEAST_BYTES = {
    b"pHYs": 9, b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"cICP": 4, b"acTL": 8, b"fcTL": 26, b"fdAT": 4,
}  # fmt: skip
_KNOWN = re.compile(b"|".join([b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", *_PARTS]))


class _DamagedError(Exception):
    """A chunk cannot be what its type says."""


class _TooLargeError(Exception):
    """A chunk unpacks to more than is read."""


@dataclass(frozen=True)
class _Chunk:
    kind: bytes
    offset: int
    data: bytes
    crc: int

    @property
    def part(self) -> Part:
        if self.kind in _TEXTS:
            return _KEYWORDS.get(self.data[:80].partition(b"\0")[0], Part.TEXT)
        return _PARTS.get(self.kind, Part.EXTRA)

    @property
    def has_right_sum(self) -> bool:
        return zlib.crc32(self.data, zlib.crc32(self.kind)) == self.crc

    def carrier(self, state: State) -> Carrier:
        crc = zlib.crc32(self.data, zlib.crc32(_IGNORED))
        patches = ((self.offset + 4, _IGNORED), (self.offset + 8 + len(self.data), struct.pack(">I", crc)))
        return Carrier(self.part, state, patches)


def png_carriers(file: BinaryIO) -> Iterator[Carrier]:
    """The metadata of a PNG file; at most MAX_BYTES of a chunk and MAX_TEXT_BYTES of all texts are unpacked."""
    text_bytes = 0
    animation = []
    is_animation_sound = True
    for found in _ancillary_chunks(file):
        if isinstance(found, Carrier):
            yield found
            continue
        state, unpacked_bytes = _state_of(found, MAX_TEXT_BYTES - text_bytes)
        if found.kind in _TEXTS:
            text_bytes += unpacked_bytes
        if found.kind in _ANIMATION:
            animation.append(found.carrier(State.SOUND))
            is_animation_sound &= state is State.SOUND
        else:
            yield found.carrier(state)
    for carrier in animation:  # its chunks have no meaning without each other
        yield carrier if is_animation_sound else replace(carrier, state=State.DAMAGED)


def _ancillary_chunks(file: BinaryIO) -> Iterator[_Chunk | Carrier]:
    """The chunks that a picture can do without; as carriers, those whose length is wrong.

    Behind a wrong length, the next chunk whose sum is right is looked for. Where there is none and the pixels have
    been, the file ends there.
    """
    size_bytes = file.seek(0, os.SEEK_END)
    offset = len(SIGNATURE)
    has_pixels = False
    while (head := _head(file, offset, size_bytes)) is not None and head[1] != b"IEND":
        length, kind = head
        end = offset + 12 + length
        if kind[0] & 0x20 and kind != b"tRNS":
            chunk = _chunk(file, offset, min(length, size_bytes - offset - 8))
            if end > size_bytes or not (chunk.has_right_sum or _is_chunk_at(file, end, size_bytes)):
                following = _next_chunk(file, offset + 12, size_bytes)
                if following is not None:
                    yield _reframed(chunk, file, following)
                    end = following
                elif has_pixels:
                    yield Carrier(chunk.part, State.DAMAGED, ((offset, _END),))
                    return
            else:
                yield chunk
        has_pixels |= kind == b"IDAT"
        offset = end


def _head(file: BinaryIO, offset: int, size_bytes: int) -> tuple[int, bytes] | None:
    """Length and type of the chunk at an offset; None where none can begin."""
    if offset + 8 > size_bytes:
        return None
    file.seek(offset)
    length, kind = struct.unpack(">I4s", file.read(8))
    return (length, kind) if kind.isalpha() else None


def _is_chunk_at(file: BinaryIO, offset: int, size_bytes: int) -> bool:
    head = _head(file, offset, size_bytes)
    return head is not None and offset + 12 + head[0] <= size_bytes


def _chunk(file: BinaryIO, offset: int, length: int) -> _Chunk:
    file.seek(offset + 4)
    kind, data, crc = file.read(4), file.read(length), file.read(4)
    return _Chunk(kind, offset, data, int.from_bytes(crc, "big"))


def _next_chunk(file: BinaryIO, offset: int, size_bytes: int) -> int | None:
    """Where the next chunk begins; None where none is found, or that of another picture inside of metadata."""
    file.seek(offset)
    content = file.read(2 * MAX_BYTES)
    for match in _KNOWN.finditer(content):
        start = offset + match.start() - 4
        if start < offset or not _is_chunk_at(file, start, size_bytes):
            continue
        (length,) = struct.unpack(">I", content[match.start() - 4 : match.start()])
        if _chunk(file, start, length).has_right_sum:
            return None if match.group() == b"IHDR" else start
    return None


def _reframed(chunk: _Chunk, file: BinaryIO, end: int) -> Carrier:
    """A chunk that is passed over, and that ends where the next begins."""
    length = end - chunk.offset - 12
    carrier = _chunk(file, chunk.offset, length).carrier(State.DAMAGED)
    return replace(carrier, part=chunk.part, patches=((chunk.offset, struct.pack(">I", length)), *carrier.patches))


def _state_of(chunk: _Chunk, most_text_bytes: int) -> tuple[State, int]:
    """What is wrong with a chunk, and how many bytes its text takes, unpacked."""
    if not chunk.has_right_sum or len(chunk.data) < _LEAST_BYTES.get(chunk.kind, 0):
        return State.DAMAGED, 0
    if len(chunk.data) > MAX_BYTES and chunk.kind not in _ANIMATION:
        return State.TOO_LARGE, 0
    try:
        if chunk.kind == b"iCCP":
            _inflated(_after_method(chunk.data.partition(b"\0")[2]), MAX_BYTES)
        if chunk.kind in _TEXTS:
            most_bytes = min(MAX_BYTES, most_text_bytes)
            text = _text(chunk, most_bytes)
            return (State.SOUND if len(text) <= most_bytes else State.TOO_LARGE), len(text)
    except _TooLargeError:
        return State.TOO_LARGE, most_bytes if chunk.kind in _TEXTS else 0
    except (_DamagedError, UnicodeError):
        return State.DAMAGED, 0
    return State.SOUND, 0


def _text(chunk: _Chunk, most_bytes: int) -> bytes:
    """The text of a chunk, unpacked."""
    rest = chunk.data.partition(b"\0")[2]
    if chunk.kind == b"tEXt":
        return rest
    if chunk.kind == b"zTXt":
        return _inflated(_after_method(rest), most_bytes)
    if len(rest) < 4 or rest.count(b"\0", 2) < 2:
        raise _DamagedError
    is_packed = rest[0] != 0
    language, keyword, text = rest[2:].split(b"\0", 2)
    if is_packed:
        _after_method(rest[1:])
        text = _inflated(text, most_bytes)
    for value in (language, keyword, text):
        value.decode()
    return text


def _after_method(data: bytes) -> bytes:
    """What follows the method of compression, of which there is one."""
    if not data or data[0] != 0:
        raise _DamagedError
    return data[1:]


def _inflated(data: bytes, most_bytes: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(data, most_bytes + 1)
    except zlib.error as error:
        raise _DamagedError from error
    if len(content) > most_bytes:
        raise _TooLargeError
    if not unpacker.eof:
        raise _DamagedError
    return content
