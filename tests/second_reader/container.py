import re
import struct
import zlib
from dataclasses import dataclass, field

import numpy as np

MAGIC = bytes.fromhex("89 53 46 43 0D 0A 1A 0A")
CAPITALS = "HMSDKA"
UNPACKED = 2**26


class RefusedError(Exception):
    pass


def must(holds: bool, why: str) -> None:
    if not holds:
        raise RefusedError(why)


# SFC.md 1, Numbers
class Payload:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        must(self.at + size <= len(self.data), "bytes are missing")
        self.at += size
        return self.data[self.at - size : self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        value = 0
        for i in range(5):
            byte = self.byte()
            value |= (byte & 127) << 7 * i
            if byte < 128:
                must(byte > 0 or i == 0, "a number that is not in its fewest bytes")
                return value
        raise RefusedError("a number of more than five bytes")

    def left(self) -> int:
        return len(self.data) - self.at

    def rest(self) -> bytes:
        return self.take(self.left())


# SFC.md 1, Header
@dataclass
class Header:
    width: int
    height: int
    grey: bool
    base: int
    weights: bytes
    model: str


@dataclass
class Container:
    header: Header
    chunks: dict[str, bytes]
    streams: list[bytes] = field(default_factory=list)


# SFC.md 1, Layout and Chunks
def read_container(data: bytes) -> Container:
    must(len(data) >= 13 and data[:8] == MAGIC, "magic")
    must(data[8] == 2, "version")
    must(zlib.crc32(data[:-4]) == int.from_bytes(data[-4:], "big"), "checksum of the file")
    payload = Payload(data[9:-4])
    chunks: dict[str, bytes] = {}
    streams: list[bytes] = []
    while payload.left():
        kind = chr(payload.byte())
        must(kind.isascii() and kind.isalpha(), "a type that is no letter")
        must(kind.islower() or kind in CAPITALS, "an unknown capital")
        must(bool(chunks) or kind == "H", "no header first")
        content = payload.take(payload.number())
        if kind == "S":
            streams.append(content)
        elif kind in "HMDKAiexdcn":
            must(kind not in chunks, "a second chunk of a type that occurs once")
            chunks[kind] = content
    must("H" in chunks, "no header")
    must(len(streams) <= 64, "too many streams")
    must(all(chunks.get(kind, b"_") for kind in "MDK"), "an empty chunk")
    header = read_header(chunks["H"], len(data))
    check_metadata(chunks)
    return Container(header, chunks, streams)


# SFC.md 1, Header, and What a reader checks before it takes memory
def read_header(data: bytes, file_size: int) -> Header:
    payload = Payload(data)
    width, height = payload.number(), payload.number()
    flags = payload.byte()
    base = int.from_bytes(payload.take(2), "big")
    weights = payload.take(8)
    model = payload.rest().decode("latin-1")
    must(1 <= width <= 30_000 and 1 <= height <= 30_000, "sides")
    must(width * height <= 200_000_000, "area")
    must(width * height <= 4096 * file_size, "area for the file's size")
    must(flags <= 1, "flags")
    must(re.fullmatch(r"[a-z0-9\-_.]{1,32}", model) is not None, "model id")
    return Header(width, height, flags == 1, base, weights, model)


# SFC.md 1, Chunks
def unpack(data: bytes, most: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        out = stream.decompress(data, most + 1)
    except zlib.error as error:
        raise RefusedError("a zlib stream") from error
    must(len(out) <= most, "a zlib stream that unpacks to too much")
    must(stream.eof and not stream.unused_data, "a zlib stream that is cut short or goes on")
    return out


def text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError("not UTF-8") from error


def check_metadata(chunks: dict[str, bytes]) -> None:
    for kind in "iex":
        if kind in chunks:
            unpack(chunks[kind], UNPACKED)
    if "c" in chunks:
        text(unpack(chunks["c"], UNPACKED))
    if "d" in chunks:
        must(len(chunks["d"]) == 16, "resolution")
        must(all(0.1 <= value <= 1_000_000 for value in struct.unpack(">dd", chunks["d"])), "resolution")
    if "n" in chunks:
        payload = Payload(chunks["n"])
        must(1 <= payload.byte() <= 8, "orientation")
        must(payload.left() <= 255, "name of the source")
        name = text(payload.rest())
        must(re.search(r"[/\\\x00-\x1f\x7f-\x9f]", name) is None and name not in (".", ".."), "name of the source")


# SFC.md 2
def transparency(data: bytes, header: Header) -> np.ndarray:
    prediction = Payload(data).byte()
    must(prediction <= 3, "prediction")
    area = header.height * header.width
    plane = unpack(data[1:], area)
    must(len(plane) == area, "another number of bytes than pixels")
    alpha = np.frombuffer(plane, np.uint8).reshape(header.height, header.width)
    if prediction & 2:
        alpha = np.cumsum(alpha, axis=0, dtype=np.uint8)
    if prediction & 1:
        alpha = np.cumsum(alpha, axis=1, dtype=np.uint8)
    return alpha
