"""Boxes that somebody or a detector drew around what matters."""

from dataclasses import dataclass
from math import ceil, floor

from ...core.rect import Rect


@dataclass(frozen=True)
class Box:
    """A labelled box, in pixels of the picture; may have fractions and reach beyond the picture.

    Attributes:
        label: the class, as the file names it.
        x, y: the left and upper edge.
        width, height: above 0.
        confidence: of the detector in [0, 1], or None.
    """

    label: str
    x: float
    y: float
    width: float
    height: float
    confidence: float | None = None

    def rect(self, picture_width: int, picture_height: int) -> Rect:
        """The pixels it touches, inside a picture of this size."""
        left, top = max(0, floor(self.x)), max(0, floor(self.y))
        right, bottom = min(picture_width, ceil(self.x + self.width)), min(picture_height, ceil(self.y + self.height))
        return Rect(left, top, max(0, right - left), max(0, bottom - top))
