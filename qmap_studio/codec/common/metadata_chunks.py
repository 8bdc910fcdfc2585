"""What an .sfc file carries of a picture besides its pixels, chunk by chunk. SFC.md specifies it."""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping

from qmap_studio.codec.common.deflate import inflate
from qmap_studio.core.errors import BitstreamError, ImageError
from qmap_studio.core.language import N_, tr
from qmap_studio.core.pictures import Metadata, is_dpi

MAX_METADATA_BYTES = 1 << 26
MAX_NAME_BYTES = 255
_PROFILE, _EXIF, _XMP, _DPI, _COMMENT, _SOURCE = b"i", b"e", b"x", b"d", b"c", b"n"
METADATA_CHUNKS = (_PROFILE, _EXIF, _XMP, _DPI, _COMMENT, _SOURCE)
_DPI_LAYOUT = ">2d"
_NO_NAME = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]")
_LARGE_PROFILE = N_(
    "The colour profile of {found} MB is too large; an .sfc file carries at most {most} MB. "
    "Save the picture without it first."
)
_LARGE_METADATA = N_(
    "The metadata of {found} MB is too large; an .sfc file carries at most {most} MB. "
    "Save the picture without it first."
)


def pack_metadata(icc_profile: bytes | None, metadata: Metadata) -> Iterator[tuple[bytes, bytes]]:
    """The types and payloads of the chunks; a name that a reader would refuse is left out.

    Raises:
        ImageError: the profile or the metadata is too large to be carried.
        ValueError: the resolution or the orientation is none.
    """
    if icc_profile is not None:
        yield _PROFILE, _deflate(icc_profile, _LARGE_PROFILE)
    if metadata.exif is not None:
        yield _EXIF, _deflate(metadata.exif, _LARGE_METADATA)
    if metadata.xmp is not None:
        yield _XMP, _deflate(metadata.xmp, _LARGE_METADATA)
    if metadata.dpi is not None:
        if not all(map(is_dpi, metadata.dpi)):
            raise ValueError(f"{metadata.dpi} is no resolution")
        yield _DPI, struct.pack(_DPI_LAYOUT, *metadata.dpi)
    if metadata.comment is not None:
        yield _COMMENT, _deflate(metadata.comment.encode("utf-8", "replace"), _LARGE_METADATA)
    if not 1 <= metadata.orientation <= 8:
        raise ValueError(f"{metadata.orientation} is no orientation")
    name = (metadata.file_name or "").encode("utf-8", "surrogateescape")
    source = bytes([metadata.orientation]) + (name if _name_of(name) is not None else b"")
    if source != b"\1":
        yield _SOURCE, source


def unpack_metadata(chunks: Mapping[bytes, bytes]) -> tuple[bytes | None, Metadata]:
    """The colour profile and the metadata of chunks, by their types.

    Raises:
        BitstreamError: one of them is damaged.
    """
    orientation, file_name = _source(chunks.get(_SOURCE))
    return _inflate(chunks.get(_PROFILE)), Metadata(
        exif=_inflate(chunks.get(_EXIF)),
        xmp=_inflate(chunks.get(_XMP)),
        dpi=_dpi(chunks.get(_DPI)),
        comment=_comment(chunks.get(_COMMENT)),
        file_name=file_name,
        orientation=orientation,
    )


def _dpi(payload: bytes | None) -> tuple[float, float] | None:
    if payload is None:
        return None
    if len(payload) != struct.calcsize(_DPI_LAYOUT):
        raise BitstreamError(tr("The .sfc file is damaged: its resolution is not well formed."))
    across, down = struct.unpack(_DPI_LAYOUT, payload)
    if not (is_dpi(across) and is_dpi(down)):
        raise BitstreamError(tr("The .sfc file is damaged: its resolution is not well formed."))
    return across, down


def _comment(payload: bytes | None) -> str | None:
    packed = _inflate(payload)
    if packed is None:
        return None
    try:
        return packed.decode()
    except UnicodeDecodeError as error:
        raise BitstreamError(tr("The .sfc file is damaged: its comment is no text.")) from error


def _source(payload: bytes | None) -> tuple[int, str | None]:
    """The orientation that was applied, and the name of the file that it was applied to."""
    if payload is None:
        return 1, None
    orientation, name = payload[:1], payload[1:]
    file_name = _name_of(name) if name else None
    if not b"\1" <= orientation <= b"\x08" or (name and file_name is None):
        raise BitstreamError(tr("The .sfc file is damaged: the name of its source is not well formed."))
    return orientation[0], file_name


def _name_of(name: bytes) -> str | None:
    """A file's bare name: nothing that leads to another folder or steers a terminal; else None."""
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return None
    is_bare = not _NO_NAME.search(text) and text not in ("", ".", "..")
    return text if is_bare and len(name) <= MAX_NAME_BYTES else None


def _deflate(metadata: bytes, too_large: str) -> bytes:
    if len(metadata) > MAX_METADATA_BYTES:
        raise ImageError(tr(too_large).format(found=len(metadata) >> 20, most=MAX_METADATA_BYTES >> 20))
    return zlib.compress(metadata, 9)


def _inflate(payload: bytes | None) -> bytes | None:
    if payload is None:
        return None
    metadata = inflate(payload, MAX_METADATA_BYTES)
    if metadata is None:
        raise BitstreamError(tr("The .sfc file is damaged: its colour profile or metadata cannot be unpacked."))
    return metadata
