"""The pixels behind the panes: the photo, its reconstruction, and what differs."""

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QRegion

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.raster import Mipmap


class PictureBuffers:
    """Written rectangle by rectangle as results arrive; memory is taken when one of them is first wanted."""

    GAIN = 8  # of the difference

    def __init__(self, original: np.ndarray) -> None:
        self._pixels = original
        self.original = Mipmap.of(original)
        self.reconstruction: Mipmap | None = None
        self.difference: Mipmap | None = None
        self._known = QRegion()

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) of the photo."""
        return self.original.height, self.original.width

    @property
    def known(self) -> list[Rect]:
        """What has been reconstructed."""
        return [Rect(part.x(), part.y(), part.width(), part.height()) for part in self._known]

    @property
    def complete(self) -> bool:
        """Whether every pixel has been reconstructed."""
        return QRegion(0, 0, self.original.width, self.original.height).subtracted(self._known).isEmpty()

    def write(self, rect: Rect, pixels: np.ndarray) -> None:
        """Takes over a reconstructed rectangle."""
        if self.reconstruction is None:
            self.reconstruction = Mipmap(*self.shape)
        self.reconstruction.write(rect, pixels)
        self._known = self._known.united(QRect(*rect))
        if self.difference is not None:
            self.write_difference(rect)

    def write_difference(self, rect: Rect) -> None:
        """Keeps the difference of a reconstructed rectangle, and from now on of all that are written."""
        assert self.reconstruction is not None, "there is a difference where there is a reconstruction"
        if self.difference is None:
            self.difference = Mipmap(*self.shape)
        self.difference.write(rect, amplified(self._pixels[rect.slices], self.reconstruction.read(rect), self.GAIN))

    def clear(self) -> None:
        """Forgets all results."""
        self._known = QRegion()
        self.reconstruction = self.difference = None


def amplified(original: np.ndarray, reconstruction: np.ndarray, gain: int) -> np.ndarray:
    """uint8 (H, W, 3): the absolute error times the gain, black where there is none."""
    error = np.maximum(original, reconstruction) - np.minimum(original, reconstruction)
    return np.minimum(error, 255 // gain) * np.uint8(gain)
