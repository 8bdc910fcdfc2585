"""Files a command reads and writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qmap_studio.core.errors import BitstreamError, FileAccessError
from qmap_studio.core.files import folder_problem, is_writing, target_of
from qmap_studio.core.language import tr


def check_output(path: Path, *inputs: Path) -> None:
    """Finds out before the work, and not after it, that its result could not be kept.

    Raises:
        FileAccessError: the output is a folder, its folder is missing, it would replace an input, or the system takes
            no such name.
    """
    with is_writing(path):
        if target_of(path).is_dir():
            text = tr("Cannot write {path}: it is a folder, a file name was expected.")
            raise FileAccessError(text.format(path=path))
        if (problem := folder_problem(path)) is not None:
            raise FileAccessError(problem)
        if any(path.exists() and given.exists() and path.samefile(given) for given in inputs):
            text = tr("Cannot write {path}: it is the file that is read; choose another name.")
            raise FileAccessError(text.format(path=path))


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Says of which file a BitstreamError is."""
    try:
        yield
    except BitstreamError as error:
        raise BitstreamError(f"{path}: {error}") from error
