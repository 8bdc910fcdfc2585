"""What the map of a photo is made of: a quality, a file, annotations by rules. Small: paths, no pixels."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rate import DEFAULT_QUALITY
from qmap_studio.document.annotations.rules import Rules

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qmap_studio.document import AnnotationsFile, Document, PictureIdentity

    ReadAnnotations = Callable[[Path, PictureIdentity, str | None], AnnotationsFile]

MOST_NAMED = 12
PROJECT_SUFFIX = ".qmapproj"


@dataclass(frozen=True)
class MapRecipe:
    """How the map of a photo is made; the same for any number of photos.

    Attributes:
        quality: everywhere, where no file has the map.
        map: of a grey picture, an array or a project with the map, or None.
        annotations: a file of them or a folder of such files, laid over the map by the rules; or None.
        chosen: which picture of the annotations it is, where that is not clear.
    """

    quality: float = DEFAULT_QUALITY
    map: Path | None = None
    annotations: Path | None = None
    rules: Rules = field(default_factory=Rules)
    chosen: str | None = None

    @property
    def is_uniform(self) -> bool:
        """Whether it is the quality alone."""
        return self.map is None and self.annotations is None

    def document(
        self, picture: Picture, path: Path, read: "ReadAnnotations | None" = None
    ) -> tuple["Document", tuple[str, ...]]:
        """The picture with its map, and sentences on what was left out or decided.

        Args:
            path: of the picture's file, by which annotations are found.
            read: reads a file of annotations; None for `read_annotations`.
        Raises:
            QMapStudioError: a file cannot be read, is damaged, or is for another picture.
        """
        document, losses = self._of_map(picture)
        notices = self._annotate(document, self.annotations, path, read) if self.annotations is not None else ()
        return document, losses + notices

    def quality_map(self, document: "Document") -> "NDArray[np.float32]":
        """The document's map as codecs take it, float32 (H, W) in [0, 1]; a uniform one has the very quality."""
        from qmap_studio.recipes.encode import uniform_map

        return uniform_map(document.picture, self.quality) if self.is_uniform else document.quality_map.quality()

    def _of_map(self, picture: Picture) -> tuple["Document", tuple[str, ...]]:
        from qmap_studio.document import Document, read_quality_map

        if self.map is None:
            document = Document(picture)
            document.set_base(self.quality)
            return document, ()
        if self.map.suffix.lower() != PROJECT_SUFFIX:
            return Document(picture, quality_map=read_quality_map(self.map, picture.height, picture.width)), ()
        from qmap_studio.document.project import read_project

        read = read_project(self.map)
        return Document.of_project(read.project, picture), tuple(read.losses)

    def _annotate(
        self, document: "Document", annotations: Path, photo: Path, read: "ReadAnnotations | None"
    ) -> tuple[str, ...]:
        from qmap_studio.document import PictureIdentity, PictureUnclearError, read_annotations
        from qmap_studio.document.annotations.folders import annotations_of

        identity = PictureIdentity.of(document.picture, photo)
        path = annotations_of(annotations, identity)
        if path is None:
            text = tr("{folder} has no file of annotations for {name}.")
            raise AnnotationError(text.format(folder=annotations, name=identity.path.name))
        try:
            found = (read or read_annotations)(path, identity, self.chosen)
        except PictureUnclearError as unclear:
            names = ", ".join(unclear.pictures[:MOST_NAMED]) + ("…" if len(unclear.pictures) > MOST_NAMED else "")
            text = tr("{reason} Name one with --picture: {names}")
            raise AnnotationError(text.format(reason=unclear, names=names)) from unclear
        document.apply_annotations(found, self.rules, path.name)
        if found.heat is not None or self.rules.counted(found.annotations):
            return found.notices
        text = tr("{path} has no annotations for {name} that count.")
        return (*found.notices, text.format(path=path, name=identity.path.name))
