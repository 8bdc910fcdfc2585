"""Symbols from a stream, table by table. SFC.md, section 4, is what this follows.

>>> tables = Tables((np.array([1, 1]), np.array([1, 8, 1, 1]), np.array([2, 3, 7, 3, 2, 1])))
>>> encoder = SymbolEncoder(tables)
>>> encoder.encode(np.array([1, 2, 2]), np.array([0, -2, 700]))
>>> decoder = SymbolDecoder(tables, encoder.finish())
>>> decoder.decode(np.array([1, 2, 2])).tolist()
[0, -2, 700]
>>> decoder.finish()
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.entropy_tables import ESCAPE_OFFSET, LATENT_BOUND, Tables
from qmap_studio.codec.common.symbol_encoder import (
    CHECKSUM_BYTES,
    WORD_BYTES,
    SymbolEncoder,
    escapes,
    grouped,
    with_symbols,
)
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr


class SymbolDecoder:
    """Gives back the symbols of a stream in the order of the encoder's calls.

    Raises:
        BitstreamError: the bytes cannot be a stream.
    """

    def __init__(self, tables: Tables, data: bytes) -> None:
        import constriction

        self._checksum, self._words = data[:CHECKSUM_BYTES], data[CHECKSUM_BYTES:]
        if len(self._checksum) < CHECKSUM_BYTES or len(self._words) % WORD_BYTES:
            raise _damaged()
        self._tables, self._found_checksum = tables, 0
        self._coder = constriction.stream.queue.RangeDecoder(np.frombuffer(self._words, ">u4").astype(np.uint32))
        self._again = SymbolEncoder(tables)

    def decode(self, indices: NDArray[Any], most: int = LATENT_BOUND) -> NDArray[np.int32]:
        """Symbols for the tables `indices`, in that order.

        Args:
            most: the largest magnitude that they may have.
        Raises:
            BitstreamError: no encoder can have written this.
        """
        order, groups = grouped(indices, self._tables)
        sorted_symbols = np.zeros(indices.size, np.int32)
        try:
            for k, part in groups:
                reach = self._tables.reach[k]
                symbols = self._coder.decode(self._tables.models[k], part.stop - part.start) - reach
                escaped = symbols == reach + 1
                if escaped.any():
                    symbols[escaped] = self._coder.decode(escapes(), int(escaped.sum())) - ESCAPE_OFFSET
                sorted_symbols[part] = symbols
        except AssertionError as error:  # how constriction reports it
            raise _damaged() from error
        if (np.abs(sorted_symbols) > most).any():
            raise _damaged()
        self._again.encode_sorted(sorted_symbols, groups)
        symbols = np.empty_like(sorted_symbols)
        symbols[order] = sorted_symbols
        self._found_checksum = with_symbols(self._found_checksum, symbols)
        return symbols

    def finish(self) -> None:
        """Raises BitstreamError where the stream is not, word by word, the one that these symbols become."""
        expected = self._found_checksum.to_bytes(CHECKSUM_BYTES, "big")
        if self._again.words() != self._words or self._checksum != expected:
            raise _damaged()


def _damaged() -> BitstreamError:
    return BitstreamError(
        tr("The .sfc file cannot be read: one of its streams is damaged, or does not fit the model's weights.")
    )
