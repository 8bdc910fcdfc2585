"""In which order details' symbols are coded, and what magnitude is expected of each, on integers alone.

Cells are coded in five classes, each halfway between those before it, so that most cells have four coded neighbours:

    0 4 2 4 0 4 2 4     class 0: nothing is known
    4 3 4 3 4 3 4 3     class 1: the four of class 0 around it
    2 4 1 4 2 4 1 4     ...
    4 3 4 3 4 3 4 3     class 4: left, right, above and below

Within a class goes channel after channel, within it group after group: bands of frequencies from low to high, or of pixels
those of class 0, 1, ... as above.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.detail.tables import UNIT, table_of
from qmap_studio.codec.common.detail.transform import CHANNELS, COEFFICIENTS, FLAT, FREQUENCIES, PIXELS
from qmap_studio.core.cells import CELL_PX

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

LARGEST = 1023  # magnitudes count as at most this: their weighted sums stay exact in float32

_NEIGHBOURS: tuple[tuple[tuple[int, int], ...], ...] = (
    (),
    ((-2, -2), (-2, 2), (2, -2), (2, 2)),
    ((-2, 0), (0, -2), (0, 2), (2, 0)),
    ((-1, -1), (-1, 1), (1, -1), (1, 1)),
    ((-1, 0), (0, -1), (0, 1), (1, 0)),
)
_BANDS = (0, 1, 2, 3, 4, 6, 8, 11, 14, 17, 20, 23, 31)

# Of the magnitudes nearby, in neighbours and in all cells, and a constant; in 1/64. First where no cell of the kind is
# coded yet, then where none of the neighbours is, then the others. Fitted together with the tables.
_WEIGHTS = ((87, 0, 0, 104), (31, 0, 28, 14), (18, 26, 25, 9))
_FLAT_WEIGHTS = ((0, 0, 0, 1 << 15), (0, 0, 48, 1 << 13), (0, 24, 24, 1 << 13))


def class_of(row: NDArray[np.integer], column: NDArray[np.integer]) -> Integers:
    """The class of cells, or of pixels in a cell, by their place."""
    first, second = (row + column) % 2, (row // 2 + column // 2) % 2
    even = np.where(second == 1, 2, row // 2 % 2)
    return np.where(first == 1, 4, np.where(row % 2 == 1, 3, even))


@dataclass(frozen=True)
class Scan:
    """How the symbols of a kind of cells are gone through.

    Attributes:
        groups: places (row * 16 + column) that are coded at once.
        near: of each group float32 (256, its size): how much a magnitude at a place that came before counts.
        alike: float32 (256, 256), how much a magnitude at one place of another cell counts at a place of this one.
        weights: (3, 4), as above.
    """

    groups: tuple[Integers, ...]
    near: tuple[Floats, ...]
    alike: Floats
    weights: Integers


def _scan(classes: Integers, alike: Floats, weights: tuple[tuple[int, ...], ...] = _WEIGHTS) -> Scan:
    """The scan whose groups are the places of class 0, 1, ...; a place of class -1 has no symbol."""
    groups = tuple(np.flatnonzero(classes == k) for k in range(classes.max() + 1))
    near = tuple(
        np.where((classes < k)[:, None] & (_DISTANCES[:, group] > 0), 64 // np.maximum(_DISTANCES[:, group], 1), 0)
        for k, group in enumerate(groups)
    )
    return Scan(groups, tuple(parts.astype(np.float32) for parts in near), alike, np.array(weights))


_ROWS, _COLUMNS = np.divmod(np.arange(COEFFICIENTS), CELL_PX)
_DOWN, _ACROSS = np.abs(_ROWS[:, None] - _ROWS), np.abs(_COLUMNS[:, None] - _COLUMNS)
_DISTANCES = _DOWN**2 + _ACROSS**2  # squared
_AROUND = (np.maximum(2 - _DOWN, 0) * np.maximum(2 - _ACROSS, 0)).astype(np.float32)
SCANS = {
    FREQUENCIES: _scan(np.searchsorted(_BANDS, _ROWS + _COLUMNS, side="right") - 1, _AROUND),
    PIXELS: _scan(class_of(_ROWS, _COLUMNS), np.ones((COEFFICIENTS, COEFFICIENTS), np.float32)),
    FLAT: _scan(-np.minimum(_ROWS + _COLUMNS, 1), np.eye(COEFFICIENTS, dtype=np.float32), _FLAT_WEIGHTS),
}

CodeSymbols = Callable[[NDArray[np.intp], int, Integers, Integers], NDArray[np.int32]]
"""Codes the symbols of cells (a column), a channel and places with tables (cells, places), and gives them back."""


def walk(kinds: NDArray[np.uint8], code: CodeSymbols) -> None:
    """Visits all symbols of a picture's cells in the order of the stream.

    Args:
        kinds: (rows, columns).
    """
    rows, columns = np.nonzero(kinds)
    count, reach = len(rows), 2
    # One cell more stands for all that are not there.
    at = np.full((kinds.shape[0] + 2 * reach, kinds.shape[1] + 2 * reach), count)
    at[rows + reach, columns + reach] = np.arange(count)
    magnitudes = np.zeros((count + 1, CHANNELS, COEFFICIENTS), np.float32)
    kinds_of_cells, classes = kinds[rows, columns], class_of(rows, columns)
    for kind, scan in SCANS.items():
        coded = np.zeros(count + 1, np.int64)
        total = np.zeros((CHANNELS, COEFFICIENTS))
        for k, offsets in enumerate(_NEIGHBOURS):
            cells = np.flatnonzero((kinds_of_cells == kind) & (classes == k))
            if not cells.size:
                continue
            everywhere = _mean(total, scan.alike, coded.sum())
            neighbours = [at[rows[cells] + reach + down, columns[cells] + reach + across] for down, across in offsets]
            known = sum((coded[found] for found in neighbours), np.zeros(cells.size, np.int64))
            sums = np.zeros((cells.size, CHANNELS, COEFFICIENTS), np.float32)
            for found in neighbours:
                sums += magnitudes[found] * (coded[found] > 0)[:, None, None]
            beside = _mean(sums, scan.alike, known[:, None, None])
            situation = np.where(known > 0, 2, int(coded.any()))
            weights = scan.weights[situation].T[:, :, None]
            for channel in range(CHANNELS):
                for group, near_weights in zip(scan.groups, scan.near, strict=True):
                    near = _mean(magnitudes[cells, channel], near_weights, 1)
                    expected = weights[0] * near + weights[1] * beside[:, channel, group]
                    expected += weights[2] * everywhere[channel, group] + weights[3]
                    symbols = code(cells[:, None], channel, group, table_of(expected >> 6))
                    magnitudes[cells[:, None], channel, group] = np.minimum(np.abs(symbols), LARGEST)
            coded[cells] = 1
            total += magnitudes[cells].sum(axis=0, dtype=np.float64)


def _mean(magnitudes: NDArray[np.floating], weights: Floats, cells: NDArray[np.int64] | int) -> Integers:
    """The weighted mean of magnitudes (..., 256) summed over so many cells, rounded down, in UNITs."""
    total = np.maximum(weights.sum(axis=0), 1).astype(np.int64) * np.maximum(cells, 1)
    mean: Integers = (magnitudes @ weights).astype(np.int64) * UNIT // total
    return mean
