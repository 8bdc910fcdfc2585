"""Files are written whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from qmap_studio.core.errors import FileAccessError
from qmap_studio.core.files import atomic_write


def test_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    atomic_write(path, b"one")
    atomic_write(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_keeps_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"")
    usual = path.stat().st_mode
    atomic_write(tmp_path / "b.bin", b"")
    assert (tmp_path / "b.bin").stat().st_mode == usual
    path.chmod(0o600)
    atomic_write(path, b"secret")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EIO, "rror")],
)
def test_failure_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def fail(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(FileAccessError, match=words):
        atomic_write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_folders_that_cannot_take_it(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match="does not exist"):
        atomic_write(tmp_path / "missing" / "a.bin", b"")
    with pytest.raises(FileAccessError, match="it is a folder"):
        atomic_write(tmp_path, b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_device_or_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileAccessError, match="not an ordinary file"):
        atomic_write(pipe, b"data")
    assert pipe.is_fifo()


def test_a_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "kept.png"
    path.write_bytes(b"kept")
    path.chmod(0o444)
    with pytest.raises(FileAccessError, match="read-only"):
        atomic_write(path, b"new")
    assert path.read_bytes() == b"kept"
    with pytest.raises(FileAccessError, match="is a file, not a folder"):
        atomic_write(path / "a.bin", b"new")
