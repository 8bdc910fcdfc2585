"""What takes a while before large pictures can be shown, done where nobody waits for it: in the engine's thread."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.errors import ImageError
from qmap_studio.core.language import tr
from qmap_studio.document import Document, QualityMap
from qmap_studio.ui.canvas.buffers import PictureBuffers
from qmap_studio.ui.canvas.raster import Mipmap
from qmap_studio.ui.screen_colours import on_screen

if TYPE_CHECKING:
    import numpy as np

    from qmap_studio.core.bounds import Bounds
    from qmap_studio.core.pictures import Picture
    from qmap_studio.engine import Compared, Result


@dataclass(frozen=True)
class Opened:
    """A picture that was opened, ready to be shown.

    Attributes:
        values: a copy of its map, for the engine.
        bounds: a copy of its error bounds, likewise; None if no pixel has one.
        threshold: the quality that parts the map in two; None for a uniform one.
        is_decoded: from an .sfc file.
        notices: what a person should know about how it was read.
        page, page_count: which page or frame of the file it is, from 0, and how many there are.
    """

    path: Path
    document: Document
    buffers: PictureBuffers
    values: "np.ndarray"
    threshold: float | None
    is_decoded: bool
    notices: tuple[str, ...] = ()
    page: int = 0
    page_count: int = 1
    bounds: "Bounds | None" = None


@dataclass(frozen=True)
class ReadyComparison:
    """A comparison and its two reconstructions, ready to be shown."""

    compared: "Compared"
    with_map: Mipmap
    uniform: Mipmap


def made_ready(result: "Result") -> "Result | Opened | ReadyComparison":
    """The result, or what the window needs of it.

    Raises:
        ImageError: there is too little memory to show it; the job that brought it then fails.
    """
    from qmap_studio.engine import Compared, LiveResult, PictureOpened, SfcOpened

    try:
        match result:
            case PictureOpened(path=path, picture=picture):
                opened = _opened(path, picture, None)
                return replace(opened, notices=result.notices, page=result.page, page_count=result.page_count)
            case SfcOpened(path=path, picture=picture, values=values, bounds=bounds):
                return _opened(path, picture, QualityMap(values), bounds)
            case Compared(picture=picture, roi=with_map, uniform=uniform):
                sides = (on_screen(side.reconstruction, picture.icc_profile) for side in (with_map, uniform))
                return ReadyComparison(result, *map(Mipmap.of, sides))
            case LiveResult(picture=picture):
                return replace(result, reconstruction=on_screen(result.reconstruction, picture.icc_profile))
            case _:
                return result
    except MemoryError as error:
        raise ImageError(tr("There is not enough memory to show that picture. Close other programs.")) from error


def _opened(path: Path, picture: "Picture", quality_map: QualityMap | None, bounds: "Bounds | None" = None) -> Opened:
    from qmap_studio.evaluation.region import default_threshold

    document = Document(picture, path, quality_map, bounds)
    values = document.quality_map.values.copy()
    threshold = None if quality_map is None or bounds is not None else default_threshold(values)
    return Opened(
        path=path,
        document=document,
        buffers=PictureBuffers(on_screen(picture.pixels, picture.icc_profile)),
        values=values,
        threshold=None if threshold is None else threshold / MAX_LEVEL,
        is_decoded=quality_map is not None,
        bounds=document.bounds.copy() if document.bounds is not None else None,
    )
