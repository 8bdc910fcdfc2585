"""Copies of unsaved work, kept for the case of a crash: written on and on by a thread of its own.

    recovery/
      FOLDER/        of one run of the program
        alive        locked as long as that runs
        1-1.qmapproj a project that versions are added to; the first number is the document's

A copy has no directory until it is closed; reading projects takes that as damage from which nothing is lost.
"""

import os
import shutil
import threading
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

from filelock import FileLock, Timeout

from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.files import make_folder
from qmap_studio.core.pictures import Picture, png_bytes

if TYPE_CHECKING:
    from qmap_studio.document.project import Project, ProjectWriter

LEAST_STALE_BYTES = 1 << 26
"""A copy is begun anew once it has grown by so much, and to twice its size."""


class Recovery:
    """Keeps copies of the documents of one run. Every method but `stop` returns at once.

    Args:
        folder: of all runs.
        on_error: called once, from the thread, with a sentence why nothing can be kept.
    """

    def __init__(self, folder: Path, on_error: Callable[[str], None] = lambda _text: None) -> None:
        self._own, self._on_error = folder / uuid4().hex, on_error
        self._lock: FileLock | None = None
        self._waiting: dict[int, tuple[Project, Picture | None] | None] = {}
        self._replaced: dict[int, Path] = {}
        self._condition = threading.Condition()
        self._copies: dict[int, _Copy] = {}
        self._is_closed = self._has_failed = False
        self._thread = threading.Thread(target=self._run, name="qmap-studio-recovery", daemon=True)
        self._thread.start()

    def keep(
        self, document: int, project: "Project", replaces: Path | None = None, picture: Picture | None = None
    ) -> None:
        """Writes how a document is now.

        Args:
            document: its number.
            replaces: a copy from an earlier run that this takes the place of.
            picture: if it is in no file, so that the copy has to hold it.
        """
        with self._condition:
            self._waiting[document] = project, picture
            if replaces is not None:
                self._replaced[document] = replaces
            self._condition.notify_all()

    def forget(self, document: int) -> None:
        """Deletes the copy of a document, which is saved or given up, and what that was to replace."""
        with self._condition:
            self._waiting[document] = None
            self._condition.notify_all()

    def wait(self, seconds: float) -> bool:
        """Waits until all that was asked is done, for so long at most; whether it is."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._waiting, seconds)

    def stop(self) -> None:
        """Ends the run: nothing is unsaved any more, so that no copy is needed."""
        with self._condition:
            self._is_closed = True
            self._waiting.clear()
            self._condition.notify_all()
        self._thread.join(5.0)

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._is_closed or self._waiting)
                if self._is_closed:
                    break
                document, wanted = next(iter(self._waiting.items()))
            self._do(document, wanted)
            with self._condition:
                if self._waiting.get(document) is wanted:  # and nothing newer has come
                    self._waiting.pop(document, None)
                self._condition.notify_all()
        for copy in self._copies.values():
            copy.close()
        for replaced in self._replaced.values():
            delete_copy(replaced)
        if self._lock is not None:
            shutil.rmtree(self._own, ignore_errors=True)
            self._lock.release()
            shutil.rmtree(self._own, ignore_errors=True)  # what could not be deleted while it was locked

    def _do(self, document: int, wanted: "tuple[Project, Picture | None] | None") -> None:
        try:
            if wanted is not None:
                project, picture = wanted
                self._begin()
                if document not in self._copies:
                    self._copies[document] = _Copy(self._own, document, picture)
                self._copies[document].write(project)
            elif document in self._copies:
                self._copies.pop(document).delete()
            if document in self._replaced:
                delete_copy(self._replaced.pop(document))
        except (OSError, QMapStudioError, MemoryError) as error:
            if not self._has_failed:
                self._has_failed = True
                self._on_error(str(error))

    def _begin(self) -> None:
        """Makes the folder, once there is something to keep."""
        if self._lock is None:
            make_folder(self._own)
            lock = FileLock(self._own / "alive")
            lock.acquire(timeout=0)
            self._lock = lock


class _Copy:
    """The copy of one document: a file, and while that is begun anew or after it failed, the one before."""

    def __init__(self, folder: Path, document: int, picture: Picture | None) -> None:
        self._folder, self._document, self._picture = folder, document, picture
        self._number = 0
        self._paths: list[Path] = []
        self._open: tuple[BinaryIO, zipfile.ZipFile, ProjectWriter] | None = None
        self._first_bytes = 0

    def write(self, project: "Project") -> None:
        """Adds a version; it counts once it is whole, and files from before go then.

        Raises:
            OSError: it cannot be written; the next version begins a file anew.
        """
        try:
            size = self._add(project)
            if size > 2 * self._first_bytes + LEAST_STALE_BYTES:
                self.close()
                self._add(project)
        except BaseException:
            self.close()
            if not self._first_bytes:  # nothing of use is in it
                self._paths.pop().unlink(missing_ok=True)
            raise
        while len(self._paths) > 1:
            self._paths.pop(0).unlink(missing_ok=True)

    def _add(self, project: "Project") -> int:
        """The size of the file with this version."""
        is_first = self._open is None
        file, _, writer = self._open or self._begin()
        writer.write_version(project)
        file.flush()
        os.fsync(file.fileno())
        if is_first:
            self._first_bytes = file.tell()
        return file.tell()

    def _begin(self) -> "tuple[BinaryIO, zipfile.ZipFile, ProjectWriter]":
        from qmap_studio.document.project import ProjectWriter

        self._number, self._first_bytes = self._number + 1, 0
        self._paths.append(self._folder / f"{self._document}-{self._number}.qmapproj")
        file = self._paths[-1].open("wb")
        archive = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        writer = ProjectWriter(archive)
        self._open = file, archive, writer
        if self._picture is not None:
            writer.write_picture(png_bytes(self._picture))
        return self._open

    def delete(self) -> None:
        self.close()
        for path in self._paths:
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Without a directory, which nobody needs."""
        if self._open is not None:
            file, archive, _ = self._open
            self._open = archive.fp = None  # so that the archive does not write one
            with suppress(OSError):  # of what could not be written
                file.close()


