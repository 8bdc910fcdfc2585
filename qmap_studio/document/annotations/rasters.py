"""Files of one value a pixel: pictures with the values as they are stored, NumPy arrays, float maps (PFM).

Memory is bounded: what has more pixels than the picture, and than 32 million, is refused before it is decoded.
"""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from qmap_studio.core.errors import AnnotationError, ImageError
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import formats
from qmap_studio.core.pictures.tiff.decoding import is_for_pillow, read_samples
from qmap_studio.core.pictures.tiff.directory import Directory, Tag, read_directories
from qmap_studio.document.annotations.areas import Areas, find_areas

_MOST_PIXELS = 32_000_000
"""Of any file; one that has no more pixels than the picture may have more."""

_WIDEST = 8
"""Bytes of a number, if there are as many as may be."""

_STRIP_PIXELS = 2**20
_OFF_GREY = 24
"""So much, of 255, the channels of a grey JPEG file may differ."""

_NPY, _PFM = b"\x93NUMPY", re.compile(rb"P([fF])\s+(\d{1,9})\s+(\d{1,9})\s+([-+]?[\d.]{1,20}(?:[eE][-+]?\d{1,3})?)\s")
_MAGICS = ((b"\x89PNG\r\n\x1a\n", "PNG"), (b"GIF8", "GIF"), (b"\xff\xd8\xff", "JPEG"))
_BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)
_GREY_STEPS = {1: 255, 2: 85, 4: 17}
"""By which grey of fewer bits is widened to 8."""


@dataclass(frozen=True)
class Raster:
    """A value for each pixel.

    Attributes:
        values: (H, W), integers or floats: greys, numbers of a palette, or colours 0xRRGGBB, black where transparent;
            empty if there are areas, which say the same.
        palette: the colours 0xRRGGBB by number, if the values are such numbers.
        is_colour: the values are colours.
        is_lossy: values may be a little off.
        step: by which greys were multiplied.
        areas: where each value lies, if they are labels.
    """

    values: NDArray[Any]
    palette: tuple[int, ...] | None = None
    is_colour: bool = False
    is_lossy: bool = False
    step: int = 1
    areas: Areas | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        height, width = (self.values if self.areas is None else self.areas.numbers).shape
        return width, height


def read_raster(path: Path, magic: bytes, picture_pixels: int) -> Raster | None:
    """The raster in a file that begins so; None if it holds something else.

    Args:
        picture_pixels: of the picture that it is for.
    Raises:
        AnnotationError: it is damaged, too large, or of a kind that is not read.
    """
    raster = _read(path, magic, max(_MOST_PIXELS, picture_pixels))
    if raster is None or raster.is_lossy or raster.values.dtype.kind == "f":
        return raster
    areas = find_areas(raster.values, is_ordered=not raster.is_colour and raster.palette is None)
    return raster if areas is None else replace(raster, areas=areas, values=raster.values[:0].copy())


def _read(path: Path, magic: bytes, most: int) -> Raster | None:
    if magic.startswith(_NPY):
        return _array(path, most)
    if (header := _PFM.match(magic)) is not None:
        return _float_map(path, header, most)
    if formats.is_tiff(magic):
        return _tiff(path, most)
    if (kind := _kind(magic)) is not None:
        with _told(path), path.open("rb") as file, Image.open(file, formats=(kind,)) as image:
            _check_size(path, image.width, image.height, most)
            return _of_image(path, image, is_lossy=kind in ("JPEG", "WEBP"), bits=_png_bits(image))
    return None


