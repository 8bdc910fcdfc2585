"""The .sfc file: a header, chunks and a checksum around the coded streams. SFC.md specifies it.

magic (8) | version (1) | chunk | chunk | ... | CRC-32 (4)
chunk = type (1 letter; a capital must be understood, a small one may be skipped) | length | payload
"""

import string
import zlib
from dataclasses import dataclass, field

from qmap_studio.codec.common.fields import FieldReader, number
from qmap_studio.codec.common.metadata_chunks import METADATA_CHUNKS, pack_metadata, unpack_metadata
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.pictures import MAX_PIXELS, MAX_SIDE, Metadata

# As PNG's: a high bit that 7-bit transfer loses, both line ends that text mode changes, an end of file for DOS.
MAGIC = b"\x89SFC\r\n\x1a\n"
VERSION = 2

# A file claims at most so many pixels per byte: a few hostile bytes cannot ask for minutes and gigabytes.
MAX_PIXELS_PER_BYTE = 4096
MAX_STREAMS = 64
_ID_CHARACTERS = frozenset(string.ascii_lowercase + string.digits + "-_.")
_MAX_ID_LENGTH = 32
_HASH_BYTES = 8
_CRC_BYTES = 4
_GREY_FLAG = 1

_HEADER, _MAP, _STREAM, _DETAIL, _KEPT, _ALPHA, _PADDING = b"H", b"M", b"S", b"D", b"K", b"A", b"p"
_LAYERS = b"l"
_ONCE = (_HEADER, _MAP, _DETAIL, _KEPT, _ALPHA, _LAYERS, *METADATA_CHUNKS)


@dataclass(frozen=True)
class SfcFile:
    """What an .sfc file holds.

    Attributes:
        width, height: of the picture in pixels.
        is_grey: the picture is stored as one channel when it is saved.
        model_id, weights_hash: the model, and the first 8 bytes of the hash of all that its decoder reads.
        base_quality: 0..65535 is quality 0..1; the map is coded as differences from it.
        map_stream: map_coding's bytes, empty for a constant map.
        streams: the model's entropy coded streams, in its own order.
        detail: the detail layer, empty where there is none.
        kept: the pixels that are coded apart, empty where there are none.
        alpha: alpha.pack_alpha's bytes, or None.
        icc_profile: carried byte for byte, or None.
        metadata: of the picture.
        layers: what the map was made of, in a form that is the editor's own; empty where it is not told.
    """

    width: int
    height: int
    is_grey: bool
    model_id: str
    weights_hash: bytes
    base_quality: int
    map_stream: bytes = b""
    streams: tuple[bytes, ...] = ()
    detail: bytes = b""
    kept: bytes = b""
    alpha: bytes | None = None
    icc_profile: bytes | None = None
    metadata: Metadata = field(default_factory=Metadata)
    layers: bytes = b""


