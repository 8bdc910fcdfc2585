"""Pictures to files."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from qmap_studio.core.errors import ImageError
from qmap_studio.core.files import atomic_write
from qmap_studio.core.language import tr
from qmap_studio.core.pictures.picture import Picture

_EXIF_PREFIX = b"Exif\x00\x00"


def write_picture(path: Path | str, picture: Picture) -> None:
    """Writes a picture with its alpha, profile and metadata, whole or not at all.

    Args:
        path: PNG, TIFF, WebP (these lossless) or JPEG (quality 95), by its suffix.
    Raises:
        ImageError: the format cannot hold the picture.
        FileAccessError: the file cannot be written.
    """
    path = Path(path)
    file = BytesIO()
    try:
        _pillow_image(picture).save(file, **_save_options(path, picture))
    except (OSError, ValueError) as error:
        raise ImageError(tr("{name} cannot be written: {error}.").format(name=path.name, error=error)) from error
    atomic_write(path, file.getvalue())


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


def _save_options(path: Path, picture: Picture) -> dict[str, Any]:
    options: dict[str, Any]
    match path.suffix.lower():
        case ".png":
            options = {"format": "PNG"}
        case ".tif" | ".tiff":
            options = {"format": "TIFF", "compression": "tiff_adobe_deflate"}
        case ".webp":
            options = {"format": "WEBP", "lossless": True, "exact": True}
        case ".jpg" | ".jpeg":
            if picture.alpha is not None:
                raise ImageError(
                    tr("{name}: JPEG cannot hold transparency; save as PNG, TIFF or WebP.").format(name=path.name)
                )
            options = {"format": "JPEG", "quality": 95, "subsampling": 0}
        case suffix:
            raise ImageError(
                tr("{name}: pictures are saved as .png, .tif, .webp or .jpg, not as {suffix}.").format(
                    name=path.name, suffix=suffix or tr("nothing")
                )
            )
    grey_as_colour = picture.is_grey and options["format"] == "WEBP"  # it knows no grey, so no grey profile
    if picture.icc_profile is not None and not grey_as_colour:
        options["icc_profile"] = picture.icc_profile
    if picture.metadata.exif is not None:
        options["exif"] = _EXIF_PREFIX + picture.metadata.exif
    return options
