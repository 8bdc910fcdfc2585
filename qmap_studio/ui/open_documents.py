"""The documents that are open: one is in front, the others keep what the window needs to show them again."""

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from qmap_studio.core.language import tr

if TYPE_CHECKING:
    from pathlib import Path

    from qmap_studio.core.pictures import Picture
    from qmap_studio.document import Document
    from qmap_studio.document.project import Source
    from qmap_studio.ui.canvas.buffers import PictureBuffers
    from qmap_studio.ui.geometry import ViewTransform
    from qmap_studio.ui.opening import Attached, Opened

_numbers = count(1)


@dataclass(eq=False)
class OpenDocument:
    """A document and what is known about it besides.

    Attributes:
        is_decoded: the picture was decoded from an `.sfc` file: the photo it was made from is not there.
        page, page_count: which page or frame of its file the picture is, from 0, and how many there are.
        threshold: the quality above which is inside, chosen by the first map that is not uniform, then by the person.
        size_bytes: what the map gives as it is, if that is known.
        original: the photo that a decoded picture was made from, if its file tells.
        copy: the file that it was recovered from, until there is another copy.
        holds_picture: the photo goes into its project.
        view: where the canvas looked when another document came in front.
        number: names the work as long as the program runs, also with the photo in place of a decoded picture.
    """

    document: "Document"
    buffers: "PictureBuffers"
    is_decoded: bool = False
    page: int = 0
    page_count: int = 1
    threshold: float | None = None
    size_bytes: int | None = None
    original: "Source | None" = None
    copy: "Path | None" = None
    holds_picture: bool = False
    view: "tuple[ViewTransform, bool] | None" = None
    number: int = field(default_factory=_numbers.__next__)

    @classmethod
    def of(cls, opened: "Opened") -> "OpenDocument":
        return cls(
            opened.document,
            opened.buffers,
            opened.is_decoded,
            opened.page,
            opened.page_count,
            opened.threshold,
            original=opened.original,
            copy=opened.copy,
            holds_picture=opened.holds_picture,
        )

    def with_photo(self, attached: "Attached") -> "OpenDocument":
        """The same work over the photo itself; what was edited before cannot be undone there."""
        from qmap_studio.document import Document

        old = self.document
        document = Document(attached.picture, attached.path, source=attached.source, layers=old.finish())
        document.selection, document.project_path = old.selection, old.project_path
        document.choose(old.choice)
        if old.is_modified:
            document.mark_unsaved()
        return OpenDocument(
            document,
            attached.buffers,
            threshold=self.threshold,
            copy=self.copy,
            view=self.view,
            number=self.number,
        )

    @property
    def path(self) -> "Path | None":
        """Where it lies: its project, or else its picture."""
        return self.document.project_path or self.document.path

    @property
    def name(self) -> str:
        return self.path.name if self.path is not None else tr("the photo")

    def is_of(self, path: "Path", page: int) -> bool:
        """Whether opening this page of a file would open it once more."""
        if self.document.project_path is not None:
            return self.document.project_path == path
        return self.document.path == path and self.page == page


class OpenDocuments:
    """In the order of their tabs."""

    def __init__(self) -> None:
        self.all: list[OpenDocument] = []
        self.front: OpenDocument | None = None

    def add(self, opened: OpenDocument) -> None:
        """Beside the one in front."""
        place = self.all.index(self.front) + 1 if self.front is not None else len(self.all)
        self.all.insert(place, opened)

    def remove(self, closed: OpenDocument) -> OpenDocument | None:
        """Takes one out; gives the one that is in its place, None if it was the last."""
        place = self.all.index(closed)
        self.all.remove(closed)
        return self.all[min(place, len(self.all) - 1)] if self.all else None

    def of_picture(self, picture: "Picture") -> OpenDocument | None:
        """The one with this picture."""
        return next((item for item in self.all if item.document.picture is picture), None)

    def of_file(self, path: "Path", page: int) -> OpenDocument | None:
        """The one that was opened from this page of a file."""
        return next((item for item in self.all if item.is_of(path, page)), None)

    @property
    def unsaved(self) -> list[OpenDocument]:
        """Those whose work is in no file."""
        return [item for item in self.all if item.document.is_modified]

    def beside(self, step: int) -> OpenDocument | None:
        """The next one, or the one before, around the end."""
        if self.front is None:
            return None
        return self.all[(self.all.index(self.front) + step) % len(self.all)]
