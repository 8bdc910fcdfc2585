"""`.sfc` files on the disk."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from qmap_studio.core.errors import FileAccessError
from qmap_studio.core.files import atomic_write
from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rate import bits_per_pixel
from qmap_studio.core.sizes import size_text
from qmap_studio.core.strip import Strip

if TYPE_CHECKING:
    from qmap_studio.codec import Encoding

LARGEST_SFC_BYTES = 1 << 30


@dataclass(frozen=True)
class SfcFigures:
    """The size of a file, absolute and for each pixel of its picture."""

    size_bytes: int
    bpp: float

    @classmethod
    def of(cls, data: bytes, picture: Picture) -> Self:
        return cls(len(data), bits_per_pixel(len(data), picture.height, picture.width))

    @property
    def text(self) -> str:
        """As a sentence for a person."""
        return ngettext(
            "{size_bytes:,} byte, {bpp:.3f} bits per pixel.",
            "{size_bytes:,} bytes, {bpp:.3f} bits per pixel.",
            self.size_bytes,
        ).format(size_bytes=self.size_bytes, bpp=self.bpp)


def read_sfc(path: Path) -> bytes:
    """The bytes of an .sfc file.

    Raises:
        FileAccessError: it cannot be read, or is larger than any .sfc file.
    """
    try:
        size_bytes = path.stat().st_size
        if size_bytes > LARGEST_SFC_BYTES:
            raise FileAccessError(
                tr("{path} has {size}; an .sfc file has at most {most}.").format(
                    path=path, size=size_text(size_bytes), most=size_text(LARGEST_SFC_BYTES)
                )
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise FileAccessError(tr("{path} does not exist.").format(path=path)) from error
    except IsADirectoryError as error:
        raise FileAccessError(tr("{path} is a folder; an .sfc file was expected.").format(path=path)) from error
    except OSError as error:
        raise FileAccessError(
            tr("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error)
        ) from error


def is_sfc(head: bytes) -> bool:
    """Whether a file that begins with these bytes is an .sfc file."""
    from qmap_studio.codec.common.container import MAGIC

    return head.startswith(MAGIC)


def stripped_sfc(data: bytes, strip: Strip) -> bytes:
    """The same file with less metadata."""
    if strip == "none":
        return data
    from qmap_studio.codec.common.container import pack, unpack

    file = unpack(data)
    return pack(replace(file, metadata=file.metadata.stripped(strip)))


def sfc_with_layers(data: bytes, layers: bytes) -> bytes:
    """The same file with what its map was made of; decoders do not look at it."""
    from qmap_studio.codec.common.container import pack, unpack

    return pack(replace(unpack(data), layers=layers))


def layers_in(data: bytes) -> bytes:
    """What the map of an .sfc file was made of, in the editor's own form; empty if it is not told.

    Raises:
        BitstreamError: it is no sound .sfc file.
    """
    from qmap_studio.codec.common.container import unpack

    return unpack(data).layers


def write_sfc(path: Path, picture: Picture, encoding: "Encoding") -> SfcFigures:
    """Write a picture's file whole or not at all; gives its size.

    Raises:
        FileAccessError: it cannot be written.
    """
    atomic_write(path, encoding.data)
    return SfcFigures.of(encoding.data, picture)
