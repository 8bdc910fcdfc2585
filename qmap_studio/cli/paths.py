"""Files a command reads and writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qmap_studio.core.errors import BitstreamError, FileAccessError
from qmap_studio.core.files import folder_problem
from qmap_studio.core.language import tr


def check_output(path: Path, *inputs: Path) -> None:
    """Finds out before the work, and not after it, that its result could not be kept.

    Raises:
        FileAccessError: the output is a folder, its folder is missing, or it would replace an input.
    """
    if path.is_dir():
        raise FileAccessError(tr("Cannot write {path}: it is a folder, a file name was expected.").format(path=path))
    if (problem := folder_problem(path)) is not None:
        raise FileAccessError(problem)
    for given in inputs:
        if path.exists() and given.exists() and path.samefile(given):
            raise FileAccessError(
                tr("Cannot write {path}: it is the file that is read; choose another name.").format(path=path)
            )


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Says of which file a BitstreamError is."""
    try:
        yield
    except BitstreamError as error:
        raise BitstreamError(f"{path}: {error}") from error
