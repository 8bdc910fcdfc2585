"""A picture cell by cell, and squared errors of cells."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.detail.transform import CHANNELS, COEFFICIENTS
from qmap_studio.core.cells import CELL_PX


def cells_at(pixels: NDArray[np.uint8], rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Cells of a picture (h, w, 3), as (n, 16, 16, 3); those at its edge are filled up with its last pixels."""
    whole = _padded(pixels)
    return whole.reshape(whole.shape[0] // CELL_PX, CELL_PX, -1, CELL_PX, CHANNELS)[rows, :, columns]


def _padded(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    padding = [(0, -length % CELL_PX) for length in pixels.shape[:2]]
    return np.pad(pixels, (*padding, (0, 0)), mode="edge") if max(padding)[1] else np.ascontiguousarray(pixels)


def inside_of(shape: tuple[int, ...], rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.bool_] | None:
    """Which pixels of cells are the picture's, (n, 16, 16, 1); None if all are."""
    if not (shape[0] % CELL_PX or shape[1] % CELL_PX):
        return None
    places = np.arange(CELL_PX)
    down = rows[:, None] * CELL_PX + places < shape[0]
    across = columns[:, None] * CELL_PX + places < shape[1]
    return (down[:, :, None] & across[:, None, :])[..., None]


def squares_by_cell(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The squared difference of two pictures (h, w, 3) over each cell, (rows, columns)."""
    difference = np.subtract(one, other, dtype=np.int16).astype(np.float32)
    padding = [(0, -length % CELL_PX) for length in difference.shape[:2]]
    if max(padding)[1]:
        difference = np.pad(difference, (*padding, (0, 0)))
    difference *= difference
    rows, width = difference.shape[0] // CELL_PX, difference.shape[1] * CHANNELS
    # Integers: exact in float32 as long as only 16 are added.
    strips = difference.reshape(rows, CELL_PX, width).sum(axis=1)
    squares: NDArray[np.float64] = strips.reshape(rows, -1, CELL_PX * CHANNELS).sum(axis=2, dtype=np.float64)
    return squares


def squares_about_the_mean(cells: NDArray[np.uint8]) -> NDArray[np.float32]:
    """About the squared error of cells (n, 16, 16, 3) if each became its mean colour."""
    values = cells.reshape(len(cells), COEFFICIENTS * CHANNELS).astype(np.float32)
    means = values @ np.tile(np.eye(CHANNELS, dtype=np.float32) / COEFFICIENTS, (COEFFICIENTS, 1))
    squares: NDArray[np.float32] = np.einsum("ij,ij->i", values, values) - (means**2).sum(axis=1) * COEFFICIENTS
    return squares


def squares(errors: NDArray[Any]) -> NDArray[np.int64]:
    """The squared error of each cell, (n, 16, 16, 3)."""
    flat = errors.reshape(len(errors), CHANNELS * COEFFICIENTS)
    squares: NDArray[np.int64] = np.einsum("ij,ij->i", flat, flat, dtype=np.int32).astype(np.int64)
    return squares
