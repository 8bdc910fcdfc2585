"""Which pixels have which code: maps of yes and no, in blocks that are uniform or not, pixel by pixel in those."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.binary_coder import ONE, BinaryDecoder, BinaryEncoder
from qmap_studio.codec.common.kept.codes import Codes
from qmap_studio.codec.common.kept.photographic.tables import mask_start
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr

BLOCK_PX = 8
MARGIN = 3
CONTEXTS = 1 << 12
_NO, _YES, _MIXED = range(3)
_FASTEST, _SLOWEST = 3, 5
"""By which power of two a probability is moved towards a bit, at first and in the end."""
_LEAST = 1 << 8

Map = NDArray[np.bool_]


def pack_codes(codes: Codes, present: Sequence[int]) -> bytes:
    """Codes which pixels have which of the codes that are present; no bytes where there is but one."""
    if len(present) == 1:
        return b""
    coder, is_open = BinaryEncoder(), np.ones(codes.shape, bool)
    for code in present[:-1]:
        is_open &= ~_Map(coder, codes == code, is_open).walk()
    return coder.finish()


def unpack_codes(data: bytes, present: Sequence[int], height: int, width: int) -> Codes:
    """What pack_codes coded; any bytes are safe to give.

    Raises:
        BitstreamError: the bytes end too early, or go on after the end.
    """
    codes = np.full((height, width), present[-1], np.uint8)
    if len(present) == 1:
        if data:
            raise BitstreamError(tr("The .sfc file is damaged: a part without loss cannot be read."))
        return codes
    coder, is_open = BinaryDecoder(data), np.ones(codes.shape, bool)
    for code in present[:-1]:
        is_code = _Map(coder, np.zeros_like(is_open), is_open).walk()
        codes[is_code] = code
        is_open &= ~is_code
    coder.finish()
    return codes


class _Contexts:
    """Probabilities of a yes that follow the bits, faster while they are young."""

    def __init__(self, coder: BinaryEncoder | BinaryDecoder, start: Sequence[int]) -> None:
        self._bit, self._states = coder.bit, [(probability, _FASTEST) for probability in start]

    def bit(self, value: int, context: int) -> int:
        probability, rate = self._states[context]
        value = self._bit(value, min(max(probability, _LEAST), ONE - _LEAST))
        probability += ((ONE if value else 0) - probability) >> rate
        self._states[context] = probability, min(rate + 1, _SLOWEST)
        return value


class _Map:
    """Codes, or fills in, a map where it is open; elsewhere it is no."""

    def __init__(self, coder: BinaryEncoder | BinaryDecoder, values: Map, is_open: Map) -> None:
        self._values, self._is_open = values, is_open
        self._mixed, self._value = _Contexts(coder, _MIXED_START), _Contexts(coder, _VALUE_START)
        self._pixels = _Contexts(coder, mask_start())
        height, width = values.shape
        self._told = np.zeros((height + 2, width + 2 * MARGIN), np.uint8)  # with no around it
        self._rows = [memoryview(row) for row in self._told]  # quicker where pixels are told one by one

    def walk(self) -> Map:
        amounts, yes = _by_block(self._is_open), _by_block(self._values)
        kinds = [[_NO] * (len(amounts[0]) + 1) for _ in range(len(amounts) + 1)]
        for row, column in np.ndindex(len(amounts), len(amounts[0])):
            if amounts[row][column]:
                around = 9 * kinds[row][column + 1] + 3 * kinds[row + 1][column] + kinds[row][column]
                kind = self._block(row, column, around, amounts[row][column], yes[row][column])
                kinds[row + 1][column + 1] = kind
        return self._told[2:, MARGIN:-MARGIN].astype(bool)

    def _block(self, row: int, column: int, around: int, amount: int, yes: int) -> int:
        top, left = BLOCK_PX * row, BLOCK_PX * column
        block = np.s_[top : top + BLOCK_PX, left : left + BLOCK_PX]
        if self._mixed.bit(int(0 < yes < amount), around):
            is_open, values = self._is_open[block], self._values[block]
            rows, columns = (at.tolist() for at in np.nonzero(is_open))
            for value, y, x in zip(values[is_open].tolist(), rows, columns, strict=True):
                self._pixel(value, top + y, left + x)
            return _MIXED
        kind = self._value.bit(int(yes > 0), around)
        if kind == _YES:
            self._told[2:, MARGIN:-MARGIN][block] = self._is_open[block]
        return kind

    def _pixel(self, value: int, y: int, x: int) -> None:
        context = context_at(self._rows[y + 2], self._rows[y + 1], self._rows[y], x + MARGIN)
        self._rows[y + 2][x + MARGIN] = self._pixels.bit(value, context)


def context_at(here: Any, above: Any, higher: Any, x: Any) -> Any:
    """A pixel's context by those before it in its row and in the two rows above, each 0 or 1; x may be an array."""
    context = here[x - 1] | here[x - 2] << 1 | here[x - 3] << 2
    context |= above[x - 2] << 3 | above[x - 1] << 4 | above[x] << 5 | above[x + 1] << 6 | above[x + 2] << 7
    return context | above[x + 3] << 8 | higher[x - 1] << 9 | higher[x] << 10 | higher[x + 1] << 11


def _by_block(values: Map) -> list[list[int]]:
    """How many pixels of each block are set."""
    counts = values.astype(np.int64)
    for axis in (0, 1):
        counts = np.add.reduceat(counts, np.arange(0, counts.shape[axis], BLOCK_PX), axis=axis)
    listed: list[list[int]] = counts.tolist()
    return listed


def _mixed_start(around: int) -> int:
    """A block is like those around it if they are alike."""
    return ONE // 16 if around in (0, 13) else ONE // 2


def _value_start(around: int) -> int:
    """A uniform block follows the one above and the one to the left."""
    votes = sum((2, 30, 16)[kind] for kind in (around // 9, around // 3 % 3))
    return ONE * votes // 64


_MIXED_START = [_mixed_start(around) for around in range(27)]
_VALUE_START = [_value_start(around) for around in range(27)]
