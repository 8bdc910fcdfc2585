"""What shapes cover, kept for those that were asked for last: while one is dragged, those beside it lie still."""

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect
from qmap_studio.document.layers.placed_shape import PlacedShape

LARGEST_PX = 1 << 21
"""A shape that reaches over more pixels is computed part by part."""
KEPT_PX = 1 << 25
"""64 MB."""


class Coverages:
    """Coverage of shapes, computed whole once, from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[int, tuple[PlacedShape, NDArray[np.uint16]]] = {}
        self._kept_px = 0

    def of(self, placed: PlacedShape, rect: Rect) -> NDArray[np.uint16]:
        """How far a shape covers a rectangle, uint16 (H, W), only to be read."""
        reach = placed.reach
        if reach.area > LARGEST_PX:
            return placed.shape.coverage(rect, placed.feather_px)
        part = np.zeros((rect.height, rect.width), np.uint16)
        shared = rect.intersected(reach)
        if not shared.empty:
            whole = self._whole(placed, reach)
            part[shared.moved(-rect.x, -rect.y).slices] = whole[shared.moved(-reach.x, -reach.y).slices]
        return part

    def _whole(self, placed: PlacedShape, reach: Rect) -> NDArray[np.uint16]:
        key = id(placed)  # which no other shape has as long as this one is kept
        with self._lock:
            if key in self._kept:
                self._kept[key] = kept = self._kept.pop(key)
                return kept[1]
        coverage = placed.shape.coverage(reach, placed.feather_px)
        with self._lock:
            if key not in self._kept:  # by another thread meanwhile
                self._kept[key] = placed, coverage
                self._kept_px += coverage.size
            while self._kept_px > KEPT_PX:
                self._kept_px -= self._kept.pop(next(iter(self._kept)))[1].size
        return coverage
