"""Pictures to files."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from qmap_studio.core.errors import ImageError
from qmap_studio.core.files import atomic_write
from qmap_studio.core.language import N_, tr
from qmap_studio.core.pictures.exif import MAKER_NOTE, Exif, of_resolution
from qmap_studio.core.pictures.picture import MAX_SIDE, Picture
from qmap_studio.core.pictures.tiff.writing import has_place_for_comment, tiff_bytes

_EXIF_PREFIX = b"Exif\x00\x00"
_JPEG_SEGMENT_BYTES = 65_533
_JPEG_XMP_BYTES = _JPEG_SEGMENT_BYTES - len(b"http://ns.adobe.com/xap/1.0/\0")
_JPEG_PROFILE_BYTES = 255 * (_JPEG_SEGMENT_BYTES - len(b"ICC_PROFILE\0nn"))

# What is left out, and why, for the sentence below.
_PROFILE, _EXIF, _XMP, _COMMENT, _DPI = (
    N_("the colour profile"), N_("the EXIF metadata"), N_("the XMP metadata"), N_("the comment"), N_("the resolution")
)  # fmt: skip
_THUMBNAIL, _THUMBNAIL_AND_NOTE = N_("the EXIF thumbnail"), N_("the EXIF thumbnail and the maker's note")
_SOME_EXIF = N_("a part of the EXIF metadata")
_NO_PLACE, _TOO_LARGE, _DAMAGED = N_("the format has no place for it"), N_("it is too large"), N_("it is damaged")
_AS_SRGB = N_("its colours were converted to sRGB")
Losses = list[tuple[str, str]]


@dataclass(frozen=True)
class SavedFormat:
    """A format that pictures are saved in.

    Attributes:
        write: the bytes of a picture's file; what is left out goes into the list.
    """

    title: str
    suffixes: tuple[str, ...]
    has_alpha: bool
    largest_side: int
    write: Callable[[Picture, Losses], bytes]


def check_saved(path: Path | str, *, width: int = 1, height: int = 1, has_alpha: bool = False) -> SavedFormat:
    """Finds out before the work that a picture could not be saved under a name; else the format.

    Raises:
        ImageError: its suffix names none of the formats, or one that cannot hold the picture.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    found = next((each for each in SAVED_FORMATS if suffix in each.suffixes), None)
    if found is None and not suffix:
        text = tr("{name}: end the name of the picture in .png, .tif, .webp, .jpg or .bmp.")
        raise ImageError(text.format(name=path.name))
    if found is None:
        raise ImageError(
            tr("{name}: pictures are saved as .png, .tif, .webp, .jpg or .bmp, not as {suffix}.").format(
                name=path.name, suffix=suffix
            )
        )
    if has_alpha and not found.has_alpha:
        raise ImageError(
            tr("{name}: {format} cannot hold transparency; save as PNG, TIFF or WebP.").format(
                name=path.name, format=found.title
            )
        )
    if max(width, height) > found.largest_side:
        raise ImageError(
            tr(
                "{name}: {format} holds at most {most} pixels a side, not {width} x {height}; save as PNG or TIFF."
            ).format(name=path.name, format=found.title, most=found.largest_side, width=width, height=height)
        )
    return found


