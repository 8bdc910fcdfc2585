"""Colours that a file describes otherwise than by a profile, as those of sRGB."""

import struct
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from qmap_studio.core.language import tr
from qmap_studio.core.pictures.channels import GREY_MODES
from qmap_studio.core.pictures.colours.nclx import nclx_codes
from qmap_studio.core.pictures.colours.png_chunks import colour_chunks
from qmap_studio.core.pictures.colours.space import (
    BT709,
    PROPHOTO,
    SRGB_CURVE,
    ColourSpace,
    Primaries,
    Transfer,
    power,
    space_of_codes,
)
from qmap_studio.core.pictures.jpeg2000 import colour_space

_SAME_LEVELS = 3  # two descriptions that differ less mean the same
_GAMMAS = (0.2, 5.0)  # what displays and scanners have had, and some more

# Of JPEG 2000's colour spaces: ROMM RGB, and those that the decoder and Pillow make plain RGB or inks of.
_ROMM = 21
_USUAL_NUMBERS = (0, 12, 15, 16, 17, 18)


@dataclass(frozen=True)
class Description:
    """What a file says of its colours besides its profile.

    Attributes:
        space: None where nothing is said, or nothing that is known.
        unknown: what is said in a way that is not known, as people may look it up; empty if nothing is.
        is_above_profile: it counts where there is a profile too.
    """

    space: ColourSpace | None = None
    unknown: str = ""
    is_above_profile: bool = False


@dataclass(frozen=True)
class ShownColours:
    """Pixels as they mean sRGB, or what the profile says.

    Attributes:
        pixels: uint8 (H, W, 3).
        notices: what a person should know, in sentences that name the file.
    """

    pixels: NDArray[np.uint8]
    icc_profile: bytes | None
    notices: tuple[str, ...] = ()


def shown_colours(
    pixels: NDArray[np.uint8], icc_profile: bytes | None, image: Image.Image, file: BinaryIO, name: str
) -> ShownColours:
    """Converts pixels to sRGB if the file describes its colours otherwise than by a profile.

    Descriptions count in the order of the formats' specifications: in PNG cICP, profile, sRGB, gAMA and cHRM; in AVIF
    and HEIC the profile, then nclx. Pixels that are nearly sRGB stay as they are. A profile that says PQ or HLG by
    codes counts as these.

    Args:
        pixels: uint8 (H, W, 3), of the image, not turned yet.
        file: what the image was decoded from.
    """
    described = _description(image, file)
    if icc_profile is not None and not described.is_above_profile:
        described = _hdr_of_profile(icc_profile)
    notices = _ignored(described, name) if described.unknown else ()
    space = described.space
    if space is None:
        return ShownColours(pixels, icc_profile, notices)
    if image.mode in GREY_MODES:
        space = replace(space, primaries=BT709)  # greys are the same whatever the primaries
    if icc_profile is not None and _means(icc_profile, space):
        return ShownColours(pixels, icc_profile, notices)  # the profile keeps what sRGB does not have
    if space.is_srgb:
        return ShownColours(pixels, None, notices)
    from qmap_studio.core.pictures.colours.to_srgb import to_srgb  # OpenCV is slow to import

    deep = _deep_pixels(file, pixels.shape) if image.format == "PNG" and image.tell() == 0 else None
    converted = to_srgb(pixels if deep is None else deep, space)
    notice = tr("The colours of {name} were converted from {space} to sRGB.").format(name=name, space=space.name)
    return ShownColours(converted, None, (*notices, notice))


def _ignored(described: Description, name: str) -> tuple[str, ...]:
    return (
        tr("{name} describes its colours in a way that is not known ({description}), which was ignored.").format(
            name=name, description=described.unknown
        ),
    )


def _hdr_of_profile(icc_profile: bytes) -> Description:
    """What the codes of a profile of HDR say (ICC.1:2022, section 9.2.17); nothing of any other profile."""
    if len(icc_profile) < 132:
        return Description()
    (count,) = struct.unpack_from(">I", icc_profile, 128)
    for tag in range(132, min(132 + 12 * count, len(icc_profile) - 11), 12):
        name, offset, length = struct.unpack_from(">4sII", icc_profile, tag)
        codes = icc_profile[offset + 8 : offset + 12]
        if name == b"cicp" and length == len(codes) + 8 == 12:
            space = space_of_codes(codes[0], codes[1], is_narrow=not codes[3])
            return Description(space if space is not None and space.is_hdr else None)
    return Description()


