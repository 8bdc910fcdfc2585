"""Symbols to a stream: a checksum over them, and the words of a range coder that takes them table by table."""

import math
import zlib
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.entropy_tables import ESCAPE_OFFSET, Tables

WORD_BYTES = 4
CHECKSUM_BYTES = 4

Groups = list[tuple[int, slice]]
"""Which of the sorted symbols have which table, from table 1 on; tables without symbols are left out."""


class SymbolEncoder:
    """Collects symbols, call by call, into one stream."""

    def __init__(self, tables: Tables) -> None:
        import constriction

        self._tables, self._checksum = tables, 0
        self._coder = constriction.stream.queue.RangeEncoder()

    def encode(self, indices: NDArray[Any], symbols: NDArray[Any]) -> None:
        """Codes `symbols[i]` with table `indices[i]`, grouped by table; none of the indices may be 0."""
        order, groups = grouped(indices, self._tables)
        self.encode_sorted(symbols[order].astype(np.int32), groups)
        self._checksum = with_symbols(self._checksum, symbols)

    def encode_sorted(self, symbols: NDArray[np.int32], groups: Groups) -> None:
        """Codes symbols that are in the order of their tables, without a checksum."""
        for k, place in groups:
            part, reach = symbols[place], self._tables.reach[k]
            inside = np.abs(part) <= reach
            self._coder.encode(np.where(inside, part + reach, 2 * reach + 1).astype(np.int32), self._tables.models[k])
            if not inside.all():
                self._coder.encode((part[~inside] + ESCAPE_OFFSET).astype(np.int32), escapes())

    def words(self) -> bytes:
        """The range coder's words."""
        return bytes(self._coder.get_compressed().astype(">u4").tobytes())

    def finish(self) -> bytes:
        return self._checksum.to_bytes(CHECKSUM_BYTES, "big") + self.words()


def stream_bytes(bits: float) -> int:
    """The length of a stream of symbols that cost so many bits by the tables."""
    return CHECKSUM_BYTES + WORD_BYTES * math.ceil(max(bits, 0.0) / (8 * WORD_BYTES))


def grouped(indices: NDArray[Any], tables: Tables) -> tuple[NDArray[np.intp], Groups]:
    """The order in which the symbols of these tables are coded: sorted by table, stably; and where each table's are."""
    order = np.argsort(indices, kind="stable")
    starts = np.searchsorted(indices[order], np.arange(len(tables.counts) + 1)).tolist()
    return order, [(k, slice(start, stop)) for k, (start, stop) in enumerate(pairwise(starts)) if k and stop > start]


def with_symbols(checksum: int, symbols: NDArray[Any]) -> int:
    """A checksum that further symbols are taken into."""
    return zlib.crc32(symbols.astype(">i2").tobytes(), checksum)


@cache
def escapes() -> Any:
    """The model of escaped values."""
    import constriction

    return constriction.stream.model.Uniform(1 << 16)
