"""How the symbols of a cell are gone through, and what counts as near: one scan for each kind of cells."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.detail.tables import UNIT
from qmap_studio.codec.common.detail.transform import COEFFICIENTS, FLAT, FREQUENCIES, PIXELS
from qmap_studio.core.cells import CELL_PX

Integers = NDArray[np.int64]

_BANDS = (0, 1, 2, 3, 4, 6, 8, 11, 14, 17, 20, 23, 31)

# Of the magnitudes nearby, in neighbours and in all cells, and a constant; in 1/64. First where no cell of the kind is
# coded yet, then where none of the neighbours is, then the others. Fitted together with the tables.
_WEIGHTS = ((75, 0, 0, 160), (34, 0, 26, 16), (12, 32, 22, 9))
_FLAT_WEIGHTS = ((0, 0, 0, 1 << 15), (0, 0, 48, 1 << 13), (0, 24, 24, 1 << 13))


def class_of(row: NDArray[np.int64], column: NDArray[np.int64]) -> Integers:
    """The class of cells, or of pixels in a cell, by their place."""
    first, second = (row + column) % 2, (row // 2 + column // 2) % 2
    even = np.where(second == 1, 2, row // 2 % 2)
    return np.where(first == 1, 4, np.where(row % 2 == 1, 3, even))


@dataclass(frozen=True)
class Shares:
    """How much each of 256 magnitudes counts in a mean at each of some places: float32 (256, places), and sums."""

    parts: NDArray[np.float32]
    sums: Integers

    @classmethod
    def of(cls, parts: Integers) -> "Shares":
        return cls(parts.astype(np.float32), np.maximum(parts.sum(axis=0), 1))

    def mean(self, magnitudes: NDArray[np.floating[Any]], cells: Integers | int = 1) -> Integers:
        """The mean at each place of magnitudes (..., 256) that are sums over so many cells, rounded down, in UNITs."""
        # Of magnitudes up to 1023 these are integers that float32 holds, whatever the order of the sum.
        total = (magnitudes @ self.parts).astype(np.int64)
        mean: Integers = total * UNIT // (self.sums * np.maximum(cells, 1))
        return mean


@dataclass(frozen=True)
class Scan:
    """How the symbols of a kind of cells are gone through.

    Attributes:
        groups: places (row * 16 + column) that are coded at once.
        near: of each group, how much magnitudes at places that came before count at its own.
        alike: how much magnitudes at places of another cell count at the places of this one.
        weights: (3, 4), as above.
        largest: magnitudes count as at most this.
    """

    groups: tuple[Integers, ...]
    near: tuple[Shares, ...]
    alike: Shares
    weights: Integers
    largest: int


def _scan(classes: Integers, alike: Integers, largest: int, weights: tuple[tuple[int, ...], ...] = _WEIGHTS) -> Scan:
    """The scan whose groups are the places of class 0, 1, ...; a place of class -1 has no symbol."""
    groups = tuple(np.flatnonzero(classes == k) for k in range(classes.max() + 1))
    near = (np.where((classes < k)[:, None], _CLOSENESS[:, group], 0) for k, group in enumerate(groups))
    return Scan(groups, tuple(Shares.of(parts) for parts in near), Shares.of(alike), np.array(weights), largest)


_ROWS, _COLUMNS = np.divmod(np.arange(COEFFICIENTS), CELL_PX)
_DOWN, _ACROSS = np.abs(_ROWS[:, None] - _ROWS), np.abs(_COLUMNS[:, None] - _COLUMNS)
_CLOSENESS = 64 // np.maximum(_DOWN**2 + _ACROSS**2, 1)
_AROUND = np.maximum(2 - _DOWN, 0) * np.maximum(2 - _ACROSS, 0)
SCANS = {
    FREQUENCIES: _scan(np.searchsorted(_BANDS, _ROWS + _COLUMNS, side="right") - 1, _AROUND, 1023),
    PIXELS: _scan(class_of(_ROWS, _COLUMNS), np.ones_like(_AROUND), 3),
    FLAT: _scan(-np.minimum(_ROWS + _COLUMNS, 1), np.eye(COEFFICIENTS, dtype=np.int64), 255, _FLAT_WEIGHTS),
}
