"""Quality maps as files: grey PNG and TIFF of 8 or 16 bits, and NPY; JPEG and WebP, which may not keep every level."""

import warnings
from io import BytesIO
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.errors import QualityMapError, QualityMapShapeError
from qmap_studio.core.files import atomic_write
from qmap_studio.core.language import tr
from qmap_studio.document.quality_map import QualityMap

_NPY_MAGIC = b"\x93NUMPY"
_LOSSY = ("JPEG", "WEBP")
_FORMATS = ("PNG", "TIFF", "BMP", "PPM", *_LOSSY)
_JPEG_QUALITY = 95
_OFF_GREY = 24
"""So much, of 255, the channels of a grey picture may differ after losses."""
_LOSSY_SUFFIXES = {".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
_LARGEST_SIDES = {"JPEG": 65500, "WEBP": 16383}
_SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N", "I")


def read_quality_map(path: Path | str, height: int, width: int) -> QualityMap:
    """The map that `read_map_file` reads, whatever there is to be said about it."""
    return read_map_file(path, height, width)[0]


def read_map_file(path: Path | str, height: int, width: int) -> tuple[QualityMap, tuple[str, ...]]:
    """Reads a map for a picture of this size; the file's content decides its format, not its name.

    Pictures: black is quality 0, white is 1. A colour picture only if it is grey all over, or else if it is transparent
    somewhere: its alpha channel is the map then, opaque is 1. Of a grey picture transparency is ignored.
    Arrays (H, W): floats in [0, 1], or unsigned integers of 8 or 16 bits from 0 to their largest, or booleans.

    Returns:
        The map, and what a person should know about how it was read.
    Raises:
        QualityMapShapeError: it is a map of another size.
        QualityMapError: it cannot be read, is no map, or holds values that are no quality.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            is_array = file.read(len(_NPY_MAGIC)) == _NPY_MAGIC
        return (_read_array(path, height, width), ()) if is_array else _read_picture(path, height, width)
    except OSError as error:
        raise QualityMapError(
            tr("Cannot read the map {path}: {reason}.").format(path=path, reason=error.strerror or error)
        ) from error


def check_map_name(path: Path, *, is_exact: bool = False) -> None:
    """Raises QualityMapError where maps are not written in the format of a suffix, or not exactly."""
    suffix = path.suffix.lower()
    if suffix not in (".png", ".tif", ".tiff", ".npy") and (is_exact or suffix not in _LOSSY_SUFFIXES):
        raise QualityMapError(tr("Cannot write a map as {name}: choose .png, .tif or .npy.").format(name=path.name))


def map_file_notice(path: Path, bits: int = 16) -> str | None:
    """What a person should know of a map that is written to this file; None if it comes back as it is."""
    if path.suffix.lower() in _LOSSY_SUFFIXES:
        text = tr("{name} does not keep every quality exactly, and only 256 of them; PNG, TIFF and NPY do.")
        return text.format(name=path.name)
    if bits == 8 and path.suffix.lower() != ".npy":
        return tr("{name} has 256 qualities; with 16 bits all are kept.").format(name=path.name)
    return None


def write_quality_map(path: Path | str, quality_map: QualityMap, bits: int = 16) -> None:
    """Writes a map whole or not at all, in the format of the file's suffix.

    Args:
        path: ends in .png, .tif, .tiff or .npy (float32 qualities), which give the map back exactly with 16 bits; or in
            .jpg, .jpeg or .webp, which do not.
        bits: of a picture file, 8 or 16.
    Raises:
        QualityMapError: the suffix is none of these.
        FileAccessError: the file cannot be written.
    """
    path = Path(path)
    atomic_write(path, quality_map_file(path, quality_map, bits))


def quality_map_file(path: Path, quality_map: QualityMap, bits: int = 16) -> bytes:
    """The file that `write_quality_map` writes.

    Raises:
        QualityMapError: its suffix is that of no format that maps are written in.
    """
    check_map_name(path)
    suffix = path.suffix.lower()
    if bits not in (8, 16):
        raise ValueError(f"a map is written with 8 or 16 bits, not {bits}")
    content = BytesIO()
    if suffix == ".npy":
        np.save(content, quality_map.quality(), allow_pickle=False)
    else:
        is_lossy = suffix in _LOSSY_SUFFIXES
        levels = quality_map.values if bits == 16 and not is_lossy else _bytes_of(quality_map)
        image = Image.fromarray(levels)
        if is_lossy:
            _check_lossy_size(path, quality_map)
            image.save(content, _LOSSY_SUFFIXES[suffix], quality=_JPEG_QUALITY)
        elif suffix == ".png":
            image.save(content, "PNG", compress_level=4)
        else:
            image.save(content, "TIFF", compression="tiff_adobe_deflate")
    return content.getvalue()


def _read_array(path: Path, height: int, width: int) -> QualityMap:
    try:
        # Mapped, so that a header that promises too much costs no memory.
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError:
        raise
    except Exception as error:  # a hostile header makes NumPy's parser raise nearly anything
        raise QualityMapError(
            tr("The array file {name} is damaged, cut short or holds no numbers.").format(name=path.name)
        ) from error
    if array.ndim != 2:
        raise QualityMapError(
            tr("The array in {name} has the shape {shape}; a map has rows and columns alone.").format(
                name=path.name, shape=array.shape
            )
        )
    _check_size(path, (height, width), (array.shape[0], array.shape[1]))
    match array.dtype.kind, array.dtype.itemsize:  # whatever their byte order
        case "u", 2:
            return QualityMap(np.array(array, np.uint16))
        case "u", 1:
            return _from_bytes(array)
        case "f" | "b", _:
            return QualityMap.from_quality(array)
    raise QualityMapError(
        tr(
            "The array in {name} holds {dtype} values; expected floats from 0 to 1, or unsigned integers of 8 "
            "or 16 bits."
        ).format(name=path.name, dtype=array.dtype)
    )


def _read_picture(path: Path, height: int, width: int) -> tuple[QualityMap, tuple[str, ...]]:
    try:
        # What Pillow warns of, such as damaged metadata, is either harmless to the levels or raised below.
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=_FORMATS) as image:
            # Before decoding: what is not of the picture's size never takes memory.
            _check_size(path, (height, width), (image.height, image.width))
            return _from_lossy(path, image) if image.format in _LOSSY else _from_image(path, image)
    except UnidentifiedImageError as error:
        text = tr("{name} is no map: expected a grey PNG or TIFF of 8 or 16 bits, or an NPY array.")
        raise QualityMapError(text.format(name=path.name)) from error
    except Image.DecompressionBombError as error:
        raise QualityMapError(tr("{name} is too large for a map.").format(name=path.name)) from error
    except (SyntaxError, ValueError, EOFError) as error:
        raise QualityMapError(tr("The map {name} is damaged or cut short.").format(name=path.name)) from error
    except OSError as error:
        # Pillow's word for a picture that ends too early; only the system's own errors carry a number.
        if error.errno is not None:
            raise
        raise QualityMapError(tr("The map {name} is damaged or cut short.").format(name=path.name)) from error


def _from_lossy(path: Path, image: Image.Image) -> tuple[QualityMap, tuple[str, ...]]:
    """The map of a picture whose levels, and with them its grey, may be a little off."""
    colour = np.asarray(image.convert("RGB"))
    if np.percentile(np.ptp(colour, axis=2), 99) > _OFF_GREY:
        _refuse_colour(path)
    text = tr("{name} is a {format} file, which may have changed the qualities: PNG, TIFF and NPY keep them.")
    return _from_bytes(np.asarray(image.convert("L"))), (text.format(name=path.name, format=image.format),)


def _from_image(path: Path, image: Image.Image) -> tuple[QualityMap, tuple[str, ...]]:
    """The map of a picture that keeps every level."""
    if image.mode in ("RGB", "RGBA", "P", "PA"):
        coloured = np.asarray(image.convert("RGBA"))
        grey = coloured[..., 0]
        if (grey == coloured[..., 1]).all() and (grey == coloured[..., 2]).all():
            return _from_bytes(grey), ()
        if (coloured[..., 3] < 255).any():
            return _from_bytes(coloured[..., 3]), (tr("The map is the transparency of {name}.").format(name=path.name),)
    return _from_grey(path, image), ()


def _from_grey(path: Path, image: Image.Image) -> QualityMap:
    if image.mode == "F":
        return QualityMap.from_quality(np.asarray(image))
    if image.mode in _SIXTEEN_BITS:
        levels = np.asarray(image).astype(np.int64)
        if levels.min() < 0 or levels.max() > MAX_LEVEL:
            text = tr(
                "{name} holds values outside of 16 bits; expected a grey PNG or TIFF of 8 or 16 bits, or an NPY array."
            )
            raise QualityMapError(text.format(name=path.name))
        return QualityMap(levels.astype(np.uint16))
    if image.mode in ("1", "L", "LA"):
        return _from_bytes(np.asarray(image.convert("L")))
    _refuse_colour(path)


def _refuse_colour(path: Path) -> NoReturn:
    text = tr("{name} is a colour picture; expected a grey PNG or TIFF of 8 or 16 bits, or an NPY array.")
    raise QualityMapError(text.format(name=path.name))


def _bytes_of(quality_map: QualityMap) -> NDArray[np.uint8]:
    levels: NDArray[np.uint8] = np.rint(quality_map.values / np.float32(257)).astype(np.uint8)
    return levels


def _check_lossy_size(path: Path, quality_map: QualityMap) -> None:
    most = _LARGEST_SIDES[_LOSSY_SUFFIXES[path.suffix.lower()]]
    if max(quality_map.height, quality_map.width) > most:
        text = tr("Cannot write a map of that size as {name}: choose .png, .tif or .npy.")
        raise QualityMapError(text.format(name=path.name))


def _from_bytes(grey: NDArray[np.uint8]) -> QualityMap:
    return QualityMap(grey.astype(np.uint16) * np.uint16(257))


def _check_size(path: Path, expected: tuple[int, int], found: tuple[int, int]) -> None:
    if expected != found:
        raise QualityMapShapeError(
            tr(
                "The map {name} is {found_width} x {found_height} pixels, the picture is {width} x {height}: "
                "expected a map of the picture's size."
            ).format(
                name=path.name,
                found_width=found[1],
                found_height=found[0],
                width=expected[1],
                height=expected[0],
            )
        )
