"""Where a result is older than the map or only approximate: a hatch that leaves its colours readable."""

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.sheet import Sheet

SPACING = 9  # between the lines of the hatch, in device pixels
LINES = ((0, QColor(255, 255, 255, 95)), (1, QColor(0, 0, 0, 95)))  # seen on light and on dark


class StaleSheet(Sheet):
    """A hatch over blocks of the picture."""

    def __init__(self, block: int) -> None:
        super().__init__()
        self._block = block
        self._stale = np.zeros((0, 0), bool)
        self._runs: np.ndarray | None = None  # of neighbours in a row; found when they are painted
        self._hatch = QBrush(_tile())

    @property
    def stale(self) -> np.ndarray:
        """bool, a block each."""
        return self._stale

    def set_picture_size(self, height: int, width: int) -> None:
        """Another picture, nothing of it stale."""
        self.set_size(width, height)
        self._stale = np.zeros((-(-height // self._block), -(-width // self._block)), bool)
        self._runs = None
        self.update()

    def set_stale(self, stale: np.ndarray) -> None:
        """Hatches the blocks that are True."""
        if stale.shape != self._stale.shape:
            raise ValueError(f"the picture has {self._stale.shape} blocks, not {stale.shape}")
        if np.array_equal(stale, self._stale):
            return
        self._stale, self._runs = stale.copy(), None
        self.update()

    def add(self, rect: Rect) -> None:
        """Hatches the blocks under a rectangle, too."""
        stale, block = self._stale.copy(), self._block
        stale[rect.y // block : -(-rect.bottom // block), rect.x // block : -(-rect.right // block)] = True
        self.set_stale(stale)

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        if self._runs is None:
            self._runs = self._found()
        left, top, right, bottom = self._runs.T
        seen = (left < exposed.right()) & (right > exposed.left())
        seen &= (top < exposed.bottom()) & (bottom > exposed.top())
        if not seen.any():
            return
        to_picture, _ = painter.worldTransform().inverted()
        ratio = painter.device().devicePixelRatioF()
        self._hatch.setTransform(to_picture.scale(1 / ratio, 1 / ratio))  # as fine at any zoom
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._hatch)
        # Few calls of Qt: each lets other threads go first.
        painter.drawRects([QRectF(x, y, right - x, bottom - y) for x, y, right, bottom in self._runs[seen].tolist()])

    def _found(self) -> np.ndarray:
        """Left, top, right and bottom of what is to be hatched, (n, 4)."""
        edges = np.diff(np.pad(self._stale, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        rows, starts = np.nonzero(edges == 1)
        ends = np.nonzero(edges == -1)[1]
        runs = np.stack([starts, rows, ends, rows + 1], axis=1) * self._block
        return np.minimum(runs, np.array([self.bounds.width(), self.bounds.height()] * 2))


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
