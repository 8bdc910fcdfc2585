"""What the window tells the worker: another picture, painted parts, another view, another choice of what is inside."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine.results import MapValues

if TYPE_CHECKING:
    from qmap_studio.document.inside import Inside


@dataclass(frozen=True)
class Patch:
    """A part of the map that was painted; it owns its values.

    Attributes:
        bounds: uint8, of the rectangle; None where none of its pixels has one.
    """

    rect: Rect
    values: MapValues
    bounds: Bounds | None = None


@dataclass
class Shown:
    """A picture to begin with and its whole map, which what is painted until it is taken goes into."""

    picture: Picture
    values: MapValues
    bounds: Bounds | None = None


@dataclass(frozen=True)
class Viewport:
    """The part of the picture on the screen; `zoom` is screen pixels for a pixel of the picture."""

    visible: Rect
    zoom: float


@dataclass
class Changes:
    """What happened since the worker last asked, or until a job was asked for.

    Attributes:
        selection, threshold: None where nothing was said; else a tuple of what was, which may be None in turn.
        job_id: of the job that was asked for; it is of the picture and the map as they are after these changes and
            before the next.
    """

    shown: Shown | None = None
    patches: list[Patch] = field(default_factory=list)
    revision: int | None = None
    view: Viewport | None = None
    selection: "tuple[Rect | Inside | None] | None" = None
    threshold: tuple[float | None] | None = None
    job_id: int | None = None

    @property
    def edited(self) -> bool:
        """Whether the picture or its map is another now, so that answers in the making are out of date."""
        return self.shown is not None or bool(self.patches)

    @property
    def any(self) -> bool:
        """Whether anything happened at all."""
        return self.edited or (self.view, self.selection, self.threshold) != (None, None, None)
