import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from tests.second_reader.container import Header, Payload, must


def clamp(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


# SFC.md 3.1
class ArithmeticDecoder:
    def __init__(self, data: bytes) -> None:
        self.data = data + bytes(3)
        self.at = 0
        self.first, self.last, self.code = 0, 2**32 - 1, 0
        for _ in range(4):
            self.code = self.code << 8 | self.next_byte()

    def next_byte(self) -> int:
        must(self.at < len(self.data), "bits that need more bytes")
        self.at += 1
        return self.data[self.at - 1]

    def bit(self, probability: int) -> int:
        middle = self.first + ((self.last - self.first) * probability >> 16)
        bit = int(self.code <= middle)
        if bit:
            self.last = middle
        else:
            self.first = middle + 1
        while self.first >> 24 == self.last >> 24:
            self.first = self.first << 8 & 0xFFFFFFFF
            self.last = self.last << 8 & 0xFFFFFFFF | 0xFF
            self.code = self.code << 8 & 0xFFFFFFFF | self.next_byte()
        return bit

    def end(self) -> None:
        must(self.at == len(self.data), "bytes are left")
        must(self.code >> 24 == (self.first + 2**24 - 1) >> 24, "another last byte than the writer's")


# SFC.md 3.2
RATE = [655360 // (10 * n + 16) for n in range(256)]
TRUST = [256 * (10 * n + 6) // (10 * n + 16) for n in range(256)]
LOGIT = [round(256 * math.log((i + 0.5) / (4095.5 - i))) for i in range(4096)]
SQUASH = {t: clamp(round(65536 / (1 + math.exp(-t / 256))), 32, 65504) for t in range(-3071, 3072)}


class Context:
    def __init__(self, p: int = 32768) -> None:
        self.p = p
        self.n = 0

    def learn(self, bit: int) -> None:
        self.p = clamp(self.p + ((65536 * bit - self.p) * RATE[self.n] >> 16), 32, 65504)
        self.n = min(self.n + 1, 255)


class AdaptiveDecoder:
    def __init__(self, data: bytes) -> None:
        self.coder = ArithmeticDecoder(data)
        self.contexts: dict[tuple[str, int], Context] = {}
        self.weights = {name: [30000, 30000, 30000] for name in ("zero", "sign", "size")}

    def context(self, family: str, index: int) -> Context:
        return self.contexts.setdefault((family, index), Context(2000 if family == "FLAT" else 32768))

    def plain(self, family: str, index: int) -> int:
        context = self.context(family, index)
        bit = self.coder.bit(context.p)
        context.learn(bit)
        return bit

    def mixed(self, weights: str, *places: tuple[str, int]) -> int:
        contexts = [self.context(*place) for place in places]
        w = self.weights[weights]
        t = [LOGIT[context.p >> 4] * TRUST[context.n] >> 8 for context in contexts]
        probability = SQUASH[clamp(sum(a * b for a, b in zip(w, t, strict=True)) >> 16, -3071, 3071)]
        bit = self.coder.bit(probability)
        for i, context in enumerate(contexts):
            w[i] += t[i] * (65536 * bit - probability) >> 14
            context.learn(bit)
        return bit


# SFC.md 3.3
def sgn(value: int) -> int:
    return (value > 0) - (value < 0)


def class_(value: int, limits: Sequence[int]) -> int:
    return sum(limit < value for limit in limits)


def slope(value: int) -> int:
    return 5 + sgn(value) * class_(abs(value), (0, 1, 2, 3, 7))


class Cells:
    def __init__(self, data: bytes, rows: int, cols: int, low: int, high: int) -> None:
        self.bits = AdaptiveDecoder(data)
        self.rows, self.cols, self.low, self.high = rows, cols, low, high
        self.steps: list[list[int]] = []
        self.errors: defaultdict[tuple[int, int], int] = defaultdict(int)
        for r in range(rows):
            self.steps.append([])
            for k in range(cols):
                self.steps[r].append(self.cell(r, k))
        self.bits.coder.end()

    def step(self, r: int, k: int) -> int:
        if r < 0 or (r == 0 and k < 0):
            return clamp(0, self.low, self.high)
        if k < 0:
            return self.steps[r - 1][0]
        return self.steps[r][min(k, self.cols - 1)]

    def cell(self, r: int, k: int) -> int:
        w, n, nw, ne = self.step(r, k - 1), self.step(r - 1, k), self.step(r - 1, k - 1), self.step(r - 1, k + 1)
        ww, nn, nee = self.step(r, k - 2), self.step(r - 2, k), self.step(r - 1, k + 2)
        if w == n == nw == ne:
            x = self.flat(w, n, ww, nn, nee)
            self.errors[r, k] = x - w
            return x
        pred = clamp(6 * w + 6 * n - 3 * nw + ne - ww - nn + 4 >> 3, self.low, self.high)
        e = self.errors
        e_w, e_n, e_ne = (e.get(place, 0) for place in ((r, k - 1), (r - 1, k), (r - 1, k + 1)))
        x = self.predicted(pred, w, n, nw, ne, ww, nn, e_w, e_n, e_ne)
        self.errors[r, k] = x - pred
        return x

    def flat(self, w: int, n: int, ww: int, nn: int, nee: int) -> int:
        around = 3 * ((ww == w) + 2 * (nn == n) + 4 * (nee == n))
        if not self.bits.plain("FLAT", around + (w == self.low) + 2 * (w == self.high)):
            return w
        s = 1 if w == self.low else -1 if w == self.high else 1 if self.bits.plain("FLATSIZE", 0) else -1
        room = self.high - w if s > 0 else w - self.low
        k = 1
        while k < room and self.bits.plain("FLATSIZE", min(k, 9)):
            k += 1
        return w + s * k

    def predicted(
        self, pred: int, w: int, n: int, nw: int, ne: int, ww: int, nn: int, e_w: int, e_n: int, e_ne: int
    ) -> int:
        low, high = self.low, self.high
        across, down = clamp(2 * w - ww, low, high), clamp(2 * n - nn, low, high)
        edge = (pred == low) + 2 * (pred == high)
        horizontal = abs(w - ww) + abs(n - nw) + abs(ne - n)
        vertical = abs(w - nw) + abs(n - nn)
        act = class_((2 * horizontal + 3 * vertical) // 3, (1, 2, 4, 7, 12, 20, 32))
        rec = class_(abs(e_w) + abs(e_n) + abs(e_ne), (0, 1, 3, 6, 12))
        tex = sum(3 ** (4 - i) * (sgn(v - pred) + 1) for i, v in enumerate((w, n, ne, nw, ww)))
        if not self.bits.mixed("zero", ("ZA", 3 * act + edge), ("ZE", 3 * rec + edge), ("ZT", tex)):
            return pred
        if edge:
            s = 1 if edge == 1 else -1
        else:
            places = (
                ("SE", 3 * sgn(e_w) + sgn(e_n) + 4),
                ("SS", 11 * slope(down - pred) + slope(across - pred)),
                ("ST", tex),
            )
            s = 1 if self.bits.mixed("sign", *places) else -1
        room = high - pred if s > 0 else pred - low
        k = 1
        while k < room:
            ms = 11 * slope(s * (down - pred) - k) + slope(s * (across - pred) - k)
            me = 12 * min(k, 4) + 2 * rec + (s == 1)
            if not self.bits.mixed("size", ("MA", 8 * min(k, 9) + act), ("MS", ms), ("ME", me)):
                break
            k += 1
        return pred + s * k


# SFC.md 3
def read_steps(data: bytes | None, header: Header) -> np.ndarray:
    rows, cols = -(-header.height // 16), -(-header.width // 16)
    if data is None:
        return np.zeros((rows, cols), np.int64)
    payload = Payload(data)
    low, high = payload.byte() - 32, payload.byte() - 32
    must(-32 <= low <= high <= 32 and (low, high) != (0, 0), "range of the map")
    if low == high:
        must(payload.left() == 0, "bytes behind a map of one step")
        return np.full((rows, cols), low, np.int64)
    return np.array(Cells(payload.rest(), rows, cols, low, high).steps, np.int64)


def quality16(steps: np.ndarray, header: Header) -> np.ndarray:
    return np.clip(header.base + 2048 * steps, 0, 65535)
