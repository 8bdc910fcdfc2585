"""The signalled map: integer steps on the latent grid, coded without loss. SFC.md specifies it.

    step -- predict from neighbours --> residual -- flat? zero? sign, magnitude --> bits
    bits -- probability: adaptive contexts, mixed --> binary arithmetic coder --> bytes

Coder and decoder are one walk over the cells: the same code asks for the same bits in the same order, and only
what stands behind `bit` differs. All arithmetic is on integers, so that every machine reads every map alike.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.binary_coder import ONE, BinaryDecoder, BinaryEncoder
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr

MAX_STEP = 32

_LEAST = 32  # probabilities stay this far from certainty
_MAX_COUNT = 255
_MAX_LOGIT = 3071  # logits are natural, in 1/256

# A logit of each 12-bit probability and back. No entry lies near a half, so every libm rounds it the same way.
_LOGIT = [round(256 * math.log((i + 0.5) / (4095.5 - i))) for i in range(4096)]
_PROBABILITY = [
    min(max(round(ONE / (1 + math.exp(-d / 256))), _LEAST), ONE - _LEAST) for d in range(-_MAX_LOGIT, _MAX_LOGIT + 1)
]
# A context learns fast while it is young, and is trusted little.
_RATE = [(10 * ONE) // (10 * n + 16) for n in range(_MAX_COUNT + 1)]
_TRUST = [256 * (10 * n + 6) // (10 * n + 16) for n in range(_MAX_COUNT + 1)]


def encode_steps(steps: NDArray[np.integer[Any]]) -> bytes:
    """Codes a map of steps.

    Args:
        steps: integers (rows, cols) in [-32, 32].
    Returns:
        The bytes; none at all where every step is 0.
    """
    if steps.ndim != 2 or steps.size == 0:
        raise ValueError(f"steps have shape {steps.shape}; rows and columns were expected")
    low, high = int(steps.min()), int(steps.max())
    if low < -MAX_STEP or high > MAX_STEP:
        raise ValueError(f"steps lie between {low} and {high}; -{MAX_STEP} to {MAX_STEP} was expected")
    if low == high == 0:
        return b""
    bounds = bytes([low + MAX_STEP, high + MAX_STEP])
    if low == high:
        return bounds
    coder = BinaryEncoder()
    _Walk(coder, low, high).cells(steps.tolist())
    return bounds + coder.finish()


def decode_steps(data: bytes, rows: int, cols: int) -> NDArray[np.int32]:
    """The steps that encode_steps coded; any bytes are safe to give.

    Returns:
        int32 (rows, cols) in [-32, 32].
    Raises:
        BitstreamError: the bytes are no map of this size, as far as can be told.
    """
    if not data:
        return np.zeros((rows, cols), np.int32)
    low, high = data[0] - MAX_STEP, (data[1] if len(data) > 1 else -1) - MAX_STEP
    if not -MAX_STEP <= low <= high <= MAX_STEP or low == high == 0:
        raise BitstreamError(tr("The .sfc file is damaged: its quality map has no valid range."))
    if low == high:
        if len(data) > 2:
            raise BitstreamError(tr("The .sfc file is damaged: its quality map goes on after its end."))
        return np.full((rows, cols), low, np.int32)
    steps = [[low] * cols for _ in range(rows)]
    coder = BinaryDecoder(data[2:])
    _Walk(coder, low, high).cells(steps)
    coder.finish()
    return np.array(steps, np.int32)


def _classes(limits: tuple[int, ...], size: int) -> list[int]:
    """For each number below size, how many of the limits it exceeds."""
    return [sum(number > limit for limit in limits) for number in range(size)]


def _classes_around_zero(limits: tuple[int, ...]) -> list[int]:
    """The same for -128..128, on both sides of 0, as 0..2 * len(limits)."""
    return [
        len(limits) + (1 if number > 0 else -1) * sum(abs(number) > limit for limit in limits)
        for number in range(-128, 129)
    ]


_ACTIVITY = _classes((1, 2, 4, 7, 12, 20, 32), 1 << 9)
_ERROR = _classes((0, 1, 3, 6, 12), 1 << 8)
_SLOPE = _classes_around_zero((0, 1, 2, 3, 7))

# Where each family of contexts begins in the one list of them.
_FLAT = 0
_FLAT_SIZE = _FLAT + 24
_ZERO_ACTIVITY = _FLAT_SIZE + 10
_ZERO_ERROR = _ZERO_ACTIVITY + 24
_ZERO_TEXTURE = _ZERO_ERROR + 18
_SIGN_ERRORS = _ZERO_TEXTURE + 243
_SIGN_SLOPES = _SIGN_ERRORS + 9
_SIGN_TEXTURE = _SIGN_SLOPES + 121
_SIZE_ACTIVITY = _SIGN_TEXTURE + 243
_SIZE_SLOPES = _SIZE_ACTIVITY + 80
_SIZE_ERROR = _SIZE_SLOPES + 121
_CONTEXTS = _SIZE_ERROR + 60


def _texture(predicted: int, *neighbours: int) -> int:
    """Which neighbours lie below, at and above the prediction, as digits of base 3."""
    texture = 0
    for value in neighbours:
        texture = 3 * texture + (value > predicted) - (value < predicted) + 1
    return texture


class _Walk:
    """Visits the cells row by row, with all that was learned on the way."""

    def __init__(self, coder: BinaryEncoder | BinaryDecoder, low: int, high: int) -> None:
        self._bit = coder.bit
        self._low, self._high = low, high
        self._probability = [ONE // 2] * _CONTEXTS
        self._probability[_FLAT:_FLAT_SIZE] = [2000] * 24  # a flat area mostly goes on
        self._count = [0] * _CONTEXTS
        self._zero_weights = [30000] * 3
        self._sign_weights = [30000] * 3
        self._size_weights = [30000] * 3

    def cells(self, steps: list[list[int]]) -> None:
        """Codes the steps, or writes over them what it decodes."""
        cols = len(steps[0])
        outside = min(max(0, self._low), self._high)
        # Two cells more on both sides; each row keeps its coding errors beside it.
        above = above2 = [outside] * (cols + 4)
        errors_above = [0] * (cols + 4)
        for row in steps:
            values = [above[2]] * 2 + row + [0] * 2
            errors = [0] * (cols + 4)
            for x in range(2, cols + 2):
                errors[x] = self._cell(values, above, above2, errors, errors_above, x)
            values[cols + 2 :] = values[cols + 1 : cols + 2] * 2
            row[:] = values[2 : cols + 2]
            above2, above, errors_above = above, values, errors

    def _cell(
        self, row: list[int], above: list[int], above2: list[int], errors: list[int], errors_above: list[int], x: int
    ) -> int:
        """Codes or decodes the value at row[x]; gives its error of prediction."""
        low, high = self._low, self._high
        ww, w = row[x - 2], row[x - 1]
        nw, n, ne = above[x - 1], above[x], above[x + 1]
        nn = above2[x]
        if w == n == nw == ne:
            context = _FLAT + 3 * ((ww == w) + 2 * (nn == n) + 4 * (above[x + 2] == n)) + (w == low) + 2 * (w == high)
            if not self._plain(row[x] != w, context):
                row[x] = w
                return 0
            error = self._flat_error(row[x] - w, w)
            row[x] = w + error
            return error

        predicted = min(max((6 * (w + n) - 3 * nw + ne - ww - nn + 4) >> 3, low), high)
        across = min(max(2 * w - ww, low), high)
        down = min(max(2 * n - nn, low), high)
        error_w, error_n = errors[x - 1], errors_above[x]
        edge = (predicted == low) + 2 * (predicted == high)
        horizontal = abs(w - ww) + abs(n - nw) + abs(ne - n)
        vertical = abs(w - nw) + abs(n - nn)
        activity = _ACTIVITY[(2 * horizontal + 3 * vertical) // 3]
        recent = _ERROR[abs(error_w) + abs(error_n) + abs(errors_above[x + 1])]
        texture = _texture(predicted, w, n, ne, nw, ww)
        error = row[x] - predicted

        if not self._mixed(
            error != 0,
            self._zero_weights,
            _ZERO_ACTIVITY + 3 * activity + edge,
            _ZERO_ERROR + 3 * recent + edge,
            _ZERO_TEXTURE + texture,
        ):
            row[x] = predicted
            return 0
        if edge:
            sign = 1 if edge == 1 else -1
        else:
            positive = self._mixed(
                error > 0,
                self._sign_weights,
                _SIGN_ERRORS + 3 * ((error_w > 0) - (error_w < 0)) + ((error_n > 0) - (error_n < 0)) + 4,
                _SIGN_SLOPES + 11 * _SLOPE[down - predicted + 128] + _SLOPE[across - predicted + 128],
                _SIGN_TEXTURE + texture,
            )
            sign = 1 if positive else -1
        room = high - predicted if sign > 0 else predicted - low
        size, reached = abs(error), 1
        down, across = (down - predicted) * sign + 128, (across - predicted) * sign + 128
        while reached < room and self._mixed(
            size > reached,
            self._size_weights,
            _SIZE_ACTIVITY + 8 * min(reached, 9) + activity,
            _SIZE_SLOPES + 11 * _SLOPE[down - reached] + _SLOPE[across - reached],
            _SIZE_ERROR + 12 * min(reached, 4) + 2 * recent + (sign > 0),
        ):
            reached += 1
        row[x] = predicted + sign * reached
        return sign * reached

    def _flat_error(self, error: int, predicted: int) -> int:
        """An error, known not to be 0, where all neighbours are equal: there is nothing to learn from."""
        if self._low < predicted < self._high:
            sign = 1 if self._plain(error > 0, _FLAT_SIZE) else -1
        else:
            sign = 1 if predicted == self._low else -1
        room = self._high - predicted if sign > 0 else predicted - self._low
        size, reached = abs(error), 1
        while reached < room and self._plain(size > reached, _FLAT_SIZE + min(reached, 9)):
            reached += 1
        return sign * reached

    def _plain(self, value: int, context: int) -> int:
        """A bit in one context."""
        probability = self._probability[context]
        value = self._bit(value, probability)
        self._learn(value, context)
        return value

    def _mixed(self, value: int, weights: list[int], a: int, b: int, c: int) -> int:
        """A bit in three contexts, whose opinions are weighed by how well they did so far."""
        probability, count = self._probability, self._count
        logit_a = _LOGIT[probability[a] >> 4] * _TRUST[count[a]] >> 8
        logit_b = _LOGIT[probability[b] >> 4] * _TRUST[count[b]] >> 8
        logit_c = _LOGIT[probability[c] >> 4] * _TRUST[count[c]] >> 8
        logit = (weights[0] * logit_a + weights[1] * logit_b + weights[2] * logit_c) >> 16
        mixed = _PROBABILITY[min(max(logit, -_MAX_LOGIT), _MAX_LOGIT) + _MAX_LOGIT]
        value = self._bit(value, mixed)
        miss = (ONE if value else 0) - mixed
        weights[0] += logit_a * miss >> 14
        weights[1] += logit_b * miss >> 14
        weights[2] += logit_c * miss >> 14
        self._learn(value, a)
        self._learn(value, b)
        self._learn(value, c)
        return value

    def _learn(self, value: int, context: int) -> None:
        count = self._count[context]
        old = self._probability[context]
        new = old + (((ONE if value else 0) - old) * _RATE[count] >> 16)
        self._probability[context] = min(max(new, _LEAST), ONE - _LEAST)
        if count < _MAX_COUNT:
            self._count[context] = count + 1
