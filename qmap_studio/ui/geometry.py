"""Where things lie: pure functions between the picture and the screen.

Picture points are continuous: the pixel in column c and row r covers c..c+1 by r..r+1. Screen lengths are device
pixels, so that a zoom of 1 shows one picture pixel as one pixel of the screen, whatever the desktop's scale factor.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from qmap_studio.core.rect import Rect

BLOCK = 64  # pixels of the side of a part that is coded by itself
LARGEST_ZOOM = 64.0
ZOOM_STEP = 2**0.5  # of a key
SMALLEST_SIDE = 24  # device pixels the picture's longer side keeps when zoomed out


class Point(NamedTuple):
    x: float
    y: float


class Size(NamedTuple):
    width: float
    height: float


@dataclass(frozen=True)
class ViewTransform:
    """The picture point in the middle of a pane, and device pixels for each picture pixel."""

    x: float
    y: float
    zoom: float

    def origin(self, pane: Size) -> Point:
        """The picture point in the pane's top left corner, on a whole device pixel so that 100 % is sharp."""
        return Point(
            round(self.x * self.zoom - pane.width / 2) / self.zoom,
            round(self.y * self.zoom - pane.height / 2) / self.zoom,
        )

    def to_picture(self, at: Point, pane: Size) -> Point:
        """The picture point under a device pixel of the pane."""
        origin = self.origin(pane)
        return Point(origin.x + at.x / self.zoom, origin.y + at.y / self.zoom)

    def to_pane(self, at: Point, pane: Size) -> Point:
        """The device pixel of the pane that shows a picture point."""
        origin = self.origin(pane)
        return Point((at.x - origin.x) * self.zoom, (at.y - origin.y) * self.zoom)

    def panned(self, dx: float, dy: float) -> "ViewTransform":
        """Moved so that the picture follows the hand by so many device pixels."""
        return ViewTransform(self.x - dx / self.zoom, self.y - dy / self.zoom, self.zoom)

    def zoomed(self, zoom: float, anchor: Point) -> "ViewTransform":
        """Another zoom; the anchor keeps its place on the screen."""
        shrink = self.zoom / zoom
        return ViewTransform(anchor.x + (self.x - anchor.x) * shrink, anchor.y + (self.y - anchor.y) * shrink, zoom)

    def limited(self, picture: Size) -> "ViewTransform":
        """The nearest view that still shows something of the picture."""
        smallest = min(1.0, SMALLEST_SIDE / max(picture))
        return ViewTransform(
            min(max(self.x, 0.0), picture.width),
            min(max(self.y, 0.0), picture.height),
            min(max(self.zoom, smallest), LARGEST_ZOOM),
        )

    def visible(self, picture: Size, pane: Size) -> Rect:
        """The picture's pixels that the pane shows, those cut by its edge included."""
        left, top = self.origin(pane)
        right, bottom = left + pane.width / self.zoom, top + pane.height / self.zoom
        shown = Rect(
            math.floor(left), math.floor(top), math.ceil(right) - math.floor(left), math.ceil(bottom) - math.floor(top)
        )
        return shown.clipped(int(picture.width), int(picture.height))


def fitted(picture: Size, pane: Size, margin: float = 0.0) -> ViewTransform:
    """The whole picture as large as the pane allows."""
    room = Size(max(pane.width - 2 * margin, 1.0), max(pane.height - 2 * margin, 1.0))
    zoom = min(room.width / picture.width, room.height / picture.height, LARGEST_ZOOM)
    return ViewTransform(picture.width / 2, picture.height / 2, zoom)


def columns_for(count: int, picture: Size, room: Size) -> int:
    """The number of columns in which so many panes show the picture largest."""

    def zoom(columns: int) -> float:
        rows = math.ceil(count / columns)
        return fitted(picture, Size(room.width / columns, room.height / rows)).zoom

    return max(range(1, count + 1), key=lambda columns: (zoom(columns), -abs(columns * columns - count)))


def box_between(start: Point, end: Point, picture: Size, square: bool = False) -> Rect:
    """The whole pixels touched by a box dragged from one corner to the other, inside the picture."""
    dx, dy = end.x - start.x, end.y - start.y
    if square:
        side = max(abs(dx), abs(dy))
        dx, dy = math.copysign(side, dx), math.copysign(side, dy)
    left, right = sorted((start.x, start.x + dx))
    top, bottom = sorted((start.y, start.y + dy))
    x, y = math.floor(left), math.floor(top)
    return Rect(x, y, math.ceil(right) - x, math.ceil(bottom) - y).clipped(int(picture.width), int(picture.height))


def straightened(start: Point, end: Point) -> Point:
    """The end of a line turned to the nearest multiple of 15 degrees."""
    length = math.hypot(end.x - start.x, end.y - start.y)
    angle = round(math.atan2(end.y - start.y, end.x - start.x) / (math.pi / 12)) * (math.pi / 12)
    return Point(start.x + length * math.cos(angle), start.y + length * math.sin(angle))


def distance(a: Point, b: Point) -> float:
    return math.hypot(b.x - a.x, b.y - a.y)
