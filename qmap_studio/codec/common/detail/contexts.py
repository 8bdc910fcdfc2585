"""In which order details' symbols are coded, and what magnitude is expected of each, on integers alone.

First come all cells of one kind, then those of the next; of a kind 16 rows of cells after 16 rows; of these, the cells
are coded in five classes, each halfway between those before it, so that most cells have four coded neighbours:

    0 4 2 4 0 4 2 4     class 0: nothing is known
    4 3 4 3 4 3 4 3     class 1: the four of class 0 around it
    2 4 1 4 2 4 1 4     ...
    4 3 4 3 4 3 4 3     class 4: left, right, above and below

Within a class goes channel after channel, within it group after group: bands of frequencies from low to high, or of
pixels those of class 0, 1, ... as above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.detail.scans import SCANS, Integers, Scan, class_of
from qmap_studio.codec.common.detail.tables import table_of
from qmap_studio.codec.common.detail.transform import CHANNELS, COEFFICIENTS

_BAND = 16  # rows of cells that are coded before the next, which bounds memory

_NEIGHBOURS: tuple[tuple[tuple[int, int], ...], ...] = (
    (),
    ((-2, -2), (-2, 2), (2, -2), (2, 2)),
    ((-2, 0), (0, -2), (0, 2), (2, 0)),
    ((-1, -1), (-1, 1), (1, -1), (1, 1)),
    ((-1, 0), (0, -1), (0, 1), (1, 0)),
)

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
    magnitudes = np.zeros((count + 1, CHANNELS, COEFFICIENTS), np.int16)
    kinds_of_cells, bands, classes = kinds[rows, columns], rows // _BAND, class_of(rows, columns)
    for kind, scan in SCANS.items():
        coded = np.zeros(count + 1, np.int64)
        total = np.zeros((CHANNELS, COEFFICIENTS))
        of_kind = np.flatnonzero(kinds_of_cells == kind)
        for band, k in product(np.unique(bands[of_kind]), range(len(_NEIGHBOURS))):
            cells = of_kind[(bands[of_kind] == band) & (classes[of_kind] == k)]
            if not cells.size:
                continue
            known = np.zeros(cells.size, np.int64)
            sums = np.zeros((cells.size, CHANNELS, COEFFICIENTS), np.float32)
            for down, across in _NEIGHBOURS[k]:
                beside = at[rows[cells] + reach + down, columns[cells] + reach + across]
                known += coded[beside]
                sums += magnitudes[beside] * (coded[beside] > 0)[:, None, None]
            found = _Found(
                beside=scan.alike.mean(sums, known[:, None, None]),
                anywhere=scan.alike.mean(total, coded.sum()),
                weights=scan.weights[np.where(known > 0, 2, int(coded.any()))].T[:, :, None],
            )
            magnitudes[cells] = _code_cells(code, cells, scan, found)
            coded[cells] = 1
            total += magnitudes[cells].sum(axis=0, dtype=np.float64)


@dataclass(frozen=True)
class _Found:
    """What is known of cells from others: expected magnitudes (n, 3, 256) and (3, 256), and the weights (4, n, 1)."""

    beside: Integers
    anywhere: Integers
    weights: Integers


def _code_cells(code: CodeSymbols, cells: NDArray[np.intp], scan: Scan, found: _Found) -> NDArray[np.int16]:
    """Codes all symbols of cells of a class; their magnitudes (n, 3, 256)."""
    magnitudes = np.zeros((cells.size, CHANNELS, COEFFICIENTS), np.float32)
    for channel in range(CHANNELS):
        for group, near in zip(scan.groups, scan.near, strict=True):
            expected = found.weights[0] * near.mean(magnitudes[:, channel])
            expected += found.weights[1] * found.beside[:, channel, group]
            expected += found.weights[2] * found.anywhere[channel, group] + found.weights[3]
            symbols = code(cells[:, None], channel, group, table_of(expected >> 6))
            magnitudes[:, channel, group] = np.minimum(np.abs(symbols), scan.largest)
    return magnitudes.astype(np.int16)
