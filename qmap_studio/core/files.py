"""Files: what a person is told where one cannot be read, and writing whole or not at all."""

import errno
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from qmap_studio.core.errors import FileAccessError, QMapStudioError
from qmap_studio.core.language import tr


@contextmanager
def is_reading(path: Path, error_class: type[QMapStudioError] = FileAccessError) -> Iterator[None]:
    """Tells in a sentence why the system does not give a file: missing, forbidden, a name that is too long.

    Args:
        error_class: of the errors raised, by what the file was to be.
    Raises:
        QMapStudioError: of that class, in place of the system's OSError. Those that readers raise pass.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise error_class(tr("{path} does not exist.").format(path=path)) from error
    except PermissionError as error:
        raise error_class(tr("{path} may not be read: permission denied.").format(path=path)) from error
    except IsADirectoryError as error:
        raise error_class(tr("{path} is a folder; a file was expected.").format(path=path)) from error
    except OSError as error:
        if error.errno is None:  # a library's word, not the system's
            raise
        raise error_class(
            tr("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error)
        ) from error


@contextmanager
def is_writing(path: Path) -> Iterator[None]:
    """Tells in a sentence why the system does not take a file.

    Raises:
        FileAccessError: in place of the system's OSError.
    """
    try:
        yield
    except OSError as error:
        raise FileAccessError(_sentence(error, path)) from error


_being_written = threading.Lock()


def atomic_write(path: Path | str, data: bytes) -> None:
    """Writes a file so that a reader finds the old one or the new one, never half of one.

    Args:
        path: replaced if it exists; its folder must exist.
        data: the whole content.
    Raises:
        FileAccessError: the folder is missing or read-only, the disk is full, or the like.
    """
    with atomic_writer(path) as file:
        file.write(data)


@contextmanager
def atomic_writer(path: Path | str) -> Iterator[BinaryIO]:
    """A file to be written piece by piece, which takes its place only once it is whole; else as `atomic_write`.

    What is raised while it is written leaves the old one.
    """
    path = Path(path)
    with _being_written, is_writing(path), _replacing(path) as file:
        yield file


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        FileAccessError: it cannot be read.
    """
    with is_reading(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def end_writing() -> None:
    """Waits for the file that is being written and lets no other be begun: the process may end at any moment now."""
    _being_written.acquire()


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    target = target_of(path)
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if target.exists() and not target.is_file():  # a device or a pipe would be replaced by a file
        raise FileAccessError(tr("Cannot write {path}: it is not an ordinary file.").format(path=path))
    if target.exists() and not target.stat().st_mode & 0o222:  # renaming would not mind
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    # In the same folder, because a rename across file systems is a copy and no longer atomic.
    handle, temporary = tempfile.mkstemp(prefix=".qmap-studio-", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode_of(target))
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def target_of(path: Path) -> Path:
    """The file that writing replaces: through a link the one it points to.

    Raises:
        OSError: links lead to each other.
    """
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return target


def _mode_of(target: Path) -> int:
    """Permissions the new file takes: those of the old one, or what open() would give."""
    try:
        return target.stat().st_mode & 0o777
    except OSError:
        return 0o666 & ~_UMASK


def _read_umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


# Read once on import: the call changes it for a moment, which must not happen beside other threads.
_UMASK = _read_umask()


def make_folder(path: Path) -> None:
    """Makes a folder and those above it, where they are missing.

    Raises:
        FileAccessError: it cannot be made.
    """
    try:
        target_of(path)
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileAccessError(
            tr("Cannot make the folder {path}: {reason}.").format(path=path, reason=error.strerror or error)
        ) from error


def folder_problem(path: Path) -> str | None:
    """Why a file cannot be written whose folder is none, in a sentence; None if it is one.

    Raises:
        OSError: the system cannot tell, as for a name that is too long.
    """
    folder = path.parent
    if folder.is_dir():
        return None
    if folder.exists():
        return tr("Cannot write {path}: {folder} is a file, not a folder.").format(path=path, folder=folder)
    return tr("Cannot write {path}: the folder {folder} does not exist.").format(path=path, folder=folder)


def _sentence(error: OSError, path: Path) -> str:
    """What to tell a person about a file that cannot be written."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        text = tr("Cannot write {path}: the folder or the file is read-only; choose another folder.")
    elif error.errno in (errno.ENOENT, errno.ENOTDIR):
        if (problem := folder_problem(path)) is not None:
            return problem
        text = tr("Cannot write {path}: the folder {folder} takes no new files.")
    elif error.errno in (errno.ENOSPC, errno.EDQUOT):
        text = tr("Cannot write {path}: the disk is full; free some space or choose another disk.")
    elif error.errno == errno.EISDIR:
        text = tr("Cannot write {path}: it is a folder, a file name was expected.")
    else:
        text = tr("Cannot write {path}: {reason}.")
    return text.format(path=path, folder=path.parent, reason=error.strerror or error)
