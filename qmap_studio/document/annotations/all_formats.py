"""All formats that are read: those of the program, and before them a person's own.

A format of one's own is a Python file in the folder `formats` of the program's settings, which sets `FORMAT` to a
`Reader`. It is run as it stands, like any program that the person installs; what it does wrong is told with its name.
"""

import runpy
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from qmap_studio.core.errors import AnnotationError, Cancelled
from qmap_studio.core.language import tr
from qmap_studio.core.resources import config_path
from qmap_studio.document.annotations import formats
from qmap_studio.document.annotations.reader import Reader, Source

T = TypeVar("T")


@dataclass(frozen=True)
class Formats:
    """What can be read.

    Attributes:
        readers: in the order in which they are asked whether a file is theirs.
        broken: sentences on formats of one's own that cannot be used.
    """

    readers: tuple[Reader, ...]
    broken: tuple[str, ...]

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Of their files, each once."""
        return tuple(dict.fromkeys(suffix for reader in self.readers for suffix in reader.suffixes))


def own_formats_folder() -> Path:
    """Where a person puts formats of their own; it need not exist."""
    return config_path("formats")


def all_formats() -> Formats:
    """Those of the program, and those of one's own as they are now."""
    own = [_own(path, path.stat().st_mtime_ns) for path in sorted(own_formats_folder().glob("*.py"))]
    readers = (*(each for each in own if isinstance(each, Reader)), *formats.FORMATS)
    return Formats(readers, tuple(each for each in own if isinstance(each, str)))


@cache
def _own(path: Path, _changed_ns: int) -> Reader | str:
    """A format, or why it cannot be used."""
    try:
        reader = _guarded(lambda: runpy.run_path(str(path)).get("FORMAT"), path)
        if not isinstance(reader, Reader):
            raise _unusable(path, tr("it sets no FORMAT to a Reader"))
    except AnnotationError as error:
        return str(error)
    recognises, read = reader.recognises, reader.read

    def guarded(do: Callable[[Source], T]) -> Callable[[Source], T]:
        return lambda source: _guarded(lambda: do(source), path)

    return replace(reader, recognises=guarded(recognises), read=guarded(read))


def _guarded(do: Callable[[], T], path: Path) -> T:
    """What a person's own code gives; whatever else it may do is an AnnotationError with its name."""
    try:
        return do()
    except (AnnotationError, Cancelled, OSError):
        raise
    except (Exception, SystemExit) as error:
        raise _unusable(path, f"{type(error).__name__}: {error}") from error


def _unusable(path: Path, reason: str) -> AnnotationError:
    text = tr("Your format {path} cannot be used: {reason}. Mend it, or take it out of that folder.")
    return AnnotationError(text.format(path=path, reason=reason))
