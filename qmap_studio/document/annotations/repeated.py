"""Files of annotations for many pictures, asked for one picture after the other: a large one is read once.

That holds for formats that have an index (COCO JSON). Files of others are read from beginning to end for each picture;
`seconds_a_picture` tells what that costs.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document.annotations.reader import AnnotationsFile, Index, PictureIdentity, Source
from qmap_studio.document.annotations.readers import clipped, read_annotations, reader_of, told

INDEXED_FROM_BYTES = 4 << 20
"""Smaller files are read sooner than they are written once more."""
BYTES_A_SECOND = 20e6
"""Read of the formats without an index, about."""
ASK_EVERY_S = 0.2

_State = tuple[Path, int, int]


class RepeatedReader:
    """Reads files of annotations as `read_annotations` does.

    Args:
        folder: in which indexes are kept, shared with readers in other processes; None for one of its own, deleted in
            the end.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is None:
            self._own = TemporaryDirectory(prefix="qmap-studio-", ignore_cleanup_errors=True)
            folder = Path(self._own.name)
        self._folder = folder
        self._state: _State | None = None
        self._index: Index | AnnotationError | None = None

    def read(
        self,
        path: Path,
        picture: PictureIdentity,
        chosen: str | None = None,
        checkpoint: Callable[[float], None] = lambda _share: None,
    ) -> AnnotationsFile:
        """What `read_annotations` gives; the same file as before is not read again, unless it has changed.

        Raises:
            PictureUnclearError, AnnotationError: as there.
        """
        source = Source(path, picture, chosen, checkpoint)
        with told(source):
            status = path.stat()
            if status.st_size < INDEXED_FROM_BYTES:
                return read_annotations(path, picture, chosen, checkpoint)
            state = path, status.st_size, status.st_mtime_ns
            if state != self._state:
                self._index = self._indexed(source, state)
                self._state = state
        if isinstance(self._index, AnnotationError):
            raise AnnotationError(str(self._index))
        if self._index is None:
            return read_annotations(path, picture, chosen, checkpoint)
        return clipped(self._index.read(source), source)

    def _indexed(self, source: Source, state: _State) -> Index | AnnotationError | None:
        """None of a format without an index; what is wrong with a file is kept as well."""
        reader = reader_of(source)
        if reader.index is None:
            return None
        path = self._folder / f"{hashlib.sha256(repr(state).encode()).hexdigest()[:16]}.sqlite"
        try:
            with _alone(path.with_suffix(".lock"), source.checkpoint):
                return reader.index(source, path)
        except AnnotationError as error:
            return error


def seconds_a_picture(path: Path) -> float:
    """How long a file takes that is read anew for each picture, about; 0 for one that is not.

    Raises:
        AnnotationError: it cannot be read, or is of no known format.
    """
    source = Source(path, PictureIdentity(PurePath(), 1, 1))
    with told(source):
        size = path.stat().st_size
        if size < INDEXED_FROM_BYTES or reader_of(source).index is not None:
            return 0.0
    return size / BYTES_A_SECOND


@contextmanager
def _alone(lock: Path, checkpoint: Callable[[float], None]) -> Iterator[None]:
    """While no other process is."""
    held = FileLock(lock)
    while True:
        try:
            held.acquire(timeout=ASK_EVERY_S)
            break
        except Timeout:
            checkpoint(0.0)
    try:
        yield
    finally:
        held.release()
