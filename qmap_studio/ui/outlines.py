"""What is outlined over the picture: what a drag would do, and the selection. Plain data; a pane draws it."""

from dataclasses import dataclass

from qmap_studio.core.rect import Rect
from qmap_studio.ui.geometry import Point


@dataclass(frozen=True)
class LineOutline:
    """A line with a handle at each end, in the colours of two qualities: `start` has the first, `end` the second."""

    start: Point
    end: Point
    qualities: tuple[float, float]


@dataclass(frozen=True)
class CircleOutline:
    """A circle with handles at its centre, of the first quality, and at its rim, of the second."""

    centre: Point
    rim: Point
    qualities: tuple[float, float]


@dataclass(frozen=True)
class BoxOutline:
    """A rectangle in the colour of a quality or bound; without one it is the selection, in black and white."""

    rect: Rect
    quality: float | None = None
    bound: int | None = None


@dataclass(frozen=True)
class PathOutline:
    """Lines through points, in the colour of a quality or bound; closed ones are filled with it.

    Attributes:
        dots: points that are marked, as corners that can be clicked.
    """

    paths: tuple[tuple[Point, ...], ...]
    quality: float | None = None
    bound: int | None = None
    is_closed: bool = True
    dots: tuple[Point, ...] = ()


@dataclass(frozen=True)
class FrameOutline:
    """What is selected: the contours of shapes, and the box around them by which they are resized and turned.

    Attributes:
        handles: where the box can be held.
        turner: where it can be held to be turned, and the middle of the side that this belongs to.
        band: a box that is being drawn to select what lies in it.
    """

    contours: tuple[tuple[Point, ...], ...] = ()
    corners: tuple[Point, ...] = ()
    handles: tuple[Point, ...] = ()
    turner: tuple[Point, Point] | None = None
    band: Rect | None = None


@dataclass(frozen=True)
class ContourOutline:
    """Contours of many things, each group in a colour of its own, red, green and blue of 0 to 255."""

    groups: tuple[tuple[tuple[int, int, int], tuple[tuple[Point, ...], ...]], ...]


Outline = LineOutline | CircleOutline | BoxOutline | PathOutline | FrameOutline | ContourOutline
