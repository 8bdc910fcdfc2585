import zlib
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from tests.second_reader.container import must

MOST = 30_000


# SFC.md 4.1
class Table:
    def __init__(self, counts: Sequence[int]) -> None:
        n = len(counts)
        self.reach = (n - 2) // 2
        share = (2**24 - n) / sum(counts)
        self.bounds: list[int] = []
        c = 0
        for k, count in enumerate(counts):
            self.bounds.append(int(c * share) + k)
            c += count
        self.bounds.append(2**24)


def split_tables(counts: np.ndarray, sizes: Sequence[int]) -> list[Table | None]:
    tables: list[Table | None] = []
    at = 0
    for size in sizes:
        tables.append(Table(counts[at : at + size].tolist()) if size else None)
        at += size
    return tables


# SFC.md 4.2
class RangeDecoder:
    def __init__(self, words: list[int]) -> None:
        self.words = words
        self.taken = 0
        self.range = 2**64 - 1
        self.offset = self.next_word() << 32
        self.offset |= self.next_word()

    def next_word(self) -> int:
        self.taken += 1
        return self.words[self.taken - 1] if self.taken <= len(self.words) else 0

    def entry(self, bounds: list[int]) -> int:
        unit = self.range >> 24
        part = self.offset // unit
        must(part < 2**24, "part out of range")
        k = bisect_right(bounds, part) - 1
        self.offset -= unit * bounds[k]
        self.range = unit * (bounds[k + 1] - bounds[k])
        if self.range < 2**32:
            self.range <<= 32
            self.offset = self.offset << 32 | self.next_word()
        return k

    # SFC.md 4.4
    def end(self) -> None:
        must(self.offset < 2**32, "a stream that is not used up")
        if self.range - self.offset >= 2**32:
            must(len(self.words) == self.taken - 1, "a stream that is not used up")
        else:
            must(len(self.words) == self.taken and self.words[-1] == 0, "a stream that is not used up")


# SFC.md 4 and 4.3
ESCAPES = list(range(0, 2**24 + 1, 256))


class Stream:
    def __init__(self, data: bytes) -> None:
        must(len(data) >= 4, "less than a checksum")
        must(len(data) % 4 == 0, "not whole words")
        self.checksum = int.from_bytes(data[:4], "big")
        self.words = np.frombuffer(data[4:], ">u4").tolist()
        self.coder: RangeDecoder | None = None
        self.sum = 0

    def group(self, numbers: np.ndarray, tables: Sequence[Table | None], most: int = MOST) -> np.ndarray:
        symbols = np.zeros(len(numbers), np.int64)
        if len(numbers) and self.coder is None:
            self.coder = RangeDecoder(self.words)
        for number in np.unique(numbers):
            table = tables[number]
            assert table is not None
            assert self.coder is not None
            bounds, escape, reach = table.bounds, 2 * table.reach + 1, table.reach
            places = np.flatnonzero(numbers == number)
            entries = [self.coder.entry(bounds) for _ in places]
            for i, entry in enumerate(entries):
                if entry == escape:
                    value = self.coder.entry(ESCAPES) - 32768
                    must(abs(value) > reach, "an escape that is none")
                    entries[i] = value + reach
            symbols[places] = np.array(entries) - reach
        must(bool((abs(symbols) <= most).all()), "a symbol that is too large")
        self.sum = zlib.crc32(symbols.astype(">i2").tobytes(), self.sum)
        return symbols

    # SFC.md 4.4
    def end(self) -> None:
        if self.coder is None:
            must(not self.words, "a stream without symbols that has words")
        else:
            self.coder.end()
        must(self.sum == self.checksum, "checksum of the symbols")
