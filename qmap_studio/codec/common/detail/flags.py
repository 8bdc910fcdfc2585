"""Which cells have details, and of which kind: adaptive bits, from the cells around."""

import math

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.binary_coder import ONE, BinaryDecoder, BinaryEncoder
from qmap_studio.codec.common.detail.transform import ABSENT, FLAT, FREQUENCIES, PIXELS

_LEAST = 64
_SLOWEST = 60


class KindCoder:
    """Codes the kinds of cells, row by row, or reads them.

    Attributes:
        bits: that each cell has cost so far, row by row.
    """

    def __init__(self, coder: BinaryEncoder | BinaryDecoder) -> None:
        self._coder, self.bits = coder, list[float]()
        self._probability: dict[tuple[int, int, int], int] = {}
        self._count: dict[tuple[int, int, int], int] = {}

    def code(self, kinds: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The kinds (rows, columns); a decoder does not look at those given."""
        above = [ABSENT] * (kinds.shape[1] + 2)
        done = []
        for row in kinds.tolist():
            now = [ABSENT] * len(above)
            for x in range(1, len(row) + 1):
                self.bits.append(0.0)
                now[x] = self.cell(row[x - 1], now[x - 1], above[x], above[x - 1], above[x + 1])
            done.append(now[1:-1])
            above = now
        return np.array(done, np.uint8).reshape(kinds.shape)

    def cell(self, kind: int, west: int, north: int, north_west: int, north_east: int) -> int:
        present = 2 * (west != ABSENT) + 2 * (north != ABSENT) + (north_west != ABSENT) + (north_east != ABSENT)
        if not self._bit(int(kind != ABSENT), (0, present, 0)):
            return ABSENT
        if not self._bit(int(kind != FREQUENCIES), (1, west, north)):
            return FREQUENCIES
        return FLAT if self._bit(int(kind == FLAT), (2, west, north)) else PIXELS

    def _bit(self, value: int, context: tuple[int, int, int]) -> int:
        probability, count = self._probability.get(context, ONE // 2), self._count.get(context, 0)
        value = self._coder.bit(value, probability)
        self.bits[-1] -= math.log2((probability if value else ONE - probability) / ONE)
        probability += (ONE * value - probability) * 2 // (2 * count + 3)
        self._probability[context] = min(max(probability, _LEAST), ONE - _LEAST)
        self._count[context] = min(count + 1, _SLOWEST)
        return value
