"""`.sfc` files on the disk."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from qmap_studio.core.errors import FileAccessError
from qmap_studio.core.files import atomic_write
from qmap_studio.core.picture import Picture
from qmap_studio.core.rate import bits_per_pixel

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
        return f"{self.size_bytes:,} bytes, {self.bpp:.3f} bits per pixel."


def read_sfc(path: Path) -> bytes:
    """The bytes of an .sfc file.

    Raises:
        FileAccessError: it cannot be read, or is larger than any .sfc file.
    """
    try:
        size_bytes = path.stat().st_size
        if size_bytes > LARGEST_SFC_BYTES:
            raise FileAccessError(f"{path} has {size_bytes:,} bytes; an .sfc file has at most {LARGEST_SFC_BYTES:,}.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise FileAccessError(f"{path} does not exist.") from error
    except IsADirectoryError as error:
        raise FileAccessError(f"{path} is a folder; an .sfc file was expected.") from error
    except OSError as error:
        raise FileAccessError(f"{path} cannot be read: {error.strerror or error}.") from error


def write_sfc(path: Path, picture: Picture, encoding: "Encoding") -> SfcFigures:
    """Write a picture's file whole or not at all; gives its size.

    Raises:
        FileAccessError: it cannot be written.
    """
    atomic_write(path, encoding.data)
    return SfcFigures.of(encoding.data, picture)
