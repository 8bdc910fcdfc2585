"""Details to bytes and back.

words of the symbols' stream (4 bytes) | the stream | the kinds' bits
"""

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.binary_coder import BinaryDecoder, BinaryEncoder
from qmap_studio.codec.common.detail.contexts import walk
from qmap_studio.codec.common.detail.flags import BitCounter, KindCoder
from qmap_studio.codec.common.detail.tables import detail_tables
from qmap_studio.codec.common.detail.transform import CHANNELS, COEFFICIENTS
from qmap_studio.codec.common.entropy import WIDEST, WORD_BYTES, SymbolDecoder, SymbolEncoder
from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr

_LENGTH_BYTES = 4


def pack(kinds: NDArray[np.uint8], symbols: NDArray[np.int16]) -> bytes:
    """The bytes of a whole picture's details; none at all where no cell has any.

    Args:
        kinds: (rows, columns), of all cells.
        symbols: (n, 3, 16, 16), of the cells that have details, row by row; those of a FLAT cell are 0 but for the
            first of each channel.
    """
    if not kinds.any():
        return b""
    flat = symbols.reshape(-1, CHANNELS, COEFFICIENTS)
    encoder = SymbolEncoder(detail_tables())

    def code(
        cells: NDArray[np.intp], channel: int, places: NDArray[np.int64], tables: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        given = flat[cells, channel, places].astype(np.int32)
        encoder.encode(tables.ravel(), given.ravel())
        return given

    walk(kinds, code)
    stream = encoder.finish()
    coder = BinaryEncoder()
    KindCoder(coder).code(kinds)
    return (len(stream) // WORD_BYTES).to_bytes(_LENGTH_BYTES, "big") + stream + coder.finish()


def unpack(data: bytes, rows: int, columns: int) -> tuple[NDArray[np.uint8], NDArray[np.int16]]:
    """The kinds and the symbols that `pack` was given; any bytes are safe to give.

    Raises:
        BitstreamError: the bytes are no details of a picture of so many cells, as far as can be told.
    """
    if not data:
        return np.zeros((rows, columns), np.uint8), np.zeros((0, CHANNELS, CELL_PX, CELL_PX), np.int16)
    end = _LENGTH_BYTES + WORD_BYTES * int.from_bytes(data[:_LENGTH_BYTES], "big")
    coder = BinaryDecoder(data[end:])
    try:
        kinds = KindCoder(coder).code(np.zeros((rows, columns), np.uint8))
        coder.finish()
    except BitstreamError as error:
        raise BitstreamError(tr("The .sfc file is damaged: its details are not well formed.")) from error
    count = int(np.count_nonzero(kinds))
    if end > len(data) or count == 0:
        raise BitstreamError(tr("The .sfc file is damaged: its details are not well formed."))
    symbols = np.zeros((count, CHANNELS, COEFFICIENTS), np.int16)
    decoder = SymbolDecoder(detail_tables(), data[_LENGTH_BYTES:end])

    def code(
        cells: NDArray[np.intp], channel: int, places: NDArray[np.int64], tables: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        found = decoder.decode(tables.ravel()).reshape(tables.shape)
        symbols[cells, channel, places] = found
        return found

    walk(kinds, code)
    decoder.finish()
    return kinds, symbols.reshape(count, CHANNELS, CELL_PX, CELL_PX)


def cell_bits(kinds: NDArray[np.uint8], symbols: NDArray[np.int16]) -> NDArray[np.float32]:
    """Bits of every cell's details, float32 (rows, columns), by the tables; together those of the bytes of `pack`.

    Args: as for `pack`.
    """
    bits = np.zeros(kinds.shape, np.float32)
    if not kinds.any():
        return bits
    flat = symbols.reshape(-1, CHANNELS, COEFFICIENTS)
    of_cells, prices = np.zeros(len(flat)), detail_tables().bits

    def code(
        cells: NDArray[np.intp], channel: int, places: NDArray[np.int64], tables: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        given = flat[cells, channel, places].astype(np.int32)
        of_cells[cells[:, 0]] += prices[tables, np.minimum(np.abs(given), WIDEST + 1)].sum(axis=1, dtype=np.float64)
        return given

    walk(kinds, code)
    counter = BitCounter()
    KindCoder(counter).code(kinds)
    bits[kinds > 0] = of_cells
    return bits + np.float32((counter.bits + 8 * _LENGTH_BYTES) / kinds.size)
