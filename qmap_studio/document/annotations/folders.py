"""Folders of annotations, a file for each photo: the one that belongs to a photo, by its name.

To `photo.jpg` belong `photo.txt`, `photo.jpg.json`, `gt_photo.txt` (ICDAR), `photo_mask.png` and the like, compared as
loosely as the names of listed pictures are.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.core.pictures.formats import picture_suffixes
from qmap_studio.document.annotations.all_formats import all_formats
from qmap_studio.document.annotations.matching import WAYS
from qmap_studio.document.annotations.reader import PictureIdentity

_BEFORE = re.compile(r"^(gt|res|labels?|masks?|seg)[_-]", re.IGNORECASE)
_AFTER = re.compile(
    r"[._-](gt|labels?|masks?|seg(mentation)?|annotations?|boxes|saliency|heat_?map|(gtFine_)?(labelIds|instanceIds))$",
    re.IGNORECASE,
)
_OTHERS = re.compile("[^0-9a-z]+")


def annotations_of(path: Path, picture: PictureIdentity) -> Path | None:
    """A file itself; of a folder the file that belongs to a picture, None if there is none.

    Raises:
        AnnotationError: the folder cannot be read.
    """
    try:
        return find_in_folder(path, picture) if path.is_dir() else path
    except OSError as error:
        text = tr("Cannot read the folder {path}: {reason}.")
        raise AnnotationError(text.format(path=path, reason=error.strerror or error)) from error


def find_in_folder(folder: Path, picture: PictureIdentity) -> Path | None:
    """The file in a folder of annotations that belongs to a picture; None if there is none.

    Of several the one whose name is nearest to the picture's, of the format that comes first, is taken. The picture
    itself is none. Subfolders are not searched.

    Raises:
        OSError: the folder cannot be read.
    """
    name = picture.path.name
    if not name:
        return None
    for stem in (PurePath(name).stem, name, f"gt_{PurePath(name).stem}"):
        for suffix in _suffixes():
            path = folder / (stem + suffix)
            if path.is_file() and not _is_picture(path, picture):
                return path
    letters = _letters(WAYS[-1](name))
    with os.scandir(folder) as entries:
        likely = [entry.name for entry in entries if letters in _letters(entry.name)]
    found = [(_distance(each, name), _suffix(each), each) for each in likely]
    known = [(near, _suffixes().index(suffix), each) for near, suffix, each in found if suffix in _suffixes()]
    for _near, _first, each in sorted(entry for entry in known if entry[0] is not None):
        if (path := folder / each).is_file() and not _is_picture(path, picture):
            return path
    return None


class FolderIndex:
    """A folder of annotations for many pictures: it is listed once, and what changes in it later is not seen.

    Args:
        names: of the files in it, where the system cannot list it.
    Raises:
        AnnotationError: the folder cannot be read.
    """

    def __init__(self, folder: Path, names: Iterable[str] | None = None) -> None:
        self._folder, self._suffixes = folder, _suffixes()
        self._names: dict[str, list[str]] = {}
        try:
            for name in os.listdir(folder) if names is None else names:
                if _suffix(name) in self._suffixes:
                    for key in {WAYS[-1](called) for called in _called(name, ".jpg")}:
                        self._names.setdefault(key, []).append(name)
        except OSError as error:
            text = tr("Cannot read the folder {path}: {reason}.")
            raise AnnotationError(text.format(path=folder, reason=error.strerror or error)) from error

    def of(self, picture: PictureIdentity) -> Path | None:
        """What `find_in_folder` finds."""
        name = picture.path.name
        names = self._names.get(WAYS[-1](name), []) if name else []
        if len(names) > 1:
            found = [(_distance(each, name), self._suffixes.index(_suffix(each)), each) for each in names]
            names = [each for _near, _first, each in sorted(entry for entry in found if entry[0] is not None)]
        for each in names:
            if not _is_picture(path := self._folder / each, picture):
                return path
        return None


def belongs_to(path: Path, picture: PictureIdentity) -> bool:
    """Whether the name of a file of annotations says that it is for a picture."""
    return _distance(path.name, picture.path.name) is not None


def _suffixes() -> tuple[str, ...]:
    """Of files of annotations, those that photos have as well last."""
    return tuple(sorted(all_formats().suffixes, key=lambda suffix: suffix in picture_suffixes()))


def _letters(name: str) -> str:
    """What every way to write a name keeps: its ASCII letters and digits."""
    return _OTHERS.sub("", name.casefold() if name.isascii() and "%" not in name else WAYS[1](name))


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _is_picture(path: Path, picture: PictureIdentity) -> bool:
    """Whether a file is the picture itself."""
    return Path(picture.path) == path or (path.name == picture.path.name and _is_same(path, Path(picture.path)))


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _distance(name: str, wanted: str) -> int | None:
    """How loosely the name of a file is to be read to be that of a picture; None if it is another's."""
    if not PurePath(wanted).stem:
        return None
    called = list(_called(name, PurePath(wanted).suffix))
    if WAYS[-1](wanted) not in map(WAYS[-1], called):
        return None
    return next(n for n, way in enumerate(WAYS) if way(wanted) in map(way, called))


def _called(name: str, suffix: str) -> Iterator[str]:
    """What the picture may be called to which a file of annotations belongs.

    Args:
        suffix: of the picture, where the file's name has none besides its own.
    """
    stem = os.path.splitext(name)[0]
    for bare in dict.fromkeys(
        (stem, _BEFORE.sub("", stem), _AFTER.sub("", stem), _AFTER.sub("", _BEFORE.sub("", stem)))
    ):
        yield bare + suffix
        if _suffix(bare) in picture_suffixes():
            yield bare
