"""What a PNG file says of its colours (PNG specification, third edition, section 11.3.2)."""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

_SIGNATURE_BYTES = 8
_COLOUR_CHUNKS = {b"cICP": 4, b"sRGB": 1, b"gAMA": 4, b"cHRM": 32}  # with the bytes that each has


def colour_chunks(file: BinaryIO) -> dict[bytes, bytes]:
    """The chunks that describe colours, but for the profile; damaged ones are left out."""
    return {kind: data for kind, data in _chunks_before_pixels(file) if len(data) == _COLOUR_CHUNKS[kind]}


def _chunks_before_pixels(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    file.seek(_SIGNATURE_BYTES)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind in (b"IDAT", b"IEND"):
            return
        if length != _COLOUR_CHUNKS.get(kind):
            file.seek(length + 4, 1)
            continue
        data, checksum = file.read(length), file.read(4)
        if zlib.crc32(kind + data).to_bytes(4, "big") == checksum:
            yield kind, data
