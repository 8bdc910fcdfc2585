"""What pixels with an error bound should cost, told from their neighbours alone: before anything is coded."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.bounds import LARGEST_BOUND, WITHOUT_LOSS, Bounds
from qmap_studio.core.cells import CELL_PX, cells_across, mean_of_cells, pixels_of_cells
from qmap_studio.core.opencv import cv2
from qmap_studio.core.rect import Rect
from qmap_studio.core.threads import spread_in_order

# A pixel's bits are a sum over green, red - green and blue - green: weight * log2(1 + gain * residual / step), where
# the residual is that of the median predictor, its mean over the cell. Fitted to WebP lossless streams of 320 tiles of
# photos of the training set, as they are and in steps of 3 to 17 levels: without loss a tile is off by 5.5 % at most in
# nine of ten, within two levels by 11 %, within eight by 20 %.
GAIN, WEIGHTS = 4.0, np.array([1.153, 0.979, 1.072], np.float32)
GAIN_IN_STEPS, WEIGHTS_IN_STEPS = 16.0, np.array([1.013, 0.335, 0.478], np.float32)
BAND_CELLS = 16
MOST_CELLS = 8192
"""Of more at once, one row of cells stands for several."""


class BoundedModel:
    """The detail of each cell from one pixel to the next, looked at where it is first asked for.

    Args:
        pixels: uint8 (H, W, 3).
    """

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self._pixels = pixels
        shape = cells_across(pixels.shape[0]), cells_across(pixels.shape[1])
        self._areas = pixels_of_cells(*pixels.shape[:2]).astype(np.float32)
        self._residuals: NDArray[np.float32] = np.zeros((*shape, 3), np.float32)
        self._is_known = np.zeros(shape, bool)

    def bits(self, cells: Rect, bounds: Bounds) -> NDArray[np.float32]:
        """Bits of the bounded pixels of some cells.

        Args:
            bounds: uint8, of the pixels of these cells.
        """
        found = np.zeros((cells.height, cells.width), np.float32)
        for bound in range(WITHOUT_LOSS, LARGEST_BOUND + 1):
            if not (where := bounds == bound).any():
                continue
            self._look_at(cells)
            is_exact = bound == WITHOUT_LOSS
            gain, weights = (GAIN, WEIGHTS) if is_exact else (GAIN_IN_STEPS, WEIGHTS_IN_STEPS)
            of_pixel = np.log2(1 + gain / (2 * bound + 1) * self._residuals[cells.slices]) @ weights
            found += of_pixel * mean_of_cells(where).astype(np.float32)
        return found * self._areas[cells.slices]

    def _look_at(self, cells: Rect) -> None:
        if self._is_known[cells.slices].all():
            return
        step = -(-cells.area // MOST_CELLS)
        covered, looked_at = (BAND_CELLS, BAND_CELLS) if step == 1 else (step, 1)
        tops = range(cells.y, cells.bottom, covered)
        bands = [Rect(cells.x, top, cells.width, min(looked_at, cells.bottom - top)) for top in tops]
        for top, residuals in zip(tops, spread_in_order(partial(_residuals, self._pixels), bands), strict=True):
            self._residuals[top : min(top + covered, cells.bottom), cells.x : cells.right] = residuals
        self._is_known[cells.slices] = True


def _residuals(pixels: NDArray[np.uint8], cells: Rect) -> NDArray[np.float32]:
    """Mean residuals of some cells, (rows, columns, 3)."""
    top, left = cells.y * CELL_PX, cells.x * CELL_PX
    above, before = max(top - 1, 0), max(left - 1, 0)
    within = pixels[above : cells.bottom * CELL_PX, before : cells.right * CELL_PX].astype(np.int16)
    part = cv2.copyMakeBorder(within, int(top == 0), 0, int(left == 0), 0, cv2.BORDER_REPLICATE)
    red, green, blue = cv2.split(part)
    planes = green, cv2.subtract(red, green), cv2.subtract(blue, green)
    return np.stack([mean_of_cells(_residual(plane)) for plane in planes], axis=2).astype(np.float32)


def _residual(plane: NDArray[Any]) -> NDArray[np.uint16]:
    """How far the pixels behind the first row and column are from what their neighbours let expect.

    Source: the predictor of Weinberger, Seroussi and Sapiro 2000 (LOCO-I).
    """
    here, left, above, corner = (np.ascontiguousarray(plane[part]) for part in _NEIGHBOURS)
    low, high = cv2.min(left, above), cv2.max(left, above)
    expected = cv2.min(cv2.max(cv2.subtract(cv2.add(left, above), corner), low), high)
    return np.asarray(cv2.absdiff(here, expected)).astype(np.uint16)


_NEIGHBOURS = np.s_[1:, 1:], np.s_[1:, :-1], np.s_[:-1, 1:], np.s_[:-1, :-1]
