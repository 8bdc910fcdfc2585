"""FORMAT.md is enough to write details: this writer follows the page number by number and knows little of the code."""

import math
from fractions import Fraction

import numpy as np
import pytest

from qmap_studio.codec.common.binary_coder import BinaryEncoder
from qmap_studio.codec.common.detail.coding import pack
from qmap_studio.codec.common.detail.tables import detail_tables
from qmap_studio.codec.common.detail.transform import added
from qmap_studio.codec.common.fields import number
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder

BANDS = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 7), (8, 10), (11, 13), (14, 16), (17, 19), (20, 22), (23, 30)]
MOST = {1: 1023, 2: 3, 3: 255}
WEIGHTS = {
    1: ((75, 0, 0, 160), (34, 0, 26, 16), (12, 32, 22, 9)),
    2: ((75, 0, 0, 160), (34, 0, 26, 16), (12, 32, 22, 9)),
    3: ((0, 0, 0, 32768), (0, 0, 48, 8192), (0, 24, 24, 8192)),
}
BESIDE = {
    0: [],
    1: [(a, b) for a in (-2, 2) for b in (-2, 2)],
    2: [(-2, 0), (2, 0), (0, -2), (0, 2)],
    3: [(a, b) for a in (-1, 1) for b in (-1, 1)],
    4: [(-1, 0), (1, 0), (0, -1), (0, 1)],
}
PLACES = [(i, j) for i in range(16) for j in range(16)]


