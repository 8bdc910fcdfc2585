"""What is known about a picture besides its pixels."""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from qmap_studio.core.language import tr
from qmap_studio.core.pictures import exif as exif_tags
from qmap_studio.core.pictures.exif import Exif, has_gps, made_upright, without_gps
from qmap_studio.core.strip import Strip

_EXIF_PREFIX = b"Exif\x00\x00"
_IPTC_RESOURCE, _IPTC_TAG = 0x0404, 33723
_PNG_TEXTS = ("Title", "Author", "Copyright", "Disclaimer", "Warning", "Source", "parameters", "prompt", "workflow")
"""Keywords that PNG files have for people (PNG specification, third edition, section 11.3.3.2) or for their maker."""
_UPRIGHT_IN_XMP = re.compile(rb"(tiff:Orientation\s*(?:=\s*[\"']|>)\s*)[2-8]")
# Attributes and elements of any prefix: the namespace may be called otherwise than "exif".
_GPS_IN_XMP = (
    re.compile(rb"\s[\w.-]+:GPS\w*\s*=\s*(?:\"[^\"]*\"|'[^']*')"),
    re.compile(rb"<([\w.-]+:GPS\w*)(?:\s[^>]*)?(?:/>|>.*?</\1\s*>)", re.DOTALL),
)
_ANY_GPS = re.compile(rb":GPS")
_LARGEST_SEARCHED = 1 << 20
_METRE_STEP = 0.0128


@dataclass(frozen=True)
class Metadata:
    """What a picture's file says about it; None where it says nothing.

    Attributes:
        exif: a TIFF block (without the "Exif" prefix); its orientation is upright.
        xmp: an XMP packet (UTF-8 XML), byte for byte but for an orientation, which is upright.
        dpi: pixels an inch, across and down.
        comment: a sentence for people, such as a JPEG file's.
        file_name: of the file that the picture was first read from, without its folder.
        orientation: the EXIF orientation (1 to 8) that was applied to the pixels of that file to make them upright.
    """

    exif: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    comment: str | None = None
    file_name: str | None = None
    orientation: int = 1

    def stripped(self, strip: Strip) -> "Metadata":
        """Without what is left out; "all" takes the source's name, too."""
        match strip:
            case "none":
                return self
            case "gps":
                return self.without_gps()
            case "all":
                return Metadata()

    def without_gps(self) -> "Metadata":
        """The same without the position: the GPS directory of the EXIF block and the GPS properties of the XMP packet.

        A block or packet that cannot be searched goes whole. Names of places stay, and what a camera's maker has
        written into its private note: only the maker can read that.
        """
        return replace(
            self,
            exif=None if self.exif is None else without_gps(self.exif),
            xmp=None if self.xmp is None else _xmp_without_gps(self.xmp),
        )

    @property
    def has_gps(self) -> bool:
        """Whether the EXIF block or the XMP packet tells a position."""
        in_exif = self.exif is not None and has_gps(self.exif)
        return in_exif or (self.xmp is not None and _ANY_GPS.search(self.xmp) is not None)


def metadata_of(image: Image.Image, file_name: str, orientation: int, tiff_block: bytes | None = None) -> Metadata:
    """What an image of a file says besides its pixels; whatever is damaged is left out.

    Args:
        file_name: of the image's file, without its folder.
        orientation: the EXIF orientation (1 to 8) that is applied to its pixels.
        tiff_block: of a TIFF file's page, with its orientation.
    """
    if image.format == "TIFF":
        exif = Exif.read(tiff_block or b"")
        orientation = 1 if exif is None else exif.number(exif_tags.ORIENTATION, 1)
        upright = None if exif is None else exif.without(exif_tags.ORIENTATION)
        block = upright.packed() if upright is not None and upright.tags else None
    else:
        block = _exif_block(image.info)
    return Metadata(
        exif=block,
        xmp=_xmp(image.info),
        dpi=_dpi(image, None if block is None else Exif.read(block)),
        comment=_comment(image.info),
        file_name=file_name,
        orientation=orientation if orientation in range(1, 9) else 1,
    )


