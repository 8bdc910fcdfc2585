"""What a reader of annotation files is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qmap_studio.document.annotations.annotation import Annotation


@dataclass(frozen=True)
class Source:
    """A file of annotations and the picture they are wanted for.

    Attributes:
        text: what the file holds.
        image_name: the picture's file name, with or without its folder.
        width, height: of the picture, upright, in pixels.
    """

    path: Path
    text: str
    image_name: Path | str
    width: int
    height: int


@dataclass(frozen=True)
class Reader:
    """A format of annotation files.

    Attributes:
        name: for people.
        suffixes: of its files, such as ".json".
        recognises: whether a file is of this format, by its content first.
        read: its annotations for the picture, in pixels of it, not clipped; AnnotationError says what is wrong.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Source], bool]
    read: Callable[[Source], list[Annotation]]
