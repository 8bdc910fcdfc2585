"""Folders of pictures."""

from pathlib import Path

from qmap_studio.core.errors import ImageError
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import picture_suffixes


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder by their suffixes, without hidden ones, in the order of their names.

    Raises:
        ImageError: it is no folder, cannot be read, or has no pictures.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if _is_picture(path))
    except FileNotFoundError as error:
        raise ImageError(
            tr("{folder} does not exist; a folder of pictures was expected.").format(folder=folder)
        ) from error
    except NotADirectoryError as error:
        raise ImageError(tr("{folder} is a file; a folder of pictures was expected.").format(folder=folder)) from error
    except OSError as error:
        raise ImageError(
            tr("{folder} cannot be read: {reason}.").format(folder=folder, reason=error.strerror)
        ) from error
    if not paths:
        raise ImageError(
            tr("{folder} has no pictures ({suffixes}).").format(folder=folder, suffixes=", ".join(picture_suffixes()))
        )
    return paths


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in picture_suffixes() and not path.name.startswith(".") and path.is_file()