def left_behind(image: Image.Image, name: str) -> tuple[str, ...]:
    """What an image's file says besides that is not carried, in sentences."""
    resources = image.info.get("photoshop")
    in_jpeg = isinstance(resources, dict) and bool(resources.get(_IPTC_RESOURCE))
    in_tiff = _IPTC_TAG in getattr(image, "tag_v2", {})
    in_png = "Raw profile type iptc" in image.info  # no text: a keyword
    notices: tuple[str, ...] = ()
    if in_jpeg or in_tiff or in_png:
        notices += (tr("{name}: IPTC data, such as caption and credit, was left out.").format(name=name),)
    texts = [key for key in image.info if key in _PNG_TEXTS] if image.format == "PNG" else []
    if texts:
        # For translators: {keys} is such as "Title, Copyright".
        notices += (tr("{name}: its texts were left out: {keys}.").format(name=name, keys=", ".join(texts)),)
    return notices


def _exif_block(info: dict[Any, Any]) -> bytes | None:
    block = info.get("exif") or _raw_profile(info, "exif")
    if not isinstance(block, bytes):
        return None
    block = block.removeprefix(_EXIF_PREFIX)
    return made_upright(block) if Exif.read(block) is not None else None


def _raw_profile(info: dict[Any, Any], kind: str) -> bytes | None:
    """What ImageMagick has written into a PNG file as a text of hexadecimal numbers."""
    text = str(info.get(f"Raw profile type {kind}", ""))  # no text: a keyword
    with suppress(ValueError):
        return bytes.fromhex("".join(text.split("\n")[3:])) or None
    return None


def _xmp(info: dict[Any, Any]) -> bytes | None:
    xmp = info.get("xmp") or info.get("XML:com.adobe.xmp") or _raw_profile(info, "xmp")
    if isinstance(xmp, str):
        xmp = xmp.encode("utf-8", "replace")
    if not isinstance(xmp, bytes):
        return None
    packet = xmp.rstrip(b"\0")
    return _UPRIGHT_IN_XMP.sub(rb"\g<1>1", packet) or None


def _dpi(image: Image.Image, exif: Exif | None) -> tuple[float, float] | None:
    found = image.info.get("dpi")
    is_silent_jpeg = image.format in ("JPEG", "MPO") and not image.info.get("jfif_unit")
    if is_silent_jpeg or image.format == "TIFF":  # Pillow puts a default where nothing is said
        found = None
    if found is None and exif is not None:
        found = exif.dpi
    with suppress(TypeError, ValueError, OverflowError):
        across, down = map(float, found or ())
        if is_dpi(across) and is_dpi(down):
            return _whole(across), _whole(down)
    return None


def is_dpi(number: float) -> bool:
    """Whether a resolution is one that every format can tell."""
    return 0.1 <= number <= 1e6


def _whole(dpi: float) -> float:
    """PNG and BMP count whole pixels a metre: 300 comes back as 299.9994."""
    return float(round(dpi)) if abs(dpi - round(dpi)) < _METRE_STEP else dpi


def _comment(info: dict[Any, Any]) -> str | None:
    comment: Any = info.get("comment") or info.get("Comment") or info.get("Description")
    if isinstance(comment, bytes):
        try:
            comment = comment.decode()
        except UnicodeDecodeError:
            comment = comment.decode("latin-1")
    return str(comment or "").rstrip("\0") or None


def _xmp_without_gps(packet: bytes) -> bytes | None:
    if b"\0" in packet:  # UTF-16, which nothing should write
        return None
    if _ANY_GPS.search(packet) is None:
        return packet
    if len(packet) > _LARGEST_SEARCHED:
        return None
    for pattern in _GPS_IN_XMP:
        packet = pattern.sub(b"", packet)
    return packet if _ANY_GPS.search(packet) is None else None
