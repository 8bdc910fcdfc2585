"""Which cells the encoder gives details, and which: what saves more of the squared error than its bits are worth.

All that decides about a cell is computed from that cell alone, in integers or number by number, so that a picture may
be handled in parts of any size.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.detail.rounding import PRICE_UNITS, flat_price, rounded
from qmap_studio.codec.common.detail.transform import (
    ABSENT,
    CHANNELS,
    COEFFICIENTS,
    FLAT,
    FREQUENCIES,
    PIXELS,
    added,
    coefficients,
    mean_colours,
    step_of,
)
from qmap_studio.core.cells import CELL_PX

BITS_OF_A_STEP = 6 / np.log(2)
"""lambda / 3 times the squared error of one step, which follows from how steps are chosen."""

# Bits that the whole error of a cell must be worth before it is looked at, and before details are tried. Of the gain
# of details on photos 99 % remain, for a fraction of the time.
_WORTH_A_COLOUR, _WORTH_DETAILS = 64.0, 150.0
_LARGEST_AT_LEAST = {FREQUENCIES: 1.25, PIXELS: 2.0}  # steps


@dataclass(frozen=True)
class Details:
    """What is added to a reconstruction.

    Attributes:
        kinds: uint8 (rows, columns), ABSENT, FREQUENCIES, PIXELS or FLAT for each cell.
        symbols: int16 (n, 3, 16, 16), of the cells that are not ABSENT, row by row.
    """

    kinds: NDArray[np.uint8]
    symbols: NDArray[np.int16]


def choose(
    original: NDArray[np.uint8], reconstruction: NDArray[np.uint8], levels: NDArray[np.uint16]
) -> Details | None:
    """The details of a picture or of a part that begins with a cell; None if no cell gains by any.

    Args:
        original, reconstruction: (h, w, 3); cells at the right and lower edge may have fewer pixels.
        levels: (rows, columns), the cells' qualities in 65535ths.
    """
    worth_of_square = BITS_OF_A_STEP / step_of(levels) ** 2
    worth = _squares_by_cell(original, reconstruction) * worth_of_square
    rows, columns = np.nonzero(worth > _WORTH_A_COLOUR)
    if not rows.size:
        return None
    tried = _Tried(
        cells_at(original, rows, columns),
        cells_at(reconstruction, rows, columns),
        _inside(original.shape, rows, columns),
        levels[rows, columns],
        worth_of_square[rows, columns],
        worth[rows, columns],
    )
    tried.flat()
    for kind in (FREQUENCIES, PIXELS):
        tried.details(kind)
    kinds = np.full(levels.shape, ABSENT, np.uint8)
    kinds[rows, columns] = tried.kinds
    return Details(kinds, tried.symbols[tried.kinds != ABSENT]) if kinds.any() else None


class _Tried:
    """Cells and the best that was found for each so far."""

    def __init__(
        self,
        original: NDArray[np.uint8],
        reconstruction: NDArray[np.uint8],
        inside: NDArray[np.bool_] | None,
        levels: NDArray[np.uint16],
        worth_of_square: NDArray[np.float64],
        costs: NDArray[np.float64],
    ) -> None:
        self._original, self._reconstruction, self._inside = original, reconstruction, inside
        self._levels, self._worth_of_square = levels, worth_of_square
        self._costs = costs  # bits, and what the error is worth in bits
        self.kinds = np.full(len(levels), ABSENT, np.uint8)
        self.symbols = np.zeros((len(levels), CHANNELS, CELL_PX, CELL_PX), np.int16)

    def flat(self) -> None:
        """Tries a single colour, the mean."""
        symbols = np.zeros_like(self.symbols)
        symbols[:, :, 0, 0] = mean_colours(self._original) - mean_colours(self._reconstruction)
        self._take_better(np.arange(len(symbols)), FLAT, symbols, flat_price(symbols[:, :, 0, 0]))

    def details(self, kind: int) -> None:
        """Tries coefficients or pixels."""
        which = np.flatnonzero(self._costs > _WORTH_DETAILS)
        difference = self._original[which].astype(np.int16) - self._reconstruction[which]
        scaled = coefficients(difference, kind).reshape(len(which), CHANNELS * COEFFICIENTS) / step_of(self._levels[which])[:, None]
        hopeful = np.maximum(scaled.max(axis=1, initial=0), -scaled.min(axis=1, initial=0)) > _LARGEST_AT_LEAST[kind]
        self._take_better(which[hopeful], kind, *rounded(scaled[hopeful], kind))

    def _take_better(
        self, which: NDArray[np.intp], kind: int, symbols: NDArray[np.int16], prices: NDArray[np.int64]
    ) -> None:
        before = self._reconstruction[which]
        change = added(np.full(len(which), kind, np.uint8), symbols, self._levels[which], before)
        errors = self._original[which] - np.clip(before + change, 0, 255)
        if self._inside is not None:
            errors *= self._inside[which]
        costs = _squares(errors) * self._worth_of_square[which] + prices / PRICE_UNITS
        better = costs < self._costs[which]
        self._costs[which[better]] = costs[better]
        self.kinds[which[better]], self.symbols[which[better]] = kind, symbols[better]


def cells_at(pixels: NDArray[np.uint8], rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Cells of a picture (h, w, 3), as (n, 16, 16, 3); those at its edge are filled up with its last pixels."""
    whole = _padded(pixels)
    return whole.reshape(whole.shape[0] // CELL_PX, CELL_PX, -1, CELL_PX, CHANNELS)[rows, :, columns]


def _padded(pixels: NDArray[np.uint8], mode: str = "edge") -> NDArray[np.uint8]:
    padding = [(0, -length % CELL_PX) for length in pixels.shape[:2]]
    return np.pad(pixels, (*padding, (0, 0)), mode=mode) if max(padding)[1] else np.ascontiguousarray(pixels)


def _inside(shape: tuple[int, ...], rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.bool_] | None:
    """Which pixels of cells are the picture's, (n, 16, 16, 1); None if all are."""
    if not (shape[0] % CELL_PX or shape[1] % CELL_PX):
        return None
    places = np.arange(CELL_PX)
    down = rows[:, None] * CELL_PX + places < shape[0]
    across = columns[:, None] * CELL_PX + places < shape[1]
    return (down[:, :, None] & across[:, None, :])[..., None]


def _squares_by_cell(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The squared difference of two pictures (h, w, 3) over each cell, (rows, columns)."""
    difference = np.subtract(one, other, dtype=np.int16)
    padding = [(0, -length % CELL_PX) for length in difference.shape[:2]]
    if max(padding)[1]:
        difference = np.pad(difference, (*padding, (0, 0)))
    strips = difference.reshape(difference.shape[0] // CELL_PX, CELL_PX, -1, CELL_PX * CHANNELS)
    squares: NDArray[np.int64] = np.einsum("rick,rick->rc", strips, strips, dtype=np.int32).astype(np.int64)
    return squares


def _squares(errors: NDArray[np.int16]) -> NDArray[np.int64]:
    """The squared error of each cell, (n, 16, 16, 3)."""
    flat = errors.reshape(len(errors), CHANNELS * COEFFICIENTS)
    squares: NDArray[np.int64] = np.einsum("ij,ij->i", flat, flat, dtype=np.int32).astype(np.int64)
    return squares
