"""Which pixels have which code: maps of yes and no, in blocks that are uniform or not, pixel by pixel in those."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.binary_coder import ONE, BinaryDecoder, BinaryEncoder
from qmap_studio.codec.common.kept.codes import Codes

BLOCK_PX = 8
_RATE = 5
"""The slowest: a probability moves by 1/32 of what it is off, faster at first."""
_LEAST = 1 << 8
_NO, _YES, _MIXED = range(3)
_VALUE = 48  # where the contexts of a uniform block's value begin


class _Contexts:
    """Probabilities that follow the bits, each as fast as it is young."""

    def __init__(self, coder: BinaryEncoder | BinaryDecoder, count: int) -> None:
        self._bit, self._states = coder.bit, [(ONE // 2, 1)] * count

    def bit(self, value: int, context: int) -> int:
        probability, rate = self._states[context]
        value = self._bit(value, min(max(probability, _LEAST), ONE - _LEAST))
        probability += ((ONE if value else 0) - probability) >> rate
        self._states[context] = probability, min(rate + 1, _RATE)
        return value


def pack_codes(codes: Codes, present: Sequence[int]) -> bytes:
    """Codes which pixels have which of the codes that are present; no bytes where there is but one."""
    coder = BinaryEncoder()
    is_open = np.ones(codes.shape, bool)
    for code in present[:-1]:
        is_code = codes == code
        _Map(coder, is_code, is_open).walk()
        is_open &= ~is_code
    return coder.finish() if len(present) > 1 else b""


def unpack_codes(data: bytes, present: Sequence[int], height: int, width: int) -> Codes:
    """What pack_codes coded; any bytes are safe to give.

    Raises:
        BitstreamError: the bytes end too early, or go on after the end.
    """
    codes = np.full((height, width), present[-1], np.uint8)
    if len(present) > 1:
        coder, is_open = BinaryDecoder(data), np.ones(codes.shape, bool)
        for code in present[:-1]:
            is_code = np.zeros(codes.shape, bool)
            _Map(coder, is_code, is_open).walk()
            codes[is_code] = code
            is_open &= ~is_code
        coder.finish()
    return codes


class _Map:
    """Codes, or fills in, a map of yes and no where it is open."""

    def __init__(
        self, coder: BinaryEncoder | BinaryDecoder, values: NDArray[np.bool_], is_open: NDArray[np.bool_]
    ) -> None:
        self._values, self._is_open = values, is_open
        self._blocks, self._pixels = _Contexts(coder, 64), _Contexts(coder, 1 << 9)
        self._told = [bytearray(values.shape[1] + 4) for _ in range(values.shape[0] + 2)]  # with a margin of no

    def walk(self) -> None:
        height, width = self._values.shape
        kinds = [[_NO] * (-(-width // BLOCK_PX) + 2) for _ in range(-(-height // BLOCK_PX) + 1)]
        for top in range(0, height, BLOCK_PX):
            for left in range(0, width, BLOCK_PX):
                block = np.s_[top : top + BLOCK_PX, left : left + BLOCK_PX]
                if self._is_open[block].any():
                    self._block(kinds, block, top // BLOCK_PX + 1, left // BLOCK_PX + 1)
        for y in range(height):
            self._values[y] = np.frombuffer(self._told[y + 2][2:-2], bool)

    def _block(self, kinds: list[list[int]], block: tuple[slice, slice], row: int, column: int) -> None:
        above, left, corner = kinds[row - 1][column], kinds[row][column - 1], kinds[row - 1][column - 1]
        rows, columns = (at.tolist() for at in np.nonzero(self._is_open[block]))
        values = self._values[block]
        inside = values[rows, columns]
        if self._blocks.bit(int(inside.any() and not inside.all()), 16 * above + 4 * left + corner):
            kinds[row][column] = _MIXED
            bits = inside.tolist()
        else:
            kinds[row][column] = self._blocks.bit(int(inside[0]), _VALUE + 4 * above + left)
            bits = None
        value = kinds[row][column]
        top, first = block[0].start, block[1].start
        for i, (y, x) in enumerate(zip(rows, columns, strict=True)):
            self._told[top + y + 2][first + x + 2] = value if bits is None else self._pixel(bits[i], top + y, first + x)

    def _pixel(self, value: int, y: int, x: int) -> int:
        here, above, higher = self._told[y + 2], self._told[y + 1], self._told[y]
        context = here[x] | here[x + 1] << 1 | above[x] << 2 | above[x + 1] << 3 | above[x + 2] << 4
        context |= above[x + 3] << 5 | above[x + 4] << 6 | higher[x + 2] << 7 | higher[x + 3] << 8
        return self._pixels.bit(value, context)