def pack(file: SfcFile) -> bytes:
    """The bytes of an .sfc file.

    Raises:
        ImageError: the profile or the metadata is too large to be carried.
        ValueError: a field is outside its range.
    """
    _require_valid(file)
    parts = [MAGIC, bytes([VERSION]), _chunk(_HEADER, _pack_header(file))]
    if file.map_stream:
        parts.append(_chunk(_MAP, file.map_stream))
    parts += [_chunk(_STREAM, stream) for stream in file.streams]
    parts += [_chunk(kind, payload) for kind, payload in ((_DETAIL, file.detail), (_KEPT, file.kept)) if payload]
    if file.alpha is not None:
        parts.append(_chunk(_ALPHA, file.alpha))
    parts += [_chunk(kind, payload) for kind, payload in pack_metadata(file.icc_profile, file.metadata)]
    if file.layers:
        parts.append(_chunk(_LAYERS, file.layers))
    data = b"".join(parts)
    missing = -(-file.width * file.height // MAX_PIXELS_PER_BYTE) - len(data) - _CRC_BYTES
    if missing > 0:
        data += _chunk(_PADDING, bytes(missing))  # a large picture of next to nothing
    return data + zlib.crc32(data).to_bytes(_CRC_BYTES, "big")


def unpack(data: bytes) -> SfcFile:
    """What the bytes of an .sfc file hold; any bytes are safe to give, memory stays near the file's own size.

    Raises:
        BitstreamError: they are not an .sfc file, or a damaged, truncated, newer or implausible one.
    """
    chunks = FieldReader(_checked_body(data))
    if chunks.ended or chunks.take(1) != _HEADER:
        raise BitstreamError(tr("The .sfc file is damaged: it does not begin with its header."))
    width, height, is_grey, base_quality, weights_hash, model_id = _unpack_header(chunks.take_sized(), len(data))
    single: dict[bytes, bytes] = {}
    streams: list[bytes] = []
    while not chunks.ended:
        kind, payload = chunks.take(1), chunks.take_sized()
        if kind == _STREAM:
            streams.append(payload)
        elif kind in _ONCE:
            if kind == _HEADER or kind in single:
                raise BitstreamError(
                    tr("The .sfc file is damaged: it holds a second chunk {kind!r}.").format(kind=kind.decode())
                )
            single[kind] = payload
        elif not kind.isalpha():
            raise BitstreamError(tr("The .sfc file is damaged: {kind!r} is no type of chunk.").format(kind=kind))
        elif kind.isupper():
            raise BitstreamError(
                tr("The .sfc file needs a newer version of the program: unknown chunk {kind!r}.").format(
                    kind=kind.decode()
                )
            )
    if len(streams) > MAX_STREAMS:
        text = ngettext(
            "The .sfc file is damaged: {count} stream, at most {most} are possible.",
            "The .sfc file is damaged: {count} streams, at most {most} are possible.",
            len(streams),
        )
        raise BitstreamError(text.format(count=len(streams), most=MAX_STREAMS))
    for kind in (_MAP, _DETAIL, _KEPT):
        if single.get(kind) == b"":
            raise BitstreamError(
                tr("The .sfc file is damaged: its chunk {kind!r} is empty.").format(kind=kind.decode())
            )
    icc_profile, metadata = unpack_metadata(single)
    return SfcFile(
        width=width,
        height=height,
        is_grey=is_grey,
        model_id=model_id,
        weights_hash=weights_hash,
        base_quality=base_quality,
        map_stream=single.get(_MAP, b""),
        streams=tuple(streams),
        detail=single.get(_DETAIL, b""),
        kept=single.get(_KEPT, b""),
        alpha=single.get(_ALPHA),
        icc_profile=icc_profile,
        metadata=metadata,
        layers=single.get(_LAYERS, b""),
    )


def _checked_body(data: bytes) -> memoryview:
    """The chunks, once magic, version and checksum are right."""
    start = len(MAGIC)
    if data[:start] != MAGIC:
        if data[:4] == MAGIC[:4] or data[:3] == MAGIC[1:4]:
            raise BitstreamError(tr("The .sfc file was damaged on its way: it was copied as text instead of as bytes."))
        raise BitstreamError(tr("This is not an .sfc file."))
    if len(data) < start + 1 + _CRC_BYTES:
        text = ngettext(
            "The .sfc file is cut short: only {count} byte is left.",
            "The .sfc file is cut short: only {count} bytes are left.",
            len(data),
        )
        raise BitstreamError(text.format(count=len(data)))
    if data[start] != VERSION:
        raise BitstreamError(_of_another_version(data[start]))
    body = memoryview(data)[:-_CRC_BYTES]
    if zlib.crc32(body).to_bytes(_CRC_BYTES, "big") != data[-_CRC_BYTES:]:
        raise BitstreamError(tr("The .sfc file is damaged or cut short: its checksum does not fit."))
    return body[start + 1 :]


def _of_another_version(found: int) -> str:
    if 1 <= found < VERSION:
        text = tr(
            "This .sfc file is of version {found}, which an earlier version of the program wrote; this one reads "
            "version {version}. Open it with the program that wrote it."
        )
    else:
        text = tr(
            "This .sfc file is of version {found}, this program reads version {version}. Is there a newer program?"
        )
    return text.format(found=found, version=VERSION)


def _chunk(kind: bytes, payload: bytes) -> bytes:
    return kind + number(len(payload)) + payload


def _pack_header(file: SfcFile) -> bytes:
    return b"".join(
        (
            number(file.width),
            number(file.height),
            bytes([_GREY_FLAG if file.is_grey else 0]),
            file.base_quality.to_bytes(2, "big"),
            file.weights_hash,
            file.model_id.encode("ascii"),
        )
    )


def _unpack_header(payload: bytes, file_bytes: int) -> tuple[int, int, bool, int, bytes, str]:
    header = FieldReader(payload)
    width, height = header.take_number(), header.take_number()
    _require_plausible_size(width, height, file_bytes)
    flags = header.take(1)[0]
    if flags & ~_GREY_FLAG:
        raise BitstreamError(
            tr("The .sfc file needs a newer version of the program: unknown flags {flags:#04x}.").format(flags=flags)
        )
    base_quality = int.from_bytes(header.take(2), "big")
    weights_hash = header.take(_HASH_BYTES)
    model_id = []
    while not header.ended:
        model_id.append(header.take(1).decode("latin-1"))
    if not _is_model_id("".join(model_id)):
        raise BitstreamError(tr("The .sfc file is damaged: its model has no valid name."))
    return width, height, bool(flags & _GREY_FLAG), base_quality, weights_hash, "".join(model_id)


def _require_plausible_size(width: int, height: int, file_bytes: int) -> None:
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise BitstreamError(
            tr(
                "The .sfc file claims {width} x {height} pixels; possible are 1 to {max_side} a side and at most "
                "{megapixels} megapixels."
            ).format(width=width, height=height, max_side=MAX_SIDE, megapixels=MAX_PIXELS // 10**6)
        )
    if width * height > MAX_PIXELS_PER_BYTE * file_bytes:
        raise BitstreamError(
            tr("The .sfc file claims {width} x {height} pixels, too many for its {file_bytes} bytes.").format(
                width=width, height=height, file_bytes=file_bytes
            )
        )


def _is_model_id(text: str) -> bool:
    return 1 <= len(text) <= _MAX_ID_LENGTH and _ID_CHARACTERS.issuperset(text)


def _require_valid(file: SfcFile) -> None:
    """Refuses to write what unpack would refuse to read."""
    if not (1 <= file.width <= MAX_SIDE and 1 <= file.height <= MAX_SIDE and file.width * file.height <= MAX_PIXELS):
        raise ValueError(f"no .sfc file can hold {file.width} x {file.height} pixels")
    if not _is_model_id(file.model_id):
        raise ValueError(f"model id {file.model_id!r}: 1 to {_MAX_ID_LENGTH} of a-z, 0-9, '-', '_', '.' expected")
    if len(file.weights_hash) != _HASH_BYTES:
        raise ValueError(f"the weights' hash has {len(file.weights_hash)} bytes, expected {_HASH_BYTES}")
    if not 0 <= file.base_quality <= 0xFFFF:
        raise ValueError(f"base quality {file.base_quality} is not in 0..65535")
    if len(file.streams) > MAX_STREAMS:
        raise ValueError(f"{len(file.streams)} streams, at most {MAX_STREAMS} are possible")