def write_picture(path: Path | str, picture: Picture) -> tuple[str, ...]:
    """Writes a picture with its alpha, profile and metadata, whole or not at all; gives what was left out.

    Args:
        path: PNG, TIFF, WebP, BMP (these lossless) or JPEG (quality 95), by its suffix. Where there is no place for
            the profile, the pixels are converted to sRGB.
    Returns:
        What the format could not take, a sentence for each reason.
    Raises:
        ImageError: the format cannot hold the picture.
        FileAccessError: the file cannot be written.
    """
    path = Path(path)
    saved = check_saved(path, width=picture.width, height=picture.height, has_alpha=picture.alpha is not None)
    losses: Losses = []
    try:
        data = saved.write(_with_sound_exif(picture, losses), losses)
    except MemoryError as error:
        raise ImageError(tr("{name} cannot be written: there is too little memory.").format(name=path.name)) from error
    except Exception as error:  # metadata of other people's files make libraries raise nearly anything
        raise ImageError(tr("{name} cannot be written: {error}.").format(name=path.name, error=error)) from error
    atomic_write(path, data)
    left_out: dict[str, list[str]] = {}
    for what, reason in losses:
        left_out.setdefault(reason, []).append(tr(what))
    # For translators: {what} is such as "the comment, the resolution", {reason} such as "it is too large".
    text = tr("{name} was saved without {what}: {reason}.")
    return tuple(text.format(name=path.name, what=", ".join(w), reason=tr(reason)) for reason, w in left_out.items())


def png_bytes(picture: Picture) -> bytes:
    """A picture as the bytes of a PNG file; what that has no place for is left out."""
    return _png(_with_sound_exif(picture, []), [])


def _with_sound_exif(picture: Picture, losses: Losses) -> Picture:
    """Without an EXIF block that no reader would take."""
    block = picture.metadata.exif
    if block is None or Exif.read(block) is not None:
        return picture
    losses.append((_EXIF, _DAMAGED))
    return replace(picture, metadata=replace(picture.metadata, exif=None))


def _png(picture: Picture, losses: Losses) -> bytes:
    metadata = picture.metadata
    texts = PngInfo()
    if metadata.xmp is not None:
        texts.add(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + metadata.xmp)
    if metadata.comment is not None:
        texts.add_text("Comment", metadata.comment.replace("\0", ""))
    return _saved(picture, "PNG", pnginfo=texts, **_given(picture, "exif", "icc_profile", "dpi"))


def _tiff(picture: Picture, losses: Losses) -> bytes:
    block = picture.metadata.exif
    exif = None if block is None else Exif.read(block)
    if exif is not None and not exif.is_whole:
        losses.append((_SOME_EXIF, _DAMAGED))
    if picture.metadata.comment is not None and not has_place_for_comment(exif):
        losses.append((_COMMENT, _NO_PLACE))
    return tiff_bytes(picture, exif)


def _webp(picture: Picture, losses: Losses) -> bytes:
    metadata = picture.metadata
    given = _given(picture, "exif", "xmp", "icc_profile")
    if picture.is_grey and given.pop("icc_profile", None):  # it knows no grey, so no grey profile
        picture = _without_profile(picture, losses)
    if metadata.comment is not None:
        losses.append((_COMMENT, _NO_PLACE))
    if metadata.dpi is not None and metadata.exif is None:
        given["exif"] = _EXIF_PREFIX + of_resolution(*metadata.dpi).packed()
    elif metadata.dpi is not None and not _tells(metadata.exif, metadata.dpi):
        losses.append((_DPI, _NO_PLACE))
    return _saved(picture, "WEBP", lossless=True, exact=True, **given)


def _jpeg(picture: Picture, losses: Losses) -> bytes:
    metadata = picture.metadata
    given = _given(picture, "exif", "xmp", "icc_profile", "comment", "dpi")
    if "exif" in given and (fitting := _fitting_exif(given.pop("exif"), losses)) is not None:
        given["exif"] = fitting
    for name, what, most in (
        ("xmp", _XMP, _JPEG_XMP_BYTES),
        ("icc_profile", _PROFILE, _JPEG_PROFILE_BYTES),
        ("comment", _COMMENT, _JPEG_SEGMENT_BYTES),
    ):
        if len(given.get(name, b"")) > most:
            del given[name]
            losses.append((what, _TOO_LARGE))
    if metadata.dpi is not None and not all(1 <= round(number) <= 0xFFFF for number in metadata.dpi):
        del given["dpi"]
        losses.append((_DPI, _NO_PLACE))
    return _saved(picture, "JPEG", quality=95, subsampling=0, **given)