def _kind(magic: bytes) -> str | None:
    """What Pillow calls the format."""
    if magic[:2] == b"BM" and int.from_bytes(magic[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    if magic[:4] == b"RIFF" and magic[8:12] == b"WEBP":
        return "WEBP"
    if re.match(rb"P[1-6]\s[\s\d#]", magic):
        return "PPM"
    return next((kind for start, kind in _MAGICS if magic.startswith(start)), None)


def _array(path: Path, most: int) -> Raster:
    try:
        # Mapped, so that a header that promises too much costs no memory.
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError:
        raise
    except Exception as error:  # a hostile header makes NumPy's parser raise nearly anything
        text = tr("The array file {name} is damaged, cut short or holds no numbers.")
        raise AnnotationError(text.format(name=path.name)) from error
    shape = array.shape
    while array.ndim > 2 and 1 in (array.shape[0], array.shape[-1]):
        array = array[0] if array.shape[0] == 1 else array[..., 0]
    if array.ndim != 2 or array.dtype.kind not in "biuf":
        text = tr("The array in {name} holds {dtype} values of the shape {shape}; expected a number for each pixel.")
        raise AnnotationError(text.format(name=path.name, dtype=array.dtype, shape=shape))
    # What was read of a mapped file counts as memory.
    _check_size(path, array.shape[1], array.shape[0], min(most, most * _WIDEST // array.dtype.itemsize))
    return Raster(array.view(np.uint8) if array.dtype.kind == "b" else array)


def _float_map(path: Path, header: "re.Match[bytes]", most: int) -> Raster:
    """A PFM file: rows from below, little-endian if its scale is negative."""
    width, height = int(header[2]), int(header[3])
    if header[1] == b"F":
        raise _is_coloured(path)
    _check_size(path, width, height, most)
    try:
        dtype = "<f4" if float(header[4]) < 0 else ">f4"
        values = np.memmap(path, dtype, "r", header.end(), (height, width))
    except ValueError as error:
        raise _is_damaged(path) from error
    return Raster(values[::-1])


def _tiff(path: Path, most: int) -> Raster:
    with _told(path), path.open("rb") as file:
        page = next(iter(read_directories(file)))
        _check_size(path, page.number(Tag.WIDTH, 0), page.number(Tag.LENGTH, 0), most)
        if is_for_pillow(page):
            file.seek(0)
            with Image.open(file, formats=("TIFF",)) as image:
                _check_size(path, image.width, image.height, most)
                return _of_image(path, image, is_lossy=image.info.get("compression") == "jpeg", bits=_bits(page))
        if page.number(Tag.SAMPLES_PER_PIXEL, 1) > 2:
            raise _is_coloured(path)
        samples = read_samples(file, page, path.name)
        return Raster(samples[..., 0])


def _bits(page: Directory) -> int:
    return max(page.numbers(Tag.BITS_PER_SAMPLE, (1,)))


def _png_bits(image: Image.Image) -> int:
    """Of a sample, before Pillow widened it."""
    raw_modes = [str(tile.args) for tile in getattr(image, "tile", ())[:1]]
    return {"L;2": 2, "L;4": 4}.get(raw_modes[0] if raw_modes else "", 8)


def _of_image(path: Path, image: Image.Image, is_lossy: bool, bits: int) -> Raster:
    """The values of an image, strip by strip, for Pillow's own copy is there as well."""
    if image.mode in ("P", "PA"):
        return Raster(_collected(image, lambda part: _first(np.asarray(part)), np.uint8), _palette(image))
    if image.mode == "1":
        return Raster(_collected(image, lambda part: np.asarray(part.convert("L")), np.uint8), step=255)
    if image.mode == "L" and not image.has_transparency_data:
        return Raster(_collected(image, np.asarray, np.uint8), is_lossy=is_lossy, step=_GREY_STEPS.get(bits, 1))
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format in ("PNG", "PPM")):
        return Raster(_collected(image, np.asarray, np.uint16))
    if image.mode in ("I", "F"):
        return Raster(_collected(image, np.asarray, np.float32 if image.mode == "F" else np.int32))
    if is_lossy:
        return _lossy(image, path)
    codes = _collected(image, _codes, np.uint32)
    if all(_is_grey(strip) for strip in _strips(codes)):
        return Raster((codes & 255).astype(np.uint8))
    return Raster(codes, is_colour=True)


def _lossy(image: Image.Image, path: Path) -> Raster:
    off = sum(np.count_nonzero(np.ptp(np.asarray(part.convert("RGB")), axis=2) > _OFF_GREY) for part in _parts(image))
    if off * 100 > image.width * image.height:
        raise _is_coloured(path)
    return Raster(_collected(image, lambda part: np.asarray(part.convert("L")), np.uint8), is_lossy=True)


def _parts(image: Image.Image) -> Iterator[Image.Image]:
    rows = max(1, _STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))


def _strips(values: NDArray[Any]) -> Iterator[NDArray[Any]]:
    rows = max(1, _STRIP_PIXELS // values.shape[1])
    return (values[top : top + rows] for top in range(0, values.shape[0], rows))


def _collected(image: Image.Image, values_of: Any, dtype: Any) -> NDArray[Any]:
    values = np.empty((image.height, image.width), dtype)
    for strip, part in zip(_strips(values), _parts(image), strict=True):
        strip[...] = values_of(part)
    return values


def _first(values: NDArray[Any]) -> NDArray[Any]:
    return values if values.ndim == 2 else values[..., 0]


def _codes(part: Image.Image) -> NDArray[np.uint32]:
    channels = np.asarray(part.convert("RGBA")).astype(np.uint32)
    red, green, blue, alpha = np.moveaxis(channels, 2, 0)
    codes: NDArray[np.uint32] = red * np.uint32(0x10000) + green * np.uint32(0x100) + blue
    codes[alpha < 128] = 0
    return codes


def _is_grey(codes: NDArray[np.uint32]) -> bool:
    return bool((codes == (codes & 255) * 0x010101).all())


def _palette(image: Image.Image) -> tuple[int, ...]:
    colours = image.getpalette("RGB") or []
    return tuple(r << 16 | g << 8 | b for r, g, b in zip(colours[::3], colours[1::3], colours[2::3], strict=False))


def _check_size(path: Path, width: int, height: int, most: int) -> None:
    if width < 1 or height < 1:
        raise _is_damaged(path)
    if width * height > most:
        text = tr(
            "{name} is {width} x {height} pixels, too large for a mask or a heat map of this picture: "
            "save it in the picture's size."
        )
        raise AnnotationError(text.format(name=path.name, width=width, height=height))


def _is_damaged(path: Path) -> AnnotationError:
    return AnnotationError(tr("{name} is damaged or cut short.").format(name=path.name))


def _is_coloured(path: Path) -> AnnotationError:
    text = tr("{name} is a colour picture: expected a mask of few colours, or a grey heat map.")
    return AnnotationError(text.format(name=path.name))


def coloured(raster: Raster, path: Path) -> AnnotationError | None:
    """What to say of a raster of colours, for which there is no order of values; None if it is grey."""
    is_grey = raster.palette is None or all(code == (code & 255) * 0x010101 for code in raster.palette)
    return None if is_grey and not raster.is_colour else _is_coloured(path)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tells what readers of pictures raise in a sentence about the file."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except AnnotationError:
        raise
    except ImageError as error:
        raise AnnotationError(str(error)) from error
    except OSError as error:
        if error.errno is not None:  # the system's word, not a library's
            raise
        raise _is_damaged(path) from error
    except Exception as error:  # a hostile file makes Pillow's readers raise nearly anything
        raise _is_damaged(path) from error
