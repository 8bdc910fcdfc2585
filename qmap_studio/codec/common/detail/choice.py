"""Which cells the encoder gives details, and which: what saves more of the squared error than its bits are worth.

All that decides about a cell is computed from that cell alone, in integers or number by number, so that a picture may
be handled in parts of any size.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.detail.cells import cells_at, inside_of, squares, squares_about_the_mean, squares_by_cell
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

# Bits that the whole error of a cell must be worth before it is looked at, and before details are tried; steps that the
# largest of its coefficients, or a pixel, must have. Of what details gain on photos 98 % remain, for a fraction of the
# time.
_WORTH_A_COLOUR, _WORTH_DETAILS = 64.0, 180.0
LARGEST_AT_LEAST, LONE_DOT = 1.25, 2.0


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
    worth = squares_by_cell(original, reconstruction) * worth_of_square
    rows, columns = np.nonzero(worth > _WORTH_A_COLOUR)
    if not rows.size:
        return None
    tried = _Tried(
        cells_at(original, rows, columns),
        cells_at(reconstruction, rows, columns),
        inside_of(original.shape, rows, columns),
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
        self.costs = costs  # bits, and what the error is worth
        self.kinds = np.full(len(levels), ABSENT, np.uint8)
        self.symbols = np.zeros((len(levels), CHANNELS, CELL_PX, CELL_PX), np.int16)

    def flat(self) -> None:
        """Tries a single colour, the mean."""
        spread = squares_about_the_mean(self._original) * self._worth_of_square
        which = np.flatnonzero(spread < self.costs)
        symbols = np.zeros((len(which), *self.symbols.shape[1:]), np.int16)
        colours = mean_colours(self._original[which]) - mean_colours(self._reconstruction[which])
        symbols[:, :, 0, 0] = colours
        self._take_better(which, FLAT, symbols, flat_price(colours))

    def details(self, kind: int) -> None:
        """Tries coefficients or pixels."""
        which = np.flatnonzero(self.costs > _WORTH_DETAILS)
        difference = self._original[which].astype(np.int16) - self._reconstruction[which]
        steps = step_of(self._levels[which]).astype(np.float32)
        if kind == PIXELS:
            lone = np.abs(difference).max(axis=(1, 2, 3), initial=0) * np.float32(np.sqrt(3)) > LONE_DOT * steps
            which, difference, steps = which[lone], difference[lone], steps[lone]
        scaled = coefficients(difference, kind).reshape(-1, CHANNELS * COEFFICIENTS) / steps[:, None]
        if kind == FREQUENCIES:
            hopeful = np.maximum(scaled.max(axis=1, initial=0), -scaled.min(axis=1, initial=0)) > LARGEST_AT_LEAST
            which, scaled = which[hopeful], scaled[hopeful]
        self._take_better(which, kind, *rounded(scaled, kind))

    def _take_better(
        self, which: NDArray[np.intp], kind: int, symbols: NDArray[np.int16], prices: NDArray[np.int64]
    ) -> None:
        before = self._reconstruction[which]
        change = added(np.full(len(which), kind, np.uint8), symbols, self._levels[which], before)
        errors = self._original[which] - np.clip(before + change, 0, 255)
        if self._inside is not None:
            errors *= self._inside[which]
        costs = squares(errors) * self._worth_of_square[which] + prices / PRICE_UNITS
        better = costs < self.costs[which]
        self.costs[which[better]] = costs[better]
        self.kinds[which[better]], self.symbols[which[better]] = kind, symbols[better]
