"""A second reader of the photographic coder, written from FORMAT.md alone, reads what the program writes."""

from collections import defaultdict
from math import floor

import numpy as np
import pytest

from qmap_studio.codec.common.binary_coder import BinaryDecoder
from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.kept import photographic
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.core.resources import resource_path
from tests.fixtures import sample_photo

Place = tuple[int, int]
AMID = [(-1, -1), (-1, 1), (1, -1), (1, 1), (-3, -1), (-3, 1), (-1, -3), (-1, 3), (1, -3), (1, 3), (3, -1), (3, 1)]
BETWEEN = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1), (-2, -1), (-2, 1), (2, -1), (2, 1)]
BETWEEN += [(-1, -2), (-1, 2), (1, -2), (1, 2), (-3, 0), (3, 0), (0, -3), (0, 3)]
LOWEST = (0, -255, -255)
ARRAYS = dict(np.load(resource_path("kept/photographic-1.npz")))


def clamp(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)


def log(n: int) -> int:
    k = n.bit_length() - 1
    return 16 * k + 16 * (n - 2**k) // 2**k


def in_spreads(a: int, b: int) -> int:
    return clamp(32 * a // b, -255, 255)


def planes_of(r: int, g: int, b: int) -> tuple[int, int, int]:
    t = b + (r - b) // 2
    return t + (g - t) // 2, r - b, g - t


def colour_of(y: int, co: int, cg: int) -> tuple[int, int, int]:
    t = y - cg // 2
    b = t - co // 2
    return b + co, cg + t, b


class SecondReader:
    """Slow and literal: the page, top to bottom; mask lengths below 128 alone."""

    def __init__(self, data: bytes) -> None:
        self.height, self.width, count, codes = data[0] + 1, data[1] + 1, data[2], data[3]
        present, at = list(data[4 : 4 + codes]), 4 + codes
        size, at = data[at], at + 1
        self.codes = self.mask(data[at : at + size], present)
        at += size
        mean = data[at : at + count] if count == 3 else data[at : at + 1] * 3
        self.means = planes_of(*mean)[:count]
        ends = np.cumsum(2 * ARRAYS["reach"].astype(int) + 2)
        self.tables = Tables((np.array([1, 1]), *np.split(ARRAYS["counts"].astype(np.int64), ends[:-1])))
        self.residuals = SymbolDecoder(self.tables, data[at + count :])
        self.values: list[dict[Place, int]] = [{} for _ in self.means]
        self.errors: list[dict[Place, int]] = [defaultdict(int) for _ in self.means]
        self.all_passes()
        self.residuals.finish()

    def mask(self, data: bytes, present: list[int]) -> dict[Place, int]:
        pixels = [(y, x) for y in range(self.height) for x in range(self.width)]
        if len(present) == 1:
            return dict.fromkeys(pixels, present[0])
        codes: dict[Place, int] = {}
        self.binary = BinaryDecoder(data)
        for code in present[:-1]:
            is_code = self.map({pixel for pixel in pixels if pixel not in codes})
            codes |= {pixel: code for pixel in is_code if is_code[pixel]}
        self.binary.finish()
        return {pixel: codes.get(pixel, present[-1]) for pixel in pixels}

    def bit(self, context: tuple, start: int) -> int:
        p, rate = self.contexts.get(context, (start, 3))
        bit = self.binary.bit(0, clamp(p, 256, 65280))
        self.contexts[context] = p + ((65536 * bit - p) >> rate), min(rate + 1, 5)
        return bit

    def map(self, still_open: set[Place]) -> dict[Place, int]:
        self.contexts: dict[tuple, tuple[int, int]] = {}
        found: dict[Place, int] = defaultdict(int)
        kinds: dict[Place, int] = defaultdict(int)
        for r in range(-(-self.height // 8)):
            for c in range(-(-self.width // 8)):
                inside = [(y, x) for y in range(8 * r, 8 * r + 8) for x in range(8 * c, 8 * c + 8)]
                inside = [pixel for pixel in inside if pixel in still_open]
                if not inside:
                    continue
                around = a, left, _ = kinds[r - 1, c], kinds[r, c - 1], kinds[r - 1, c - 1]
                if self.bit(("mixed", around), 4096 if around in ((0, 0, 0), (1, 1, 1)) else 32768):
                    kinds[r, c] = 2
                    for y, x in inside:
                        places = [(y, x - 1), (y, x - 2), (y, x - 3)]
                        places += [(y - 1, x + i) for i in range(-2, 4)] + [(y - 2, x + i) for i in range(-1, 2)]
                        context = sum(found[place] << i for i, place in enumerate(places))
                        found[y, x] = self.bit(("pixel", context), int(ARRAYS["mask"][context]))
                else:
                    weights = (2, 30, 16)
                    kinds[r, c] = self.bit(("all", around), 1024 * (weights[a] + weights[left]))
                    found |= dict.fromkeys(inside, kinds[r, c])
        return found

    def all_passes(self) -> None:
        s = 1
        while s < max(self.height, self.width):
            s *= 2
        self.one_pass([(0, 0)], s, 0, AMID)
        while s > 1:
            s //= 2
            pixels = [(y, x) for y in range(0, self.height, s) for x in range(0, self.width, s)]
            odd = {pixel: (pixel[0] // s % 2, pixel[1] // s % 2) for pixel in pixels}
            self.one_pass([pixel for pixel in pixels if odd[pixel] == (1, 1)], s, 0, AMID)
            self.one_pass([pixel for pixel in pixels if odd[pixel] == (0, 1)], s, 1, [(x, y) for y, x in BETWEEN])
            self.one_pass([pixel for pixel in pixels if odd[pixel] == (1, 0)], s, 1, BETWEEN)

    def one_pass(self, pixels: list[Place], s: int, kind: int, offsets: list[Place]) -> None:
        pixels = [pixel for pixel in pixels if self.codes[pixel]]
        before: dict[Place, list[tuple]] = {pixel: [] for pixel in pixels}
        for p in range(len(self.means)):
            seen = {}
            for y, x in pixels:
                around = [(y + s * i, x + s * j) for i, j in offsets]
                seen[y, x] = self.expect(p, kind, around, before[y, x])
            if not pixels:
                continue
            symbols = self.residuals.decode(np.array([told[3] for told in seen.values()]))
            new = {}
            for (pixel, (predicted, value, sign, _, near)), symbol in zip(seen.items(), symbols.tolist(), strict=True):
                new[pixel] = value + sign * symbol
                self.errors[p][pixel] = 8 * new[pixel] - predicted
                before[pixel].append((*near, self.errors[p][pixel]))
            self.values[p] |= new

    def expect(self, p: int, kind: int, around: list[Place], before: list[tuple]) -> tuple:
        values, weights = self.values[p], [64] * 4 + [1] * (len(around) - 4)
        known = [place in values for place in around]
        n, mean, spread = sum(known), 8 * self.means[p], 1
        v = [values.get(place, 0) for place in around]
        if n:
            total = sum(w for w, k in zip(weights, known, strict=True) if k)
            mean = floor(8 * sum(w * value for w, value in zip(weights, v, strict=True)) / total)
            spread = 1 + sum(abs(8 * value - mean) for value, k in zip(v, known, strict=True) if k) // n
        differences = [in_spreads(8 * value - mean, spread) if k else 0 for value, k in zip(v, known, strict=True)]
        x = [*differences, *(in_spreads(self.errors[p][place], spread) for place in around[:4])]
        x += [*(64 * k for k in known[:4]), 8 * n, log(spread)]
        for its_spread, its_log, its_differences, error in before:
            x += [in_spreads(error, its_spread), in_spreads(error, spread), *its_differences[:4], its_log]
        for i in range(3):
            low, high = ((0, 255), (0, 255), (-2047, 2047))[i]
            w, b = (ARRAYS[f"{p}{kind}{name}{i}"].astype(int) for name in "wb")
            x = [clamp(int(y) // 256, low, high) for y in w @ np.array(x) + b]
        predicted = clamp(mean + x[0] * spread // 64, 8 * LOWEST[p], 8 * 255)
        value = (predicted + 4) // 8
        offset = predicted - 8 * value
        scale = clamp((log(spread) + x[1] // 4 + 48) // 4, 0, 59)
        table = 1 + 5 * scale + abs(offset) if scale < 28 else 141 + scale - 28
        return predicted, value, -1 if offset < 0 else 1, table, (spread, log(spread), differences)


@pytest.mark.parametrize("is_grey", [False, True])
def test_the_page_describes_the_stream(is_grey: bool) -> None:
    values = sample_photo().pixels[120:161, 200:229]
    if is_grey:
        values = np.repeat(values[..., :1], 3, axis=2)
    rows, columns = np.mgrid[-20:21, -14:15]
    codes = np.where(rows**2 + 2 * columns**2 <= 20**2, 255, 0).astype(np.uint8)
    codes[25:35] &= 252
    reader = SecondReader(photographic.pack(values, codes))
    for pixel in np.ndindex(codes.shape):
        assert reader.codes[pixel] == codes[pixel]
        if codes[pixel]:
            colour = colour_of(*(reader.values[p][pixel] if p < len(reader.means) else 0 for p in range(3)))
            assert colour == tuple(values[pixel])
