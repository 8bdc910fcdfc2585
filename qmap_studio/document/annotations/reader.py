"""What a reader of annotation files is: what it is given, and what it brings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.rasters import Raster, read_raster
from qmap_studio.document.annotations.text_file import HEAD_BYTES, NoTextError, TextFile
from qmap_studio.document.annotations.traits import traits_of

if TYPE_CHECKING:
    from qmap_studio.core.pictures import Picture


@dataclass(frozen=True)
class PictureIdentity:
    """What finds a picture among those that a file knows, and places its boxes.

    Attributes:
        path: of the picture's file, or its bare name; folders tell pictures of the same name apart.
        width, height: of the upright picture, in pixels.
        orientation: the EXIF orientation (1 to 8) that made it upright.
    """

    path: PurePath
    width: int
    height: int
    orientation: int = 1

    @classmethod
    def of(cls, picture: "Picture", path: PurePath | None) -> Self:
        """Of a picture and the file it is open from.

        A picture that came from a file of another name, as that in an `.sfc` file, goes by that name in its folder.
        """
        name = PurePosixPath((picture.metadata.file_name or "").replace("\\", "/")).name
        folder = PurePath() if path is None else path.parent
        path = folder / (name or ("" if path is None else path.name))
        return cls(path, picture.width, picture.height, picture.metadata.orientation)


@dataclass(frozen=True)
class AnnotationsFile:
    """What a file knows of one picture.

    Attributes:
        annotations: in pixels of the upright picture.
        notices: sentences on what was left out, and on what had to be decided.
        heat: how much each pixel matters, float32 (H, W) in [0, 1], of the picture's size, if the file is such a map.
    """

    annotations: tuple[Annotation, ...]
    notices: tuple[str, ...] = ()
    heat: NDArray[np.float32] | None = None


class PictureUnclearError(AnnotationError):
    """It is not clear which of a file's pictures is meant; a person can tell.

    Attributes:
        pictures: those that the file knows, the likely ones first. Each may be given as `chosen`.
    """

    def __init__(self, message: str, pictures: tuple[str, ...]) -> None:
        super().__init__(message)
        self.pictures = pictures


@dataclass(frozen=True)
class Source:
    """A file of annotations and the picture they are wanted for.

    Attributes:
        path: of the file.
        chosen: the picture that a person chose among `PictureUnclearError.pictures`, or None.
        checkpoint: called with the share of the file that is read; may raise to stop.
    """

    path: Path
    picture: PictureIdentity
    chosen: str | None = None
    checkpoint: Callable[[float], None] = field(default=lambda _share: None)

    @property
    def name(self) -> str:
        """The file's, for messages."""
        return self.path.name

    @cached_property
    def magic(self) -> bytes:
        """The file's first bytes, up to 64 kB."""
        with self.path.open("rb") as file:
            return file.read(HEAD_BYTES)

    @cached_property
    def head(self) -> str:
        """The beginning of its text; empty if it holds none."""
        return self._text.head if self._text is not None else ""

    @cached_property
    def traits(self) -> frozenset[str]:
        """What `traits_of` finds in the beginning of its text."""
        return traits_of(self.head)

    @cached_property
    def raster(self) -> Raster | None:
        """The picture or the array of numbers that the file is; None if it is neither.

        Raises:
            AnnotationError: it is damaged, or too large for the picture.
        """
        return read_raster(self.path, self.magic, self.picture.width * self.picture.height)

    @property
    def is_text(self) -> bool:
        """Whether the file holds text."""
        return self._text is not None

    @property
    def text(self) -> TextFile:
        """The file as text.

        Raises:
            AnnotationError: it holds something else.
        """
        if self._text is None:
            raise AnnotationError(tr("{name} is no text file.").format(name=self.name))
        return self._text

    @cached_property
    def _text(self) -> TextFile | None:
        try:
            return TextFile(self.path, self.checkpoint)
        except NoTextError:
            return None


class Index(Protocol):
    """What was kept of a file of many pictures so that it need not be read once for each."""

    def read(self, source: Source) -> AnnotationsFile:
        """What the reader of the file's format gives; the file is not touched."""


@dataclass(frozen=True)
class Reader:
    """A format of annotation files.

    Attributes:
        name: for people.
        suffixes: of its files, such as ".json".
        recognises: whether a file is of this format, by its content first.
        read: its annotations for the picture, not clipped. A box that cannot be read is left out and told in a notice;
            AnnotationError says what is wrong with the whole file, PictureUnclearError asks for the picture.
        index: of the file, kept in another at a path, and written there first unless it is there. None where such a
            file is read once for each picture.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Source], bool]
    read: Callable[[Source], AnnotationsFile]
    index: Callable[[Source, Path], Index] | None = None