@dataclass(frozen=True)
class Abandoned:
    """A copy of unsaved work whose run has ended without saving or giving it up.

    Attributes:
        picture: where its picture lay; "" if that is not known.
        saved_as: the project that it is a version of; "" if it was never saved.
        time: of its last change.
    """

    path: Path
    picture: str
    saved_as: str
    time: datetime


def abandoned(folder: Path) -> list[Abandoned]:
    """The copies of runs that are over, the newest first; what tells nothing is deleted."""
    found: list[Abandoned] = []
    for run in folder.iterdir() if folder.is_dir() else ():
        if _is_over(run):
            copies = sorted(run.glob("*.qmapproj"), key=_numbers, reverse=True)
            for _, of_document in groupby(copies, key=lambda copy: _numbers(copy)[0]):
                told = [copy for copy in map(_told, of_document) if copy is not None]
                found += told[:1]
                for older in told[1:]:
                    delete_copy(older.path)
            if not copies:
                shutil.rmtree(run, ignore_errors=True)
    return sorted(found, key=lambda copy: copy.time, reverse=True)


def _told(copy: Path) -> Abandoned | None:
    """What a copy is of; None, and it is deleted, if it does not even tell that."""
    from qmap_studio.document.project import names_in

    try:
        return Abandoned(copy, *names_in(copy), datetime.fromtimestamp(copy.stat().st_mtime))
    except (QMapStudioError, OSError):
        delete_copy(copy)
        return None


def delete_copy(path: Path) -> None:
    """Deletes a copy, and its folder if it was the last one in it."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        if not any(path.parent.glob("*.qmapproj")):
            shutil.rmtree(path.parent, ignore_errors=True)


def _is_over(run: Path) -> bool:
    """Whether nobody holds the lock of a run."""
    if not (run / "alive").exists():  # it has just begun
        return False
    lock = FileLock(run / "alive")
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return False
    lock.release()
    return True


def _numbers(copy: Path) -> tuple[int, int]:
    """The numbers of a copy's document and of its file; 0 for what has none."""
    document, _, number = copy.stem.partition("-")
    return (int(document), int(number)) if document.isdigit() and number.isdigit() else (0, 0)
