"""A map of what a model itself finds important, stretched so that it makes a difference."""

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import CELL_PX, cells_across
from qmap_studio.core.errors import ComputeError
from qmap_studio.core.language import tr
from qmap_studio.core.opencv import cv2

LOWEST, HIGHEST = 0.1, 0.9
"""Qualities of what is least and most important; beyond them there is room for what a person finds."""
LOW_PERCENT, HIGH_PERCENT = 5, 95
LEAST_RANGE = 1e-3
"""What all values lie in of a plane that tells nothing apart."""


def importance_map(plane: NDArray[np.float32], side_px: int, height: int, width: int) -> NDArray[np.float32]:
    """A stage's mask, or the logarithm of its scale factors, as the quality map of a picture.

    Its means of the latent cells are smoothed by a Gaussian of one cell. Then the 5th percentile of them becomes
    quality 0.1 and the 95th 0.9, what lies between goes on a straight line, and what lies beyond is clamped; so planes
    whose values are all near each other make a map, too. Between the cells' middles it is bilinear.

    Args:
        plane: float32 (ceil(H / side_px), ceil(W / side_px)).
        side_px: of the square that a value stands for; divides 16.
        height, width: of the picture, H and W.
    Returns:
        float32 (H, W) in [0.1, 0.9].
    Raises:
        ComputeError: it is the same everywhere.
    """
    cells = cv2.GaussianBlur(_means_of_cells(plane, side_px, height, width), (0, 0), 1.0, borderType=cv2.BORDER_REFLECT)
    low, high = np.percentile(cells, (LOW_PERCENT, HIGH_PERCENT))
    if high - low < LEAST_RANGE:
        raise ComputeError(tr("The model finds all of this photo about equally important, so the map stays as it is."))
    stretched = LOWEST + (HIGHEST - LOWEST) * np.clip((cells - low) / (high - low), 0.0, 1.0)
    rows, columns = cells.shape
    enlarged = cv2.resize(stretched.astype(np.float32), (columns * CELL_PX, rows * CELL_PX))
    return np.clip(enlarged[:height, :width], LOWEST, HIGHEST)  # interpolating rounds


def _means_of_cells(plane: NDArray[np.float32], side_px: int, height: int, width: int) -> NDArray[np.float32]:
    per_cell = CELL_PX // side_px
    rows, columns = cells_across(height), cells_across(width)
    missing = (0, rows * per_cell - plane.shape[0]), (0, columns * per_cell - plane.shape[1])
    squares = np.pad(plane, missing, mode="edge").reshape(rows, per_cell, columns, per_cell)
    means: NDArray[np.float32] = squares.mean(axis=(1, 3))
    return means