def _description(image: Image.Image, file: BinaryIO) -> Description:
    if image.format == "PNG":
        return _of_png(colour_chunks(file))
    if image.format == "AVIF":
        return _of_codes("nclx", nclx_codes(file))
    if image.format == "HEIF":
        nclx = image.info.get("nclx_profile")
        return _of_codes("nclx", nclx and (int(nclx["color_primaries"]), int(nclx["transfer_characteristics"])))
    if image.format == "JPEG2000":
        return _of_number(colour_space(file))
    return Description()


def _of_number(number: int | None) -> Description:
    """A colour space of JPEG 2000 by its number."""
    if number == _ROMM:
        return Description(ColourSpace(PROPHOTO, power(1.8)))
    return Description(unknown="" if number is None or number in _USUAL_NUMBERS else f"colour space {number}")


def _of_codes(source: str, codes: tuple[int, int] | None, is_narrow: bool = False) -> Description:
    if codes is None:
        return Description()
    space = space_of_codes(*codes, is_narrow=is_narrow)
    return Description(space, "" if space else f"{source} {codes[0]}/{codes[1]}")


def _of_png(chunks: dict[bytes, bytes]) -> Description:
    unknown = ""
    if b"cICP" in chunks:
        primaries, transfer, _matrix, is_full = chunks[b"cICP"]
        described = _of_codes("cICP", (primaries, transfer), is_narrow=not is_full)
        if described.space is not None:
            return Description(described.space, is_above_profile=True)
        unknown = described.unknown
    if b"sRGB" in chunks or not {b"gAMA", b"cHRM"} & chunks.keys():
        return Description(unknown=unknown)
    curve, primaries_ = _gamma(chunks.get(b"gAMA")), _chromaticities(chunks.get(b"cHRM"))
    wrong = " ".join(name for name, value in (("gAMA", curve), ("cHRM", primaries_)) if value is None)
    return Description(ColourSpace(primaries_ or BT709, curve or SRGB_CURVE), " ".join(filter(None, (unknown, wrong))))


def _gamma(data: bytes | None) -> Transfer | None:
    """The curve of a gAMA chunk, that of sRGB without one; None if it makes no sense."""
    if data is None:
        return SRGB_CURVE
    stored = int.from_bytes(data, "big")
    gamma = 100_000 / stored if stored else 0
    return power(1.0 if gamma == 1 else gamma) if _GAMMAS[0] <= gamma <= _GAMMAS[1] else None


def _chromaticities(data: bytes | None) -> Primaries | None:
    """The primaries of a cHRM chunk, those of sRGB without one; None if they make no sense."""
    if data is None:
        return BT709
    values = [value / 100_000 for value in struct.unpack(">8I", data)]
    white, red, green, blue = zip(values[::2], values[1::2], strict=True)
    primaries = Primaries(white, red, green, blue).known
    try:
        primaries.to_xyz()
    except ValueError:
        return None
    return primaries


def _means(icc_profile: bytes, space: ColourSpace) -> bool:
    """Whether a profile says the same of colours inside of sRGB."""
    from qmap_studio.core.pictures.colours.to_srgb import to_srgb

    levels = np.arange(96, 192, 16, dtype=np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(icc_profile))
        srgb = ImageCms.createProfile("sRGB")
        meant = ImageCms.profileToProfile(Image.fromarray(colours), profile, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return False
    difference = np.asarray(meant).astype(int) - to_srgb(colours, space)
    return bool(np.abs(difference).max() <= _SAME_LEVELS)


def _deep_pixels(file: BinaryIO, shape: tuple[int, ...]) -> NDArray[np.uint16] | None:
    """The pixels of a PNG file of 16 bits a channel, uint16 (H, W, 3); None of any other."""
    from qmap_studio.core.opencv import cv2

    file.seek(24)
    if file.read(1) != b"\x10":
        return None
    file.seek(0)
    try:
        pixels = cv2.imdecode(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:  # the 8 bits that Pillow read will do
        return None
    if pixels is None or pixels.dtype != np.uint16 or pixels.shape[:2] != shape[:2]:
        return None
    if pixels.ndim == 2:
        return np.repeat(pixels[..., None], 3, axis=2)
    return np.ascontiguousarray(pixels[..., 2::-1])
