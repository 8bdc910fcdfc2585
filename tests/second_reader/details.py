import math
from collections import defaultdict

import numpy as np

from tests.second_reader.container import Payload, must
from tests.second_reader.map import ArithmeticDecoder, clamp
from tests.second_reader.symbols import Stream, Table


# detail/FORMAT.md, Kinds of cells
def read_kinds(data: bytes, rows: int, cols: int) -> np.ndarray:
    coder = ArithmeticDecoder(data)
    contexts: defaultdict[tuple[str, int, int], list[int]] = defaultdict(lambda: [32768, 0])

    def read_bit(family: str, i: int, j: int = 0) -> int:
        context = contexts[family, i, j]
        p, c = context
        b = coder.bit(p)
        context[:] = clamp(p + 2 * (65536 * b - p) // (2 * c + 3), 64, 65472), min(c + 1, 60)
        return b

    kinds = np.zeros((rows + 1, cols + 2), np.int64)
    for r in range(1, rows + 1):
        for k in range(1, cols + 1):
            w, n = int(kinds[r, k - 1]), int(kinds[r - 1, k])
            nw, ne = int(kinds[r - 1, k - 1]), int(kinds[r - 1, k + 1])
            if read_bit("P", 2 * (w > 0) + 2 * (n > 0) + (nw > 0) + (ne > 0)):
                kinds[r, k] = 1 if not read_bit("Q", w, n) else 2 if not read_bit("R", w, n) else 3
    coder.end()
    kinds = kinds[1:, 1:-1]
    must(bool(kinds.any()), "no cell that has details")
    return kinds


# detail/FORMAT.md, Symbols
def class_of(r: int, k: int) -> int:
    if (r + k) % 2:
        return 4
    if r % 2:
        return 3
    if (r // 2 + k // 2) % 2:
        return 2
    return r // 2 % 2


BESIDE = {
    0: (),
    1: ((-2, -2), (-2, 2), (2, -2), (2, 2)),
    2: ((-2, 0), (2, 0), (0, -2), (0, 2)),
    3: ((-1, -1), (-1, 1), (1, -1), (1, 1)),
    4: ((-1, 0), (1, 0), (0, -1), (0, 1)),
}
DIAGONALS = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 7), (8, 10), (11, 13), (14, 16), (17, 19), (20, 22), (23, 30))
ROW, COLUMN = np.divmod(np.arange(256), 16)
DISTANCE = (ROW[:, None] - ROW) ** 2 + (COLUMN[:, None] - COLUMN) ** 2
NEAR = np.where(DISTANCE > 0, 64 // np.maximum(DISTANCE, 1), 0)
FACTORS = (((75, 0, 0, 160), (34, 0, 26, 16), (12, 32, 22, 9)), ((0, 0, 0, 32768), (0, 0, 48, 8192), (0, 24, 24, 8192)))


class Kind:
    def __init__(self, groups: list[np.ndarray], most: int, alike: np.ndarray, factors: tuple) -> None:
        self.groups, self.most, self.alike, self.factors = groups, most, alike, factors


CLASSES = np.array([class_of(i, j) for i, j in zip(ROW, COLUMN, strict=True)])
KINDS = {
    1: Kind(
        [np.flatnonzero((a <= ROW + COLUMN) & (b >= ROW + COLUMN)) for a, b in DIAGONALS],
        1023,
        np.maximum(2 - abs(ROW[:, None] - ROW), 0) * np.maximum(2 - abs(COLUMN[:, None] - COLUMN), 0),
        FACTORS[0],
    ),
    2: Kind([np.flatnonzero(c == CLASSES) for c in range(5)], 3, np.ones((256, 256), np.int64), FACTORS[0]),
    3: Kind([np.array([0])], 255, np.eye(256, dtype=np.int64), FACTORS[1]),
}
LIMITS = [1]
while len(LIMITS) < 22:
    LIMITS.append(LIMITS[-1] + max(LIMITS[-1] // 2, 1))
TRIPLES = (
    (65500, 4, 210),
    (65090, 6, 210),
    (64890, 6, 210),
    (64810, 10, 210),
    (64440, 7, 210),
    (63950, 7, 210),
    (63330, 8, 210),
    (62200, 8, 170),
    (60620, 7, 170),
    (58020, 7, 170),
    (54090, 10, 170),
    (48620, 16, 110),
    (39900, 36, 70),
    (32200, 65, 62),
    (24000, 111, 75),
    (16900, 169, 108),
    (11800, 214, 145),
    (7900, 248, 180),
    (6500, 250, 207),
    (5000, 250, 226),
    (4400, 248, 236),
    (3400, 249, 243),
    (2130, 253, 248),
)


def make_table(z: int, f: int, last: int) -> Table:
    v, e = [2**32], 256 * (f - last)
    while len(v) < 255:
        v.append(v[-1] * (256 * last + e) // 65536)
        e //= 2
    counts = [(65536 - z) * v_n // (2 * sum(v)) for v_n in v]
    counts = [max(count, 1) if n <= 24 else count for n, count in enumerate(counts, 1)]
    counts = counts[: max(n for n, count in enumerate(counts, 1) if count)]
    return Table([*counts[::-1], z, *counts, 1])


TABLES: list[Table | None] = [None, *(make_table(*triple) for triple in TRIPLES)]


def mean(total: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return 256 * total // np.maximum(weight, 1)


class DetailSymbols:
    def __init__(self, stream: Stream, kinds: np.ndarray) -> None:
        self.stream, self.kinds = stream, kinds
        self.rows, self.cols = kinds.shape
        self.symbols = np.zeros((*kinds.shape, 3, 256), np.int64)
        for kind in (1, 2, 3):
            self.read_kind(KINDS[kind], kinds == kind)

    def read_kind(self, kind: Kind, cells: np.ndarray) -> None:
        coded = np.zeros_like(cells)
        for top in range(0, self.rows, 16):
            for class_ in range(5):
                mine = [
                    (int(r), int(k))
                    for r, k in np.argwhere(cells[top : top + 16]) + np.array((top, 0))
                    if class_of(r, k) == class_
                ]
                if mine:
                    self.read_class(kind, class_, mine, coded)
                    coded[tuple(np.array(mine).T)] = True

    def read_class(self, kind: Kind, class_: int, mine: list[tuple[int, int]], coded: np.ndarray) -> None:
        r, k = np.array(mine).T
        beside = [
            [
                (a + i, b + j)
                for i, j in BESIDE[class_]
                if 0 <= a + i < self.rows and 0 <= b + j < self.cols and coded[a + i, b + j]
            ]
            for a, b in mine
        ]
        count = np.array([len(places) for places in beside])[:, None]
        weight = kind.alike.sum(axis=1)
        row = np.where(count > 0, 2, 1 if coded.any() else 0)
        a, b, c, d = np.array(kind.factors)[row[:, 0]].T[:, :, None]
        for channel in range(3):
            magnitudes = np.minimum(abs(self.symbols[:, :, channel]), kind.most)
            nothing = np.zeros(256, np.int64)
            sums = np.array([sum((magnitudes[place] for place in places), nothing) for places in beside])
            besides = mean(sums @ kind.alike, count * weight)
            anywhere = mean(magnitudes[coded].sum(axis=0) @ kind.alike, coded.sum() * weight)
            before = np.zeros(256, bool)
            for group in kind.groups:
                own = np.minimum(abs(self.symbols[r, k, channel]), kind.most)
                near = NEAR[group] * before
                nears = mean(own @ near.T, near.sum(axis=1))
                expected = (a * nears + b * besides[:, group] + c * anywhere[group] + d) // 64
                tables = 1 + np.searchsorted(LIMITS, expected.ravel(), side="right")
                values = self.stream.group(tables, TABLES).reshape(len(mine), len(group))
                self.symbols[r[:, None], k[:, None], channel, group] = values
                before[group] = True


# detail/FORMAT.md, What is added
M = np.array(
    [
        [round(1024 * (math.sqrt(2) if u else 1) * math.cos((2 * i + 1) * u * math.pi / 32)) for i in range(16)]
        for u in range(16)
    ],
    np.int64,
)


def mix(symbols: np.ndarray, level: int) -> np.ndarray:
    delta = math.sqrt(18 / (math.log(2) * 0.0008)) * 10 ** (-level / 255)
    t = [np.clip(symbols[c] * round(64 * delta / math.sqrt(n)), -(2**21), 2**21) for c, n in enumerate((3, 2, 6))]
    return np.array([t[0] + t[1] + t[2], t[0] - 2 * t[2], t[0] - t[1] + t[2]]).reshape(3, 16, 16)


def add_details(data: bytes, picture: np.ndarray, qualities: np.ndarray) -> np.ndarray:
    payload = Payload(data)
    stream = Stream(payload.take(payload.number()))
    kinds = read_kinds(payload.rest(), *qualities.shape)
    symbols = DetailSymbols(stream, kinds).symbols
    stream.end()
    height, width, _ = picture.shape
    out = np.pad(picture, ((0, -height % 16), (0, -width % 16), (0, 0)), "edge")
    for r, k in np.argwhere(kinds):
        cell = out[16 * r : 16 * r + 16, 16 * k : 16 * k + 16]
        if kinds[r, k] == 3:
            cell[:] = (cell.sum(axis=(0, 1)) + 128) // 256 + symbols[r, k, :, 0]
        else:
            x = mix(symbols[r, k], int(qualities[r, k]) >> 8)
            if kinds[r, k] == 1:
                x = M.T @ x @ M // 2**24
            cell += np.clip((x + 32) // 64, -16384, 16384).transpose(1, 2, 0)
        np.clip(cell, 0, 255, out=cell)
    return out[:height, :width]
