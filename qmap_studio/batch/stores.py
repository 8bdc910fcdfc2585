"""Object stores (`s3://bucket/folder` and whatever else fsspec knows) in the places of folders of this machine.

An address is kept as a path: `Path("s3://bucket/x")` reads "s3:/bucket/x", from which the address is found again. What
reads and writes pictures knows files only: those of a store are fetched into a temporary folder and the result is sent
from there, whole.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from qmap_studio.batch.task import Task
from qmap_studio.core.errors import FileAccessError, QMapStudioError
from qmap_studio.core.files import make_folder
from qmap_studio.core.language import tr

_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):/+")  # a single letter is a drive
NEIGHBOURS = 8
"""Folders whose listings are kept: of photos, maps, annotations and results, and those that were just left."""


def place(text: str) -> Path:
    """A path or an address as a person writes it; `file://` is a path of this machine."""
    return Path(url2pathname(unquote(urlsplit(text).path))) if text.startswith("file://") else Path(text)


def is_url(path: Path) -> bool:
    """Whether it lies in an object store."""
    return _URL.match(path.as_posix()) is not None


def url_of(path: Path) -> str:
    """The address that was written in the place of a path."""
    return _URL.sub(r"\1://", path.as_posix())


def called(path: Path) -> str:
    """A path or an address as people write it."""
    return url_of(path) if is_url(path) else str(path)


@dataclass(frozen=True)
class Stored:
    """A file below a folder of a store.

    Attributes:
        name: below the folder, with "/".
        size: -1 where the store does not say.
        state: changes with everything that the store's listing says of the file, such as when it was written.
    """

    name: str
    size: int
    state: int


def is_folder(path: Path) -> bool:
    """Whether something lies below an address.

    Raises:
        FileAccessError: the store cannot be asked.
    """
    with _asking(path) as (store, inner):
        return bool(store.isdir(inner))


def files_below(folder: Path, without: Path | None = None) -> Iterator[Stored]:
    """All files below a folder in the order of their names, without hidden ones; one folder is listed at a time.

    Args:
        without: a folder that is left out.
    Raises:
        FileAccessError: the store cannot be asked.
    """
    waiting = [(folder, "")]
    while waiting:
        folder, before = waiting.pop()
        if folder == without:
            continue
        below = []
        for name, details in sorted(_listed(folder).items()):
            if name.startswith("."):
                continue
            if details.get("type") == "directory":
                below.append((folder / name, f"{before}{name}/"))
            else:
                size = details.get("size")
                yield Stored(before + name, -1 if size is None else int(size), _state(details))
        waiting.extend(reversed(below))


class Listings:
    """Asks for single files of stores by listing their folders, each once for many of its files."""

    def __init__(self) -> None:
        self._of = lru_cache(NEIGHBOURS)(_listed)

    def names(self, folder: Path) -> list[str]:
        """Of the files in a folder."""
        return [name for name, details in self._of(folder).items() if details.get("type") != "directory"]

    def state(self, path: Path) -> int | None:
        """As `Stored` has it; None if there is no such file."""
        try:
            details = self._of(path.parent).get(path.name)
        except FileAccessError:  # who reads the file says so
            return None
        return None if details is None or details.get("type") == "directory" else _state(details)


@dataclass(frozen=True)
class AtHand:
    """A task whose files lie on this machine.

    Attributes:
        names: what the files are called for people, by their paths.
    """

    task: Task
    names: dict[str, str]


@contextmanager
def at_hand(task: Task) -> Iterator[AtHand]:
    """Fetches what a task reads from stores; what it has written for one is sent there at the end, not after an error.

    Raises:
        FileAccessError: the store does not give or take a file.
    """
    recipe = task.recipe
    paths = [path for path in (task.photo, recipe.map, recipe.annotations, task.output) if path is not None]
    if not any(map(is_url, paths)):
        yield AtHand(task, {})
        return
    with TemporaryDirectory(prefix="qmap-studio-", ignore_cleanup_errors=True) as folder:
        near = {path: Path(folder, str(number), path.name) for number, path in enumerate(paths) if is_url(path)}
        for path, copy in near.items():
            make_folder(copy.parent)
            if path != task.output:
                with _asking(path) as (store, inner):
                    store.get_file(inner, str(copy))
        yield AtHand(
            replace(
                task,
                photo=near.get(task.photo, task.photo),
                output=near.get(task.output, task.output),
                recipe=replace(
                    recipe,
                    map=near.get(recipe.map, recipe.map) if recipe.map else None,
                    annotations=near.get(recipe.annotations, recipe.annotations) if recipe.annotations else None,
                ),
            ),
            {str(copy): url_of(path) for path, copy in near.items()},
        )
        if task.output in near:
            with _asking(task.output) as (store, inner):
                store.put_file(str(near[task.output]), inner)


def _listed(folder: Path) -> dict[str, dict[str, Any]]:
    """What the store says of each entry of a folder, by their names; nothing of a folder that is not there."""
    with _asking(folder) as (store, inner):
        try:
            entries = store.ls(inner, detail=True)
        except FileNotFoundError:
            return {}
        named = {entry["name"].rstrip("/"): entry for entry in entries}
        named.pop(inner.rstrip("/"), None)  # the folder itself, as an empty object
        return {name.rpartition("/")[2]: entry for name, entry in named.items()}


def _state(details: dict[str, Any]) -> int:
    told = repr(sorted((name, str(value)) for name, value in details.items()))
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:7])


@contextmanager
def _asking(path: Path) -> Iterator[tuple[Any, str]]:
    """The store of an address, and what the store calls it; what goes wrong is told in a sentence."""
    try:
        import fsspec
    except ImportError as error:
        text = tr('{url} lies in an object store; for these install "qmap-studio[batch]" with pip.')
        raise FileAccessError(text.format(url=url_of(path))) from error
    try:
        yield fsspec.core.url_to_fs(url_of(path), use_listings_cache=False)
    except QMapStudioError:
        raise
    except FileNotFoundError as error:
        raise FileAccessError(tr("{path} does not exist.").format(path=url_of(path))) from error
    except Exception as error:  # each store has errors of its own
        reason = str(error).rstrip(".") or type(error).__name__
        raise FileAccessError(tr("{url}: {reason}.").format(url=url_of(path), reason=reason)) from error
