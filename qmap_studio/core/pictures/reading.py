"""Pictures from files: upright, 8 bits a channel."""

import warnings
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from qmap_studio.core.errors import ImageError
from qmap_studio.core.language import tr
from qmap_studio.core.pictures.metadata import Metadata
from qmap_studio.core.pictures.picture import MAX_PIXELS, Picture, check_size

# Pillow warns above its own limit and refuses twice as many pixels. Between the two, check_size says it in a sentence.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

# Formats that start other programs (EPS) or that have no signature (TGA) are left out.
_FORMATS = ("PNG", "JPEG", "MPO", "TIFF", "WEBP", "BMP", "GIF", "PPM", "JPEG2000", "AVIF", "ICO")
_GREY_MODES = ("1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N")
HEAD_BYTES = 1 << 16
_EXIF_PREFIX = b"Exif\x00\x00"


@dataclass(frozen=True)
class ReadPicture:
    """A picture that was read from a file.

    Attributes:
        notices: what a person should know about how it was read, in sentences that name the file.
        page_count: how many pages or frames the file has.
    """

    picture: Picture
    notices: tuple[str, ...] = ()
    page_count: int = 1


def read_picture(path: Path | str) -> Picture:
    """The picture that `load_picture` reads."""
    return load_picture(path).picture


def load_picture(path: Path | str, page: int = 0) -> ReadPicture:
    """Reads a picture as people see it: upright, 8 bits a channel.

    Args:
        path: PNG, JPEG, TIFF, WebP, BMP, GIF, PPM, JPEG 2000, AVIF or ICO; of several frames, the first.
    Raises:
        ImageError: it is missing, no picture, damaged, or too large.
    """
    path = Path(path)
    if path.is_dir():
        raise ImageError(tr("{path} is a folder; a picture was expected.").format(path=path))
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            if not head:
                raise ImageError(tr("{path} is empty (0 bytes); a picture was expected.").format(path=path))
            file.seek(0)
            with Image.open(file, formats=_readable_formats()) as image:
                check_size(image.width, image.height, path)
                return _picture_of(image, head, path.name)
    except ImageError:
        raise
    except FileNotFoundError as error:
        raise ImageError(tr("{path} does not exist.").format(path=path)) from error
    except PermissionError as error:
        raise ImageError(tr("{path} may not be read: permission denied.").format(path=path)) from error
    except UnidentifiedImageError as error:
        raise ImageError(tr("{path} is not a picture in a format that can be read.").format(path=path)) from error
    except Image.DecompressionBombError as error:
        raise ImageError(
            tr("{path} has more than {megapixels} megapixels.").format(path=path, megapixels=MAX_PIXELS // 10**6)
        ) from error
    except MemoryError as error:
        raise ImageError(tr("{path} does not fit in memory.").format(path=path)) from error
    except Exception as error:  # a hostile file makes Pillow's readers raise nearly anything
        raise ImageError(tr("{path} is damaged or cut short: {error}.").format(path=path, error=error)) from error


def _reduction_notice(name: str) -> str:
    return tr("{name} has more than 8 bits a channel; it is shown and exported with 8.").format(name=name)


@cache
def _readable_formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _picture_of(image: Image.Image, head: bytes, name: str) -> ReadPicture:
    is_reduced = _is_deep(image, head)
    image.load()
    exif = image.getexif()
    orientation = exif.get(ExifTags.Base.Orientation, 1)
    profile = image.info.get("icc_profile") or None
    is_grey = image.mode in _GREY_MODES
    if image.mode == "CMYK":
        image, profile = _cmyk_to_srgb(image, profile), None
    if profile is not None and profile[16:20] != (b"GRAY" if is_grey else b"RGB "):
        profile = None  # it describes other channels than these, so it means nothing here
    pixels, alpha = _channels(image)
    picture = Picture(
        pixels=_upright(pixels, orientation),
        alpha=None if alpha is None else _upright(alpha, orientation),
        icc_profile=profile,
        metadata=Metadata(exif=_upright_exif(image, exif, orientation), file_name=name, orientation=orientation),
        is_grey=is_grey,
    )
    return ReadPicture(picture, (_reduction_notice(name),) if is_reduced else ())


def _is_deep(image: Image.Image, head: bytes) -> bool:
    """Whether a file that is not decoded yet has more than 8 bits a channel, as far as Pillow and its head tell."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return True
    if image.format == "JPEG2000":
        return _jpeg2000_bits(head) > 8
    if image.format == "AVIF":
        return _avif_is_deep(head)
    for tile in getattr(image, "tile", ()):
        # How the decoder is told to unpack: a raw mode such as "RGB;16B", or for PPM the largest value.
        arguments = tile[3] if isinstance(tile[3], tuple) else (tile[3],)
        if any(";16" in argument for argument in arguments if isinstance(argument, str)):
            return True
        if image.format == "PPM" and any(argument > 255 for argument in arguments if isinstance(argument, int)):
            return True
    return False


def _jpeg2000_bits(head: bytes) -> int:
    """Bits of the first channel, from the codestream's first two markers (ISO 15444-1, annex A.5.1); 0 if not found."""
    size = head.find(b"\xff\x4f\xff\x51") + 4  # start of codestream, then its size
    return 1 + (head[size + 38] & 0x7F) if 4 <= size < len(head) - 38 else 0


def _avif_is_deep(head: bytes) -> bool:
    """The flag high_bitdepth of the decoder's configuration (AV1 in ISO base media files, section 2.3.3)."""
    flags = head.find(b"av1C") + 6
    return 6 <= flags < len(head) and bool(head[flags] & 0x40)


def _channels(image: Image.Image) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """RGB and alpha of a decoded image of any mode."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _deep_grey_channels(image)
    if image.mode not in ("RGB", "RGBA", "L", "LA"):
        # Pre-multiplied alpha ("La", "RGBa") converts to plain alpha first.
        image = image.convert({"La": "LA", "RGBa": "RGBA", "1": "L"}.get(image.mode, _colour_mode(image)))
    if image.mode in ("L", "RGB") and image.has_transparency_data:
        image = image.convert("LA" if image.mode == "L" else "RGBA")
    values = np.asarray(image)
    if image.mode in ("L", "LA"):
        grey = values if image.mode == "L" else values[..., 0]
        pixels = np.repeat(grey[..., None], 3, axis=2)
    else:
        pixels = np.ascontiguousarray(values[..., :3])
    alpha = np.ascontiguousarray(values[..., -1]) if image.mode in ("LA", "RGBA") else None
    return pixels, alpha


def _colour_mode(image: Image.Image) -> str:
    return "RGBA" if image.has_transparency_data else "RGB"


def _deep_grey_channels(image: Image.Image) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """Grey of more than 8 bits: 16-bit integers, or floats in [0, 1]."""
    values = np.asarray(image).astype(np.float64)
    low, high = values.min(), values.max()
    full = 1.0 if image.mode == "F" else 65535.0
    if not (low >= 0 and high <= full):  # also when a value is NaN
        raise ImageError(
            tr("grey values must lie between 0 and {highest:.0f}, found {low:g} to {high:g}").format(
                highest=full, low=low, high=high
            )
        )
    grey = np.rint(values * (255 / full)).astype(np.uint8)
    transparent = image.info.get("transparency")
    alpha = None
    if isinstance(transparent, int):
        alpha = np.where(values == transparent, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2), alpha


def _cmyk_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Inks as their profile means them, or, without a usable one, as their plain complement."""
    if profile is not None:
        try:
            inks = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, inks, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None  # the profile is damaged or for other inks
        if converted is not None:
            return converted
    return image.convert("RGB")


def _upright(values: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Applies an EXIF orientation, 1 to 8; anything else means upright."""
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return np.ascontiguousarray(values)


def _upright_exif(image: Image.Image, exif: Image.Exif, orientation: int) -> bytes | None:
    """The metadata as a TIFF block that says upright, or None if there is none."""
    if image.format == "TIFF":
        exif = _descriptive_part(exif)
    elif orientation == 1:
        block: bytes = image.info.get("exif", b"")
        return block.removeprefix(_EXIF_PREFIX) or None  # untouched, makers' private notes included
    if not exif:
        return None
    if ExifTags.Base.Orientation in exif:
        exif[ExifTags.Base.Orientation] = 1
    return exif.tobytes().removeprefix(_EXIF_PREFIX)


def _descriptive_part(exif: Image.Exif) -> Image.Exif:
    """A TIFF file keeps its metadata among the tags that lay out its pixels: only the former."""
    tags = ExifTags.Base
    kept = Image.Exif()
    for tag in (tags.ImageDescription, tags.Make, tags.Model, tags.Software, tags.DateTime, tags.Artist,
                tags.Copyright, tags.XResolution, tags.YResolution, tags.ResolutionUnit):  # fmt: skip
        if tag in exif:
            kept[tag] = exif[tag]
    for ifd in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        values = exif.get_ifd(ifd)
        if values:
            kept.get_ifd(ifd).update(values)
            kept[ifd] = values
    return kept