def class_of(row: int, column: int) -> int:
    if (row + column) % 2:
        return 4
    if row % 2:
        return 3
    return 2 if (row // 2 + column // 2) % 2 else int(row // 2 % 2)


def groups_of(kind: int) -> list[list[tuple[int, int]]]:
    if kind == 1:
        return [[(i, j) for i, j in PLACES if low <= i + j <= high] for low, high in BANDS]
    if kind == 2:
        return [[place for place in PLACES if class_of(*place) == k] for k in range(5)]
    return [[(0, 0)]]


def mean(pairs: list[tuple[int, int]], cells: int = 1) -> int:
    """Of magnitudes and their weights, in 1/256; the magnitudes are sums over cells."""
    weight = sum(w for _, w in pairs)
    return math.floor(Fraction(256 * sum(m * w for m, w in pairs), weight * cells)) if weight and cells else 0


def alike(kind: int, place: tuple[int, int], sums: np.ndarray) -> list[tuple[int, int]]:
    (i, j) = place
    if kind == 2:
        return [(int(sums[p]), 1) for p in PLACES]
    if kind == 3:
        return [(int(sums[place]), 1)]
    weights = {p: max(2 - abs(i - p[0]), 0) * max(2 - abs(j - p[1]), 0) for p in PLACES}
    return [(int(sums[p]), w) for p, w in weights.items() if w]


def table_of(expected: int) -> int:
    limits = [1]
    while len(limits) < 22:
        limits.append(limits[-1] + max(limits[-1] // 2, 1))
    return 1 + sum(expected >= limit for limit in limits)


def symbols_stream(kinds: np.ndarray, symbols: dict[tuple[int, int], np.ndarray]) -> bytes:
    encoder = SymbolEncoder(detail_tables())
    for kind in (1, 2, 3):
        magnitudes = {cell: np.minimum(np.abs(s), MOST[kind]) for cell, s in symbols.items() if kinds[cell] == kind}
        before: list[tuple[int, int]] = []
        for band in range(0, kinds.shape[0], 16):
            for k in range(5):
                cells = [c for c in sorted(magnitudes) if band <= c[0] < band + 16 and class_of(*c) == k]
                for channel in range(3):
                    for at, group in enumerate(groups_of(kind)):
                        earlier = [p for g in groups_of(kind)[:at] for p in g]
                        tables, values = [], []
                        everywhere = sum((magnitudes[c][channel] for c in before), np.zeros((16, 16), int))
                        for cell in cells:
                            near_cells = [(cell[0] + a, cell[1] + b) for a, b in BESIDE[k]]
                            near_cells = [c for c in near_cells if c in before]
                            beside = sum((magnitudes[c][channel] for c in near_cells), np.zeros((16, 16), int))
                            a, b, c, d = WEIGHTS[kind][2 if near_cells else 1 if before else 0]
                            for i, j in group:
                                near = mean(
                                    [
                                        (int(magnitudes[cell][channel][p]), 64 // ((i - p[0]) ** 2 + (j - p[1]) ** 2))
                                        for p in earlier
                                    ]
                                )
                                expected = a * near + d
                                expected += b * mean(alike(kind, (i, j), beside), len(near_cells))
                                expected += c * mean(alike(kind, (i, j), everywhere), len(before))
                                tables.append(table_of(expected // 64))
                                values.append(int(symbols[cell][channel, i, j]))
                        if tables:
                            encoder.encode(np.array(tables), np.array(values))
                before += cells
    return encoder.finish()


def kinds_bits(kinds: np.ndarray) -> bytes:
    coder = BinaryEncoder()
    contexts: dict[tuple[object, ...], tuple[int, int]] = {}

    def bit(value: int, context: tuple[object, ...]) -> None:
        p, c = contexts.get(context, (32768, 0))
        coder.bit(value, p)
        p += math.floor(Fraction(2 * (65536 * value - p), 2 * c + 3))
        contexts[context] = min(max(p, 64), 65472), min(c + 1, 60)

    around = np.pad(kinds, 1).astype(int)
    for row, column in np.ndindex(*kinds.shape):
        w, n = around[row + 1, column], around[row, column + 1]
        nw, ne = around[row, column], around[row, column + 2]
        kind = kinds[row, column]
        bit(int(kind > 0), ("P", 2 * (w > 0) + 2 * (n > 0) + (nw > 0) + (ne > 0)))
        if kind > 0:
            bit(int(kind > 1), ("Q", w, n))
        if kind > 1:
            bit(int(kind == 3), ("R", w, n))
    return coder.finish()


def test_the_page_gives_the_same_bytes() -> None:
    rng = np.random.default_rng(3)
    kinds = rng.choice([0, 1, 2, 3], (18, 2), p=[0.6, 0.2, 0.1, 0.1]).astype(np.uint8)
    kinds[:4] = [[1, 1], [1, 2], [3, 1], [3, 3]]
    symbols = np.rint(rng.laplace(0, 1, (np.count_nonzero(kinds), 3, 16, 16)) * rng.random((1, 3, 16, 16)) * 2)
    symbols = symbols.astype(np.int16)
    cells = [(int(row), int(column)) for row, column in np.argwhere(kinds)]
    for cell, own in zip(cells, symbols, strict=True):
        if kinds[cell] == 3:
            own.reshape(3, 256)[:, 1:] = 0
    stream = symbols_stream(kinds, dict(zip(cells, symbols, strict=True)))
    expected = number(len(stream)) + stream + kinds_bits(kinds)
    assert pack(kinds, symbols)[0] == expected


@pytest.mark.parametrize("level", [0, 0x7FFF, 0xFFFF])
def test_the_page_gives_the_same_picture(level: int) -> None:
    rng = np.random.default_rng(4)
    symbols = rng.integers(-4, 5, (3, 3, 16, 16)).astype(np.int16)
    cells = rng.integers(0, 256, (3, 16, 16, 3)).astype(np.uint8)
    delta = math.sqrt(18 / (math.log(2) * 0.0008)) * 10 ** (-(level >> 8) / 255)
    t = [symbols[:, c].astype(object) * round(64 * delta / math.sqrt(norm)) for c, norm in enumerate((3, 2, 6))]
    planes = np.stack([t[0] + t[1] + t[2], t[0] - 2 * t[2], t[0] - t[1] + t[2]], axis=3)
    waves = [
        [round(1024 * (math.sqrt(2) if u else 1) * math.cos((2 * i + 1) * u * math.pi / 32)) for i in range(16)]
        for u in range(16)
    ]
    m = np.array(waves, object)
    expected = np.empty((3, 16, 16, 3), int)
    for channel in range(3):
        exact = m.T.dot(planes[0, :, :, channel]).dot(m)
        expected[0, :, :, channel] = [[math.floor(Fraction(x, 2**30) + Fraction(1, 2)) for x in row] for row in exact]
        expected[1, :, :, channel] = [
            [math.floor(Fraction(x, 64) + Fraction(1, 2)) for x in row] for row in planes[1, :, :, channel]
        ]
        colour = (int(cells[2, :, :, channel].sum()) + 128) // 256 + int(symbols[2, channel, 0, 0])
        expected[2, :, :, channel] = colour - cells[2, :, :, channel].astype(int)
    kinds = np.array([1, 2, 3], np.uint8)
    assert np.array_equal(added(kinds, symbols, np.full(3, level, np.uint16), cells), expected)
