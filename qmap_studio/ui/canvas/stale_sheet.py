"""Where a result is older than the map or only approximate: a hatch that leaves its colours readable."""

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

from qmap_studio.ui.canvas.geometry import cells_shape
from qmap_studio.ui.canvas.sheet import Sheet

SPACING = 9  # between the lines of the hatch, in device pixels
LINES = ((0, QColor(255, 255, 255, 95)), (1, QColor(0, 0, 0, 95)))  # seen on light and on dark


class StaleSheet(Sheet):
    """A hatch over blocks of the picture."""

    def __init__(self, block: int) -> None:
        super().__init__()
        self._block = block
        self._stale = np.zeros((0, 0), bool)
        self._runs: list[QRectF] = []
        self._hatch = QBrush(_tile())

    @property
    def stale(self) -> np.ndarray:
        """bool, a block each."""
        return self._stale

    def set_picture_size(self, height: int, width: int) -> None:
        """Another picture, nothing of it stale."""
        self.set_size(width, height)
        self._stale = np.zeros(cells_shape(height, width, self._block), bool)
        self._runs = []
        self.update()

    def set_stale(self, stale: np.ndarray) -> None:
        """Hatches the blocks that are True."""
        if stale.shape != self._stale.shape:
            raise ValueError(f"the picture has {self._stale.shape} blocks, not {stale.shape}")
        if np.array_equal(stale, self._stale):
            return
        self._stale = stale.copy()
        # Neighbours in a row are painted as one.
        edges = np.diff(np.pad(stale, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
        block = self._block
        self._runs = [
            QRectF(left * block, row * block, (right - left) * block, block).intersected(self.bounds)
            for (row, left), (_, right) in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
        self.update()

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        seen = [run for run in self._runs if run.intersects(exposed)]
        if not seen:
            return
        to_picture, _ = painter.worldTransform().inverted()
        ratio = painter.device().devicePixelRatioF()
        self._hatch.setTransform(to_picture.scale(1 / ratio, 1 / ratio))  # as fine at any zoom
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._hatch)
        painter.drawRects(seen)


def _tile() -> QImage:
    """Diagonal lines that go on in the tile beside it."""
    image = QImage(SPACING, SPACING, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    for offset, colour in LINES:
        painter.setPen(colour)
        for x in (offset, offset - SPACING):
            painter.drawLine(QLineF(x, SPACING - 1, x + SPACING - 1, 0))
    painter.end()
    return image
