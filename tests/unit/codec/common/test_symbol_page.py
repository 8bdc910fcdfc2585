"""A second reader of streams of symbols, written from SFC.md alone, reads what the program writes, and no more."""

import zlib

import numpy as np
import pytest

from qmap_studio.codec import load_codec
from qmap_studio.codec.common.detail.tables import detail_tables
from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.kept.photographic.tables import tables as kept_tables
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder
from qmap_studio.core.errors import BitstreamError


class SecondReader:
    """Slow and literal: section 4 of the page, top to bottom."""

    def __init__(self, tables: list[list[int]], data: bytes) -> None:
        self.checksum, words = int.from_bytes(data[:4], "big"), data[4:]
        self.words = [int.from_bytes(words[i : i + 4], "big") for i in range(0, len(words), 4)]
        self.range, self.taken = 2**64 - 1, 0
        self.offset = self.word() << 32 | self.word()
        self.read: list[int] = []
        self.ends = [self.bounds(counts) for counts in tables]

    def bounds(self, counts: list[int]) -> list[int]:
        scale = (2**24 - len(counts)) / sum(counts)
        return [int(sum(counts[:k]) * scale) + k for k in range(len(counts))] + [2**24]

    def word(self) -> int:
        self.taken += 1
        return self.words[self.taken - 1] if self.taken <= len(self.words) else 0

    def entry(self, ends: list[int]) -> int:
        unit = self.range >> 24
        place = self.offset // unit
        assert place < 2**24
        k = max(k for k, low in enumerate(ends) if low <= place)
        self.offset -= unit * ends[k]
        self.range = unit * (ends[k + 1] - ends[k])
        if self.range < 2**32:
            self.range <<= 32
            self.offset = self.offset << 32 | self.word()
        return k

    def group(self, indices: list[int]) -> list[int]:
        symbols = [0] * len(indices)
        for table in sorted(set(indices)):
            places = [i for i, index in enumerate(indices) if index == table]
            reach = (len(self.ends[table]) - 1) // 2 - 1
            for i in places:
                symbols[i] = self.entry(self.ends[table]) - reach
            for i in places:
                if symbols[i] == reach + 1:
                    symbols[i] = self.entry([256 * k for k in range(65537)]) - 32768
                    assert abs(symbols[i]) > reach
        self.read += symbols
        return symbols

    def finish(self) -> None:
        assert self.offset < 2**32
        last = 2 if self.range - self.offset < 2**32 else 1
        assert len(self.words) == (self.taken - 2 + last if self.read else 0)
        assert last == 1 or self.words[-1] == 0
        assert self.checksum == zlib.crc32(b"".join(s.to_bytes(2, "big", signed=True) for s in self.read))


TABLES = {"live": load_codec("live", "cpu").tables, "details": detail_tables(), "kept": kept_tables()}


def drawn(tables: Tables, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    indices = rng.integers(1, len(tables.counts), count)
    reach = np.array(tables.reach)[indices]
    symbols = np.rint(rng.laplace(0, 0.3, count) * reach).astype(int)
    symbols[rng.random(count) < 0.02] = rng.integers(-30000, 30001)
    return indices, symbols


@pytest.mark.parametrize("name", TABLES)
def test_the_second_reader_reads_the_symbols(name: str) -> None:
    tables = TABLES[name]
    encoder, groups = SymbolEncoder(tables), [drawn(tables, 300, seed) for seed in range(4)]
    for indices, symbols in groups:
        encoder.encode(indices, symbols)
    reader = SecondReader([counts.tolist() for counts in tables.counts], encoder.finish())
    for indices, symbols in groups:
        assert reader.group(indices.tolist()) == symbols.tolist()
    reader.finish()


def test_both_readers_refuse_the_same() -> None:
    """Thousands of ends of short streams: what is used up for the page is used up for the program."""
    tables, rng = TABLES["live"], np.random.default_rng(0)
    listed = [counts.tolist() for counts in tables.counts]
    outcomes = {True: 0, False: 0}
    for seed in range(300):
        indices, symbols = drawn(tables, 1 + seed % 7, seed)
        encoder = SymbolEncoder(tables)
        encoder.encode(indices, symbols)
        good = encoder.finish()
        words = good[4:]
        for other in (
            words,
            words + bytes(4),
            words[:-4],
            words[:-1] + bytes([rng.integers(256)]),
            words[:-4] + rng.bytes(4),
        ):
            data = good[:4] + other
            accepted = page_accepts(listed, indices, data)
            assert accepted == program_accepts(tables, indices, data), (seed, other.hex())
            outcomes[accepted] += 1
    assert outcomes[True] >= 300
    assert outcomes[False] >= 900


def page_accepts(tables: list[list[int]], indices: np.ndarray, data: bytes) -> bool:
    try:
        reader = SecondReader(tables, data)
        reader.group(indices.tolist())
        reader.finish()
    except AssertionError:
        return False
    return True


def program_accepts(tables: Tables, indices: np.ndarray, data: bytes) -> bool:
    try:
        decoder = SymbolDecoder(tables, data)
        decoder.decode(indices)
        decoder.finish()
    except BitstreamError:
        return False
    return True
