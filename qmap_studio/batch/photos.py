"""The photos below folders, in the order of their names."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qmap_studio.batch import stores
from qmap_studio.core.errors import FileAccessError
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import picture_suffixes


@dataclass(frozen=True)
class Found:
    """A photo, or something that could not be looked into.

    Attributes:
        place: its path below the folders that were asked for, with "/".
        size, changed_ns: of the file, -1 where that is not known; in an object store the second is any number that
            changes with the file.
        error: why it cannot be looked into; empty for a photo.
    """

    place: str
    path: Path
    size: int = -1
    changed_ns: int = -1
    error: str = ""


def photos_below(folders: Sequence[Path], without: Path | None = None) -> Iterator[Found]:
    """All pictures by their suffixes, without hidden ones; each folder once, also where links lead in a loop.

    Args:
        without: a folder that is left out, such as that of the results; it may be one of the folders that are asked
            for, and then is not.
    Raises:
        FileAccessError: one of the folders is none.
    """
    for folder in folders:
        if not (stores.is_folder(folder) if stores.is_url(folder) else folder.is_dir()):
            text = tr("{folder} is no folder; a folder of pictures was expected.")
            raise FileAccessError(text.format(folder=stores.called(folder)))
    seen = {_identity(without)} if without is not None and without.exists() else set()
    seen -= {_identity(folder) for folder in folders if not stores.is_url(folder)}
    for folder, name in zip(folders, _names(folders), strict=True):
        if stores.is_url(folder):
            yield from _stored_below(folder, name, without)
        else:
            yield from _below(folder, name, seen)


def _names(folders: Sequence[Path]) -> list[str]:
    """What stands before the places of each folder's photos: nothing if there is one, else names of their own."""
    if len(folders) == 1:
        return [""]
    names: list[str] = []
    for folder in folders:
        name, number = folder.resolve().name or "folder", 1
        while (fresh := name if number == 1 else f"{name}-{number}").casefold() in map(str.casefold, names):
            number += 1
        names.append(fresh)
    return names


def _below(folder: Path, place: str, seen: set[tuple[int, int]]) -> Iterator[Found]:
    waiting = [(folder, place)]
    while waiting:
        folder, place = waiting.pop()
        try:
            identity = _identity(folder)
            if identity in seen:
                continue
            seen.add(identity)
            with os.scandir(folder) as scanned:
                entries = sorted(scanned, key=lambda entry: entry.name)
        except OSError as error:
            text = tr("{folder} cannot be read: {reason}.").format(folder=folder, reason=error.strerror or error)
            yield Found(place, folder, error=text)
            continue
        below = []
        for entry in entries:
            inner = f"{place}/{entry.name}" if place else entry.name
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                below.append((folder / entry.name, inner))
            elif os.path.splitext(entry.name)[1].lower() in picture_suffixes():
                yield _photo(entry, inner, folder)
        waiting.extend(reversed(below))


def _stored_below(folder: Path, place: str, without: Path | None) -> Iterator[Found]:
    try:
        for stored in stores.files_below(folder, without):
            if os.path.splitext(stored.name)[1].lower() in picture_suffixes():
                inner = f"{place}/{stored.name}" if place else stored.name
                yield Found(inner, folder / stored.name, stored.size, stored.state)
    except FileAccessError as error:
        yield Found(place, folder, error=str(error))


def _photo(entry: "os.DirEntry[str]", place: str, folder: Path) -> Found:
    path = folder / entry.name
    try:
        status = entry.stat()
    except OSError:  # a link to nothing; reading it says so
        return Found(place, path)
    return Found(place, path, status.st_size, status.st_mtime_ns)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino
