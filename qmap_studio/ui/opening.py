"""What takes a while before large pictures can be shown, done where nobody waits for it: in the engine's thread."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.errors import ImageError
from qmap_studio.core.language import tr
from qmap_studio.document import Document, QualityMap
from qmap_studio.document.project.project import Source
from qmap_studio.ui.canvas.buffers import PictureBuffers
from qmap_studio.ui.canvas.raster import Mipmap
from qmap_studio.ui.screen_colours import on_screen

if TYPE_CHECKING:
    from qmap_studio.core.pictures import Picture
    from qmap_studio.engine import Compared, ProjectOpened, Result, SfcOpened


@dataclass(frozen=True)
class Opened:
    """A document that was opened, ready to be shown.

    Attributes:
        threshold: the quality that parts the map in two; None for a uniform one.
        is_decoded: from an .sfc file.
        notices: what a person should know about how it was read.
        page, page_count: which page or frame of the file it is, from 0, and how many there are.
        original: the photo that a decoded picture was made from, if its file tells.
        copy: the file that it was recovered from; it is unsaved work then.
        holds_picture: the photo goes into its project.
    """

    document: Document
    buffers: PictureBuffers
    threshold: float | None = None
    is_decoded: bool = False
    notices: tuple[str, ...] = ()
    page: int = 0
    page_count: int = 1
    original: Source | None = None
    copy: Path | None = None
    holds_picture: bool = False


@dataclass(frozen=True)
class Attached:
    """A photo that takes the place of the picture that was decoded, ready to be shown."""

    of: "Picture"
    path: Path
    source: Source
    picture: "Picture"
    buffers: PictureBuffers


@dataclass(frozen=True)
class ReadyComparison:
    """A comparison and its two reconstructions, ready to be shown."""

    compared: "Compared"
    with_map: Mipmap
    uniform: Mipmap


def made_ready(result: "Result") -> "Result | Opened | Attached | ReadyComparison":
    """The result, or what the window needs of it.

    Raises:
        ImageError: there is too little memory to show it; the job that brought it then fails.
        QualityMapShapeError: the picture of a project is not of the size of its map; likewise.
    """
    from qmap_studio import engine

    try:
        match result:
            case engine.PictureOpened(path=path, picture=picture):
                source = Source(str(path), result.digest, result.page)
                opened = Opened(Document(picture, path, source=source), _buffers(picture))
                return replace(opened, notices=result.notices, page=result.page, page_count=result.page_count)
            case engine.SfcOpened():
                return _decoded(result)
            case engine.ProjectOpened():
                return _of_project(result)
            case engine.PictureAttached(path=path, picture=picture, of=of):
                return Attached(of, path, Source(str(path), result.digest), picture, _buffers(picture))
            case engine.Compared(picture=picture, roi=with_map, uniform=uniform):
                sides = (on_screen(side.reconstruction, picture.icc_profile) for side in (with_map, uniform))
                return ReadyComparison(result, *map(Mipmap.of, sides))
            case engine.LiveResult(picture=picture):
                return replace(result, reconstruction=on_screen(result.reconstruction, picture.icc_profile))
            case _:
                return result
    except MemoryError as error:
        raise ImageError(tr("There is not enough memory to show that picture. Close other programs.")) from error


def _decoded(result: "SfcOpened") -> Opened:
    """The document of an .sfc file: with the layers it carries, or with its map; over the photo, if that was read."""
    from qmap_studio.evaluation.region import default_threshold

    picture, path, project = result.picture, result.photo or result.path, result.project
    source = Source(str(path), result.digest)
    if project is not None:
        document = Document(picture, path, source=source, layers=project.layers)
        threshold = project.threshold
    else:
        document = Document(picture, path, QualityMap(result.values), result.bounds, source)
        parted = None if result.bounds is not None else default_threshold(document.quality_map.values)
        threshold = None if parted is None else parted / MAX_LEVEL
    original = project.source if project is not None and project.source.digest else None
    is_decoded = result.photo is None
    return Opened(document, _buffers(picture), threshold, is_decoded, result.notices, original=original)


def _of_project(result: "ProjectOpened") -> Opened:
    document = Document.of_project(result.project, result.picture)
    document.project_path = result.path
    if result.is_recovered or result.is_other_source or result.is_damaged:
        document.mark_unsaved()
    return Opened(
        document,
        _buffers(result.picture),
        result.project.threshold,
        result.is_decoded,
        result.notices,
        copy=result.copy,
        holds_picture=result.holds_picture,
    )


def _buffers(picture: "Picture") -> PictureBuffers:
    return PictureBuffers(on_screen(picture.pixels, picture.icc_profile))
