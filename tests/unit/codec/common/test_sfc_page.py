"""A second reader of the map, written from SFC.md alone, reads what the program writes."""

from collections import defaultdict
from math import exp, log

import numpy as np
import pytest

from qmap_studio.codec.common.map_coding import encode_steps


def clamp(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)


def sgn(value: int) -> int:
    return (value > 0) - (value < 0)


def klass(value: int, *limits: int) -> int:
    return sum(limit < value for limit in limits)


def slope(value: int) -> int:
    return 5 + sgn(value) * klass(abs(value), 0, 1, 2, 3, 7)


class SecondReader:
    """Slow and literal: section 3 of the page, top to bottom."""

    def __init__(self, data: bytes, rows: int, cols: int) -> None:
        self.low, self.high = data[0] - 32, data[1] - 32
        self.rows, self.cols = rows, cols
        self.first, self.last = 0, 2**32 - 1
        self.following = iter(data[2:] + b"\0\0\0")
        self.code = int.from_bytes(bytes(next(self.following) for _ in range(4)), "big")
        self.p = defaultdict(lambda: 32768)
        self.n: dict[tuple[str, int], int] = defaultdict(int)
        self.weights = {name: [30000] * 3 for name in ("zero", "sign", "size")}
        self.steps: dict[tuple[int, int], int] = {}
        self.errors: dict[tuple[int, int], int] = defaultdict(int)

    def bit(self, probability: int) -> int:
        middle = self.first + ((self.last - self.first) * probability >> 16)
        bit = int(self.code <= middle)
        if bit:
            self.last = middle
        else:
            self.first = middle + 1
        while self.first >> 24 == self.last >> 24:
            self.first = self.first << 8 & 0xFFFFFFFF
            self.last = (self.last << 8 & 0xFFFFFFFF) + 0xFF
            self.code = (self.code << 8 & 0xFFFFFFFF) + next(self.following)
        return bit

    def learn(self, context: tuple[str, int], bit: int) -> None:
        p, n = self.p[context], self.n[context]
        self.p[context] = clamp(p + ((65536 * bit - p) * (655360 // (10 * n + 16)) >> 16), 32, 65504)
        self.n[context] = min(n + 1, 255)

    def plain(self, name: str, index: int) -> int:
        context = (name, index)
        if name == "FLAT" and context not in self.p:
            self.p[context] = 2000
        bit = self.bit(self.p[context])
        self.learn(context, bit)
        return bit

    def mixed(self, name: str, *contexts: tuple[str, int]) -> int:
        weights, t = self.weights[name], []
        for context in contexts:
            i, n = self.p[context] >> 4, self.n[context]
            t.append(round(256 * log((i + 0.5) / (4095.5 - i))) * (256 * (10 * n + 6) // (10 * n + 16)) >> 8)
        total = clamp(sum(w * t_i for w, t_i in zip(weights, t, strict=True)) >> 16, -3071, 3071)
        probability = clamp(round(65536 / (1 + exp(-total / 256))), 32, 65504)
        bit = self.bit(probability)
        for i, t_i in enumerate(t):
            weights[i] += t_i * (65536 * bit - probability) >> 14
        for context in contexts:
            self.learn(context, bit)
        return bit

    def neighbour(self, row: int, col: int) -> int:
        if row < 0:
            return clamp(0, self.low, self.high)
        if col < 0:
            return self.neighbour(row - 1, 0)
        return self.steps[row, min(col, self.cols - 1)]

    def cell(self, row: int, col: int) -> None:
        low, high, at = self.low, self.high, self.neighbour
        w, ww, n, nn = at(row, col - 1), at(row, col - 2), at(row - 1, col), at(row - 2, col)
        nw, ne, nee = at(row - 1, col - 1), at(row - 1, col + 1), at(row - 1, col + 2)
        if w == n == nw == ne:
            pred = w
            index = 3 * ((ww == w) + 2 * (nn == n) + 4 * (nee == n)) + (w == low) + 2 * (w == high)
            if self.plain("FLAT", index):
                positive = w == low or (w != high and self.plain("FLATSIZE", 0))
                s, k = (1 if positive else -1), 1
                while k < (high - w if s > 0 else w - low) and self.plain("FLATSIZE", min(k, 9)):
                    k += 1
                self.steps[row, col] = w + s * k
            else:
                self.steps[row, col] = w
        else:
            pred = clamp(6 * w + 6 * n - 3 * nw + ne - ww - nn + 4 >> 3, low, high)
            across, down = clamp(2 * w - ww, low, high), clamp(2 * n - nn, low, high)
            edge = (pred == low) + 2 * (pred == high)
            h, v = abs(w - ww) + abs(n - nw) + abs(ne - n), abs(w - nw) + abs(n - nn)
            act = klass((2 * h + 3 * v) // 3, 1, 2, 4, 7, 12, 20, 32)
            e_w, e_n, e_ne = self.errors[row, col - 1], self.errors[row - 1, col], self.errors[row - 1, col + 1]
            rec = klass(abs(e_w) + abs(e_n) + abs(e_ne), 0, 1, 3, 6, 12)
            tex = sum(3 ** (4 - i) * (sgn(v_i - pred) + 1) for i, v_i in enumerate((w, n, ne, nw, ww)))
            self.steps[row, col] = pred
            if self.mixed("zero", ("ZA", 3 * act + edge), ("ZE", 3 * rec + edge), ("ZT", tex)):
                both = 11 * slope(down - pred) + slope(across - pred)
                contexts = ("SE", 3 * sgn(e_w) + sgn(e_n) + 4), ("SS", both), ("ST", tex)
                s = {1: 1, 2: -1}.get(edge) or (1 if self.mixed("sign", *contexts) else -1)
                k = 1
                while k < (high - pred if s > 0 else pred - low) and self.mixed(
                    "size",
                    ("MA", 8 * min(k, 9) + act),
                    ("MS", 11 * slope(s * (down - pred) - k) + slope(s * (across - pred) - k)),
                    ("ME", 12 * min(k, 4) + 2 * rec + (s == 1)),
                ):
                    k += 1
                self.steps[row, col] = pred + s * k
        self.errors[row, col] = self.steps[row, col] - pred

    def read(self) -> np.ndarray:
        for row in range(self.rows):
            for col in range(self.cols):
                self.cell(row, col)
        assert next(self.following, None) is None
        return np.array([[self.steps[row, col] for col in range(self.cols)] for row in range(self.rows)])


@pytest.mark.parametrize("shape", [(1, 2), (7, 1), (2, 3), (20, 30)])
@pytest.mark.parametrize("kind", ["noise", "ramp", "blobs", "offset"])
def test_agrees(shape: tuple[int, int], kind: str) -> None:
    rows, cols = np.mgrid[0 : shape[0], 0 : shape[1]]
    steps = {
        "noise": np.random.default_rng(3).integers(-32, 33, shape),
        "ramp": (rows + 2 * cols) // 5 - 7,
        "blobs": np.rint(19 / (1 + np.exp((np.hypot(rows % 12 - 6, cols % 14 - 7) - 4) * 1.5))).astype(int),
        "offset": 5 + (cols > 3) * 8 + (rows == cols),
    }[kind]
    steps[0, 0] += 1 if steps.min() == steps.max() else 0
    assert np.array_equal(SecondReader(encode_steps(steps), *shape).read(), steps)
