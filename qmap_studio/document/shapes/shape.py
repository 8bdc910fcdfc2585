"""What every shape can be asked."""

from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect
from qmap_studio.document.shapes.frame import Frame


class Shape(Protocol):
    """What is drawn around something."""

    @property
    def frame(self) -> Frame:
        """The box around it, turned as it is."""

    @property
    def bounds(self) -> Rect:
        """The pixels it touches lie in this rectangle."""

    def contains(self, x: float, y: float) -> bool:
        """Whether a point is in it."""

    def moved(self, dx: float, dy: float) -> Self:
        """The same shape elsewhere."""

    def in_frame(self, frame: Frame) -> Self:
        """The same shape moved, resized and turned into another frame."""

    def coverage(self, rect: Rect, feather_px: float = 0.0) -> NDArray[np.uint16]:
        """How far it covers the pixels of a rectangle.

        Args:
            feather_px: how far outside of it the coverage reaches, falling smoothly.
        Returns:
            uint16 (H, W), 0 to 65535.
        """
