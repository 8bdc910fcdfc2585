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


Outline = LineOutline | CircleOutline | BoxOutline
