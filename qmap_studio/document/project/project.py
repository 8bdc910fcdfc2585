"""What a project holds."""

from dataclasses import dataclass

from qmap_studio.core.rect import Rect
from qmap_studio.document.layers.stack import Layers

SUFFIX = ".qmapproj"


@dataclass(frozen=True)
class Source:
    """The file that a picture was read from.

    Attributes:
        path: where it lay; "" if the picture came from no file.
        digest: the SHA-256 of its bytes, in hexadecimal.
        page: which page or frame of it the picture is, from 0.
    """

    path: str
    digest: str
    page: int = 0


@dataclass(frozen=True)
class Project:
    """A document at one moment. Layers are values, so that this may be written while work goes on.

    Attributes:
        source: of the picture.
        height, width: of the picture, in pixels.
        layers: from below, the first one is the base.
        active: which layer is worked on, from below.
        threshold: the quality above which is inside; None: not chosen yet.
        selection: what is selected for the figures.
        picture: the picture's file itself, if the project holds it.
        relative: where the picture's file lies as seen from the project; "" if it is not known.
        saved_as: the project's own file, in a copy that is kept for the case of a crash; "" if there is none.
    """

    source: Source
    height: int
    width: int
    layers: Layers
    active: int | None = None
    threshold: float | None = None
    selection: Rect | None = None
    picture: bytes | None = None
    relative: str = ""
    saved_as: str = ""
