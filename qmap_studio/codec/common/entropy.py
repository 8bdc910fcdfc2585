"""Entropy coding of latents: integer tables, one for each scale, and a range coder that takes symbols grouped by table.

>>> tables = Tables((np.array([1, 1]), np.array([1, 8, 1, 1]), np.array([2, 3, 7, 3, 2, 1])))
>>> encoder = SymbolEncoder(tables)
>>> encoder.encode(np.array([1, 2, 2]), np.array([0, -2, 700]))
>>> decoder = SymbolDecoder(tables, encoder.finish())
>>> decoder.decode(np.array([1, 2, 2])).tolist()
[0, -2, 700]
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr

COUNTS_TOTAL = 1 << 16
WIDEST = 255  # symbols further out are escaped
WORD_BYTES = 4  # a stream is whole words
LATENT_BOUND = 30000  # of a symbol's magnitude
ESCAPE_OFFSET = 1 << 15  # an escaped symbol is coded as this plus its value, uniformly in 16 bits


@dataclass(frozen=True)
class Tables:
    """Integer counts of every table: table k holds the symbols -L..L and, last, the escape, with L = `reach[k]`.

    Table 0 codes nothing: its symbols are 0 by agreement.
    """

    counts: tuple[NDArray[np.int64], ...]

    @cached_property
    def reach(self) -> list[int]:
        return [len(c) // 2 - 1 for c in self.counts]

    @cached_property
    def signed_bits(self) -> NDArray[np.float32]:
        """Bits of the symbols -WIDEST - 1 to WIDEST + 1, (tables, 2 WIDEST + 3); past a table's reach: the escape's."""
        middle = WIDEST + 1
        bits = np.empty((len(self.counts), 2 * middle + 1), np.float32)
        for k, (counts, reach) in enumerate(zip(self.counts, self.reach, strict=True)):
            cost = -np.log2(counts / counts.sum())
            bits[k] = cost[-1] + 16.0
            bits[k, middle - reach : middle + reach + 1] = cost[:-1]
        bits[0] = 0.0
        return bits

    @cached_property
    def bits(self) -> NDArray[np.float32]:
        """Bits of a symbol by table and magnitude, (tables, WIDEST + 2): the mean of both signs."""
        middle = WIDEST + 1
        return 0.5 * (self.signed_bits[:, middle:] + self.signed_bits[:, middle::-1])

    @cached_property
    def saved_bits(self) -> NDArray[np.float32]:
        """Bits that the next symbol towards zero saves, laid out as `bits`; 0 where there is none or both escape."""
        saved = np.diff(self.bits, axis=1, prepend=self.bits[:, :1])
        saved[:, -1] = 0.0
        return saved

    @cached_property
    def models(self) -> list[Any]:
        import constriction

        # perfect=False on float64 counts: the one form whose stream was found to be reproducible.
        return [constriction.stream.model.Categorical(c.astype(np.float64), perfect=False) for c in self.counts]


def to_counts(mass: NDArray[np.float64]) -> NDArray[np.int64]:
    """Probabilities as integer counts of at least 1."""
    return np.maximum(np.round(mass / mass.sum() * COUNTS_TOTAL), 1.0).astype(np.int64)


class SymbolEncoder:
    """Collects symbols, call by call, into one stream."""

    def __init__(self, tables: Tables) -> None:
        import constriction

        self._tables, self._coder = tables, constriction.stream.queue.RangeEncoder()
        self._raw = constriction.stream.model.Uniform(1 << 16)

    def encode(self, indices: NDArray[Any], symbols: NDArray[Any]) -> None:
        """Codes `symbols[i]` with table `indices[i]`, grouped by table; none of the indices may be 0."""
        order = np.argsort(indices, kind="stable")
        symbols = symbols[order].astype(np.int32)
        starts = np.searchsorted(indices[order], np.arange(len(self._tables.counts) + 1))
        for k in range(1, len(self._tables.counts)):
            part = symbols[starts[k] : starts[k + 1]]
            if part.size:
                reach = self._tables.reach[k]
                inside = np.abs(part) <= reach
                coded = np.where(inside, part + reach, 2 * reach + 1).astype(np.int32)
                self._coder.encode(coded, self._tables.models[k])
                if not inside.all():
                    self._coder.encode((part[~inside] + ESCAPE_OFFSET).astype(np.int32), self._raw)

    def finish(self) -> bytes:
        return bytes(self._coder.get_compressed().astype("<u4").tobytes())


def stream_bytes(bits: float) -> int:
    """The length of a stream of symbols that cost so many bits by the tables."""
    return WORD_BYTES * math.ceil(max(bits, 0.0) / (8 * WORD_BYTES))


class SymbolDecoder:
    """Gives back the symbols of a stream in the order of the encoder's calls."""

    def __init__(self, tables: Tables, data: bytes) -> None:
        import constriction

        if len(data) % WORD_BYTES:
            raise BitstreamError(
                tr("The latent stream's length must be a multiple of 4 bytes, found {found}.").format(found=len(data))
            )
        self._tables, self._raw = tables, constriction.stream.model.Uniform(1 << 16)
        self._coder = constriction.stream.queue.RangeDecoder(np.frombuffer(data, "<u4").astype(np.uint32))

    def decode(self, indices: NDArray[Any]) -> NDArray[np.int32]:
        """Symbols for the tables `indices`, in that order."""
        order = np.argsort(indices, kind="stable")
        starts = np.searchsorted(indices[order], np.arange(len(self._tables.counts) + 1))
        sorted_symbols = np.zeros(indices.size, np.int32)
        try:
            for k in range(1, len(self._tables.counts)):
                amount = int(starts[k + 1] - starts[k])
                if amount:
                    reach = self._tables.reach[k]
                    part = self._coder.decode(self._tables.models[k], amount) - reach
                    escaped = part == reach + 1
                    if escaped.any():
                        part[escaped] = self._coder.decode(self._raw, int(escaped.sum())) - ESCAPE_OFFSET
                    sorted_symbols[starts[k] : starts[k + 1]] = part
        except AssertionError as error:  # how constriction reports data that no encoder can have written
            raise BitstreamError(tr("The latent stream is damaged.")) from error
        symbols = np.empty_like(sorted_symbols)
        symbols[order] = sorted_symbols
        return symbols

    def finish(self) -> None:
        """Raises BitstreamError where the stream holds more than was read."""
        if not self._coder.maybe_exhausted():
            raise BitstreamError(tr("The latent stream holds more data than its picture needs."))
