"""What is known about a picture besides its pixels."""

from dataclasses import dataclass


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
