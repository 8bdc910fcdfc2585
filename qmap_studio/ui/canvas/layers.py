"""The pixels behind the panes: the photo, its reconstruction, and what differs."""

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QRegion

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.raster import Mipmap


class Layers:
    """Written rectangle by rectangle as results arrive; memory is taken when a layer is first wanted."""

    GAIN = 8  # of the difference

    def __init__(self, original: np.ndarray) -> None:
        self._pixels = original
        self.original = Mipmap.of(original)
        self.reconstruction: Mipmap | None = None
        self.difference: Mipmap | None = None
        self._decoded: np.ndarray | None = None
        self._known = QRegion()

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) of the photo."""
        return self.original.height, self.original.width

    @property
    def complete(self) -> bool:
        """Whether every pixel has been reconstructed."""
        return QRegion(0, 0, self.original.width, self.original.height).subtracted(self._known).isEmpty()

    def write(self, rect: Rect, pixels: np.ndarray) -> None:
        """Takes over a reconstructed rectangle."""
        if self.reconstruction is None or self._decoded is None:
            self.reconstruction = Mipmap(*self.shape)
            self._decoded = np.empty_like(self._pixels)
        self.reconstruction.write(rect, pixels)
        self._decoded[rect.slices] = pixels
        self._known = self._known.united(QRect(*rect))
        if self.difference is not None:
            self._write_difference(rect)

    def want_difference(self) -> Mipmap:
        """From now on the difference is kept, too."""
        if self.difference is None:
            self.difference = Mipmap(*self.shape)
            for known in self._known:
                self._write_difference(Rect(known.x(), known.y(), known.width(), known.height()))
        return self.difference

    def clear(self) -> None:
        """Forgets all results."""
        self._known = QRegion()
        for mipmap in (self.reconstruction, self.difference):
            if mipmap is not None:
                mipmap.clear()

    def _write_difference(self, rect: Rect) -> None:
        if self.difference is not None and self._decoded is not None:
            self.difference.write(rect, amplified(self._pixels[rect.slices], self._decoded[rect.slices], self.GAIN))


def amplified(original: np.ndarray, reconstruction: np.ndarray, gain: int) -> np.ndarray:
    """uint8 (H, W, 3): the absolute error times the gain, black where there is none."""
    error = np.maximum(original, reconstruction) - np.minimum(original, reconstruction)
    return np.minimum(error, 255 // gain) * np.uint8(gain)
