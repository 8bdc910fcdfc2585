"""Coefficients to symbols: rounded so that squared error and bits together are least, cell by cell."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.detail.scans import SCANS
from qmap_studio.codec.common.detail.tables import UNIT, detail_tables, table_of
from qmap_studio.codec.common.detail.transform import CHANNELS, COEFFICIENTS, FREQUENCIES
from qmap_studio.codec.common.entropy_tables import WIDEST
from qmap_studio.core.cells import CELL_PX

PRICE_UNITS = 256
"""Prices are integers, so that sums of them are exact."""

_STEP_WORTH = 6 / np.log(2)
_ROUNDS = 2
_LEAST = 0.5  # what is smaller becomes 0 in any case
_OF_A_CELL = 14 * PRICE_UNITS
_SURPLUS = 16  # what the coder expects fits less well: it needs one part in so many more


@cache
def _prices() -> NDArray[np.int64]:
    """By table and magnitude."""
    return np.rint(detail_tables().bits * PRICE_UNITS).astype(np.int64)


def rounded(scaled: NDArray[np.float32], kind: int) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """The symbols of cells and their prices.

    Each group of a channel is priced by the table of its own mean, which the coder, that expects by what came before,
    comes near to.

    Args:
        scaled: (n, 768), coefficients in steps.
    Returns:
        int16 (n, 3, 16, 16), and (n,) in bits / PRICE_UNITS.
    """
    zones, sizes = _zones(kind)
    cells, places = np.nonzero(np.abs(scaled) > _LEAST)
    values = np.abs(scaled[cells, places])
    zone = cells * len(sizes) + zones[places]
    all_sizes, prices = np.tile(sizes, len(scaled)), _prices()
    down = np.minimum(np.floor(values), WIDEST)
    choices = np.stack((np.zeros_like(down), down, down + 1))
    errors = (values - choices) ** 2 * np.float32(_STEP_WORTH * PRICE_UNITS)
    magnitudes = choices.astype(np.int64)
    symbols = np.floor(values + np.float32(0.3)).astype(np.int64)
    for _ in range(_ROUNDS):
        sums = np.bincount(zone, symbols, len(all_sizes)).astype(np.int64)
        tables = table_of((sums * UNIT + UNIT // 20) // all_sizes)
        best = (errors + prices[tables[zone], magnitudes]).argmin(axis=0)
        symbols = np.take_along_axis(magnitudes, best[None], axis=0)[0]
    zeros = prices[tables, 0]
    more = np.bincount(zone, prices[tables[zone], symbols] - zeros[zone], len(all_sizes)).astype(np.int64)
    price = (zeros * all_sizes + more).reshape(-1, len(sizes)).sum(axis=1)
    price += price // _SURPLUS + _OF_A_CELL
    found = np.zeros(scaled.shape, np.int16)
    found[cells, places] = np.where(scaled[cells, places] < 0, -symbols, symbols)
    return found.reshape(-1, CHANNELS, CELL_PX, CELL_PX), price


def flat_price(colours: NDArray[np.int32]) -> NDArray[np.int64]:
    """The price of colours (n, 3) that differ from the mean by so much."""
    return np.rint(PRICE_UNITS * (2 * np.log2(1 + np.abs(colours)) + 1)).astype(np.int64).sum(axis=1) + _OF_A_CELL


@cache
def _zones(kind: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The zone of each of 768 places, and the size of each zone: the scan's groups, or of pixels the whole channel."""
    groups = SCANS[kind].groups if kind == FREQUENCIES else (np.arange(COEFFICIENTS),)
    zones = np.zeros((CHANNELS, COEFFICIENTS), np.int64)
    for k, group in enumerate(groups):
        zones[:, group] = np.arange(CHANNELS)[:, None] * len(groups) + k
    return zones.ravel(), np.bincount(zones.ravel())