def _bmp(picture: Picture, losses: Losses) -> bytes:
    metadata = picture.metadata
    for value, what in ((metadata.exif, _EXIF), (metadata.xmp, _XMP), (metadata.comment, _COMMENT)):
        if value is not None:
            losses.append((what, _NO_PLACE))
    return _saved(_without_profile(picture, losses), "BMP", dpi=metadata.dpi or (0, 0))


def _without_profile(picture: Picture, losses: Losses) -> Picture:
    """The picture as sRGB means it, for a format that has no place for its profile."""
    if picture.icc_profile is None:
        return picture
    values = picture.pixels[..., 0] if picture.is_grey else picture.pixels
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(picture.icc_profile))
        srgb = ImageCms.createProfile("sRGB")
        shown = ImageCms.profileToProfile(
            Image.fromarray(np.ascontiguousarray(values)), profile, srgb, outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):
        losses.append((_PROFILE, _NO_PLACE))
        return replace(picture, icc_profile=None)
    losses.append((_PROFILE, _AS_SRGB))
    return replace(picture, pixels=np.asarray(shown), icc_profile=None)


SAVED_FORMATS = (
    SavedFormat("PNG", (".png",), True, MAX_SIDE, _png),
    SavedFormat("TIFF", (".tif", ".tiff"), True, MAX_SIDE, _tiff),
    SavedFormat("WebP", (".webp",), True, 16_383, _webp),
    SavedFormat("JPEG", (".jpg", ".jpeg"), False, MAX_SIDE, _jpeg),
    SavedFormat("BMP", (".bmp",), False, MAX_SIDE, _bmp),
)


def _tells(block: bytes | None, dpi: tuple[float, float]) -> bool:
    """Whether an EXIF block tells this resolution."""
    told = exif.dpi if (exif := Exif.read(block or b"")) is not None else None
    return told is not None and all(abs(a - b) < 0.5 for a, b in zip(told, dpi, strict=True))


def _given(picture: Picture, *names: str) -> dict[str, Any]:
    """What Pillow's writers take of those that the picture has."""
    metadata = picture.metadata
    values = {
        "exif": None if metadata.exif is None else _EXIF_PREFIX + metadata.exif,
        "xmp": metadata.xmp,
        "icc_profile": picture.icc_profile,
        "comment": None if metadata.comment is None else metadata.comment.encode("utf-8", "replace"),
        "dpi": metadata.dpi,
    }
    return {name: values[name] for name in names if values[name] is not None}


def _fitting_exif(exif: bytes, losses: Losses) -> bytes | None:
    """As much of a block as fits into a segment of JPEG."""
    if len(exif) <= _JPEG_SEGMENT_BYTES:
        return exif
    tags = Exif.read(exif.removeprefix(_EXIF_PREFIX))
    assert tags is not None  # the block is sound
    for smaller, what in ((tags, _THUMBNAIL), (tags.without(MAKER_NOTE), _THUMBNAIL_AND_NOTE)):
        packed = _EXIF_PREFIX + smaller.packed()
        if len(packed) <= _JPEG_SEGMENT_BYTES:
            losses.append((what, _TOO_LARGE))
            return packed
    losses.append((_EXIF, _TOO_LARGE))
    return None


def _saved(picture: Picture, name: str, **options: Any) -> bytes:
    file = BytesIO()
    _pillow_image(picture).save(file, name, **options)
    return file.getvalue()


def _pillow_image(picture: Picture) -> Image.Image:
    if picture.is_grey:
        image = Image.fromarray(np.ascontiguousarray(picture.pixels[..., 0]))
    else:
        image = Image.fromarray(np.ascontiguousarray(picture.pixels))
    if picture.alpha is not None:
        if picture.is_grey:
            image = image.convert("LA")
        image.putalpha(Image.fromarray(picture.alpha))
    return image
