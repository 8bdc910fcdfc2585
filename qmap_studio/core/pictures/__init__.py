"""Pictures: what one is, and how it is read from a file and written to one."""

from qmap_studio.core.pictures.formats import picture_suffixes
from qmap_studio.core.pictures.metadata import Metadata, is_dpi
from qmap_studio.core.pictures.picture import MAX_PIXELS, MAX_SIDE, Picture, check_size
from qmap_studio.core.pictures.reading import ReadPicture, load_picture, pixels_told, read_picture
from qmap_studio.core.pictures.writing import check_saved, png_bytes, write_picture

__all__ = [
    "MAX_PIXELS",
    "MAX_SIDE",
    "Metadata",
    "Picture",
    "ReadPicture",
    "check_saved",
    "check_size",
    "is_dpi",
    "load_picture",
    "picture_suffixes",
    "pixels_told",
    "png_bytes",
    "read_picture",
    "write_picture",
]
