"""Which cells the encoder gives details, and which: what saves more of the squared error than its bits are worth.

All that decides about a cell is computed from that cell alone, in integers or number by number, so that a picture may
be handled in parts of any size.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.detail.contexts import SCANS
from qmap_studio.codec.common.detail.tables import UNIT, detail_tables, table_of
from qmap_studio.codec.common.detail.transform import (
    ABSENT,
    CHANNELS,
    COEFFICIENTS,
    FREQUENCIES,
    PIXELS,
    added,
    coefficients,
    step_of,
)
from qmap_studio.codec.common.entropy import WIDEST
from qmap_studio.core.cells import CELL_PX

# lambda / 3 times the squared error of one step, in bits: it follows from the step.
_BITS_OF_A_STEP = 6 / np.log(2)
_BITS_OF_A_CELL = 3.0  # to say that there are details
_LEAST_WEIGHT = 100.0  # bits: where all of the error is worth less, nothing is tried
_ROUNDS = 2


@dataclass(frozen=True)
class Details:
    """What is added to a reconstruction.

    Attributes:
        kinds: uint8 (rows, columns), ABSENT, FREQUENCIES or PIXELS for each cell.
        symbols: int16 (n, 3, 16, 16), of the cells that have details, row by row.
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
    given, decoded = _cells(original, levels.shape), _cells(reconstruction, levels.shape)
    difference = given - decoded
    weights = _BITS_OF_A_STEP / step_of(levels.ravel()) ** 2
    costs = weights * _squares(difference)
    tried = np.flatnonzero(costs > _LEAST_WEIGHT)
    kinds = np.full(levels.size, ABSENT, np.uint8)
    symbols = np.zeros((levels.size, CHANNELS, CELL_PX, CELL_PX), np.int16)
    for kind in (FREQUENCIES, PIXELS):
        rounded, bits = _rounded(coefficients(difference[tried], kind), levels.ravel()[tried], kind)
        mended = decoded[tried] + added(np.full(len(tried), kind, np.uint8), rounded, levels.ravel()[tried])
        errors = given[tried] - np.clip(mended, 0, 255)
        new_costs = weights[tried] * _squares(errors) + bits
        better = new_costs < costs[tried]
        kinds[tried[better]], symbols[tried[better]] = kind, rounded[better]
        costs[tried[better]] = new_costs[better]
    chosen = kinds != ABSENT
    return Details(kinds.reshape(levels.shape), symbols[chosen]) if chosen.any() else None


def _cells(pixels: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.int16]:
    """Cell by cell (n, 16, 16, 3), those at the edge filled up."""
    rows, columns = shape
    padding = ((0, rows * CELL_PX - pixels.shape[0]), (0, columns * CELL_PX - pixels.shape[1]), (0, 0))
    whole = np.pad(pixels, padding, mode="edge").reshape(rows, CELL_PX, columns, CELL_PX, CHANNELS)
    return whole.transpose(0, 2, 1, 3, 4).reshape(-1, CELL_PX, CELL_PX, CHANNELS).astype(np.int16)


def _squares(errors: NDArray[np.int16]) -> NDArray[np.int64]:
    """The squared error of each cell."""
    flat = errors.reshape(len(errors), -1).astype(np.int32)
    squares: NDArray[np.int64] = np.einsum("ij,ij->i", flat, flat).astype(np.int64)
    return squares


def _rounded(
    values: NDArray[np.float64], levels: NDArray[np.uint16], kind: int
) -> tuple[NDArray[np.int16], NDArray[np.float64]]:
    """Coefficients (n, 3, 16, 16) in steps, rounded so that error and bits together are least, and the cells' bits."""
    scaled = values.reshape(-1, CHANNELS, COEFFICIENTS) / step_of(levels)[:, None, None]
    sizes = np.abs(scaled)
    zones = _ZONES[kind]
    counts = zones.sum(axis=0)
    prices = detail_tables().bits.astype(np.float64)
    down = np.minimum(np.floor(sizes), WIDEST)
    symbols = np.floor(sizes + 0.3)
    for _ in range(_ROUNDS):
        tables = table_of(((symbols @ zones) * UNIT + 13).astype(np.int64) // counts.astype(np.int64)) @ zones.T.astype(np.int64)
        choices = np.stack((np.zeros_like(down), down, down + 1))
        costs = (sizes - choices) ** 2 * _BITS_OF_A_STEP + prices[tables, choices.astype(np.int64)]
        symbols = np.take_along_axis(choices, costs.argmin(axis=0)[None], axis=0)[0]
    bits = prices[tables, symbols.astype(np.int64)].sum(axis=(1, 2)) + _BITS_OF_A_CELL
    return (np.sign(scaled) * symbols).astype(np.int16).reshape(values.shape), bits


def _zones(kind: int) -> NDArray[np.float64]:
    """(256, zones): where the encoder expects one magnitude; of pixels, the whole cell."""
    groups = SCANS[kind].groups if kind == FREQUENCIES else (np.arange(COEFFICIENTS),)
    zones = np.zeros((COEFFICIENTS, len(groups)))
    for k, group in enumerate(groups):
        zones[group, k] = 1
    return zones


_ZONES = {kind: _zones(kind) for kind in SCANS}
