"""Folders of pictures."""

from pathlib import Path

from qmap_studio.core.errors import ImageError

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".ppm")


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder, by name.

    Raises:
        ImageError: it is no folder, cannot be read, or has no pictures.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file())
    except FileNotFoundError as error:
        raise ImageError(f"{folder} does not exist; a folder of pictures was expected.") from error
    except NotADirectoryError as error:
        raise ImageError(f"{folder} is a file; a folder of pictures was expected.") from error
    except OSError as error:
        raise ImageError(f"{folder} cannot be read: {error.strerror}.") from error
    if not paths:
        raise ImageError(f"{folder} has no pictures ({', '.join(PICTURE_SUFFIXES)}).")
    return paths
