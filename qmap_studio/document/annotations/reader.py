"""What a reader of annotation files is: what it is given, and what it brings."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Self

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.text_file import TextFile

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
    """

    annotations: tuple[Annotation, ...]
    notices: tuple[str, ...] = ()


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
        chosen: the picture that a person chose among `PictureUnclearError.pictures`, or None.
    """

    file: TextFile
    picture: PictureIdentity
    chosen: str | None = None

    @property
    def name(self) -> str:
        """The file's, for messages."""
        return self.file.path.name


@dataclass(frozen=True)
class Reader:
    """A format of annotation files.

    Attributes:
        name: for people.
        suffixes: of its files, such as ".json".
        recognises: whether a file is of this format, by its content first.
        read: its annotations for the picture, not clipped. A box that cannot be read is left out and told in a notice;
            AnnotationError says what is wrong with the whole file, PictureUnclearError asks for the picture.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Source], bool]
    read: Callable[[Source], AnnotationsFile]
