"""What is known about a picture besides its pixels."""

from dataclasses import dataclass

from PIL import ExifTags, Image

_EXIF_PREFIX = b"Exif\x00\x00"


@dataclass(frozen=True)
class Metadata:
    """What a picture's file says about it; None where it says nothing.

    Attributes:
        exif: a TIFF block (without the "Exif" prefix); its orientation is upright.
        xmp: an XMP packet (UTF-8 XML), byte for byte.
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


def metadata_of(image: Image.Image, file_name: str, orientation: int) -> Metadata:
    """What an image of a file says besides its pixels.

    Args:
        file_name: of the image's file, without its folder.
        orientation: the EXIF orientation (1 to 8) that is applied to its pixels.
    """
    return Metadata(exif=_upright_exif(image, image.getexif()), file_name=file_name, orientation=orientation)


def _upright_exif(image: Image.Image, exif: Image.Exif) -> bytes | None:
    """The metadata as a TIFF block that says upright, or None if there is none."""
    if image.format == "TIFF":
        exif = _descriptive_part(exif)
    elif exif.get(ExifTags.Base.Orientation, 1) == 1:
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
