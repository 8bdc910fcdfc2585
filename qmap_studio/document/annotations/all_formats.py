"""All formats that are read: those of the program, and before them a person's own.

A format of one's own is a Python file in the folder `formats` of the program's settings, which sets `FORMAT` to a
`Reader`. It is run as it stands, like any program that the person installs.
"""

import runpy
from functools import cache
from pathlib import Path

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.core.resources import config_path
from qmap_studio.document.annotations import formats
from qmap_studio.document.annotations.reader import Reader


def own_formats_folder() -> Path:
    """Where a person puts formats of their own; it need not exist."""
    return config_path("formats")


def all_formats() -> tuple[Reader, ...]:
    """In the order in which they are asked whether a file is theirs.

    Raises:
        AnnotationError: one of a person's own cannot be used.
    """
    own = sorted(own_formats_folder().glob("*.py"))
    return (*(_read(path, path.stat().st_mtime_ns) for path in own), *formats.FORMATS)


def all_suffixes() -> tuple[str, ...]:
    """Of all formats, each once; where one's own cannot be used, of the others."""
    try:
        readers = all_formats()
    except AnnotationError:  # which reading a file will tell
        readers = formats.FORMATS
    return tuple(dict.fromkeys(suffix for reader in readers for suffix in reader.suffixes))


@cache
def _read(path: Path, _changed_ns: int) -> Reader:
    text = tr("Your format {path} cannot be used: {reason}. Mend it, or take it out of that folder.")
    try:
        reader = runpy.run_path(str(path)).get("FORMAT")
    except Exception as error:  # whatever a person's own code may do
        raise AnnotationError(text.format(path=path, reason=f"{type(error).__name__}: {error}")) from error
    if not isinstance(reader, Reader):
        raise AnnotationError(text.format(path=path, reason=tr("it sets no FORMAT to a Reader")))
    return reader
