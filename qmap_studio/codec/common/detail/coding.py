"""Details to bytes and back.

length of the symbols' stream | the stream | the kinds' bits
"""

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.binary_coder import BinaryDecoder, BinaryEncoder
from qmap_studio.codec.common.detail.contexts import walk
from qmap_studio.codec.common.detail.flags import KindCoder
from qmap_studio.codec.common.detail.tables import detail_tables
from qmap_studio.codec.common.detail.transform import CHANNELS, COEFFICIENTS
from qmap_studio.codec.common.entropy_tables import WIDEST
from qmap_studio.codec.common.fields import FieldReader, number
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.symbol_encoder import CHECKSUM_BYTES, SymbolEncoder
from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr


def pack(kinds: NDArray[np.uint8], symbols: NDArray[np.int16]) -> tuple[bytes, NDArray[np.float32]]:
    """The bytes of a whole picture's details, none at all where no cell has any, and the bits of every cell.

    Args:
        kinds: (rows, columns), of all cells.
        symbols: (n, 3, 16, 16), of the cells that have details, row by row; those of a FLAT cell are 0 but for the
            first of each channel.
    Returns:
        The bytes, and float32 (rows, columns), by the tables; together those of the bytes.
    """
    if not kinds.any():
        return b"", np.zeros(kinds.shape, np.float32)
    flat, encoder = symbols.reshape(-1, CHANNELS, COEFFICIENTS), SymbolEncoder(detail_tables())
    bits = _Bits(len(flat))

    def code(
        cells: NDArray[np.intp], channel: int, places: NDArray[np.int64], tables: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        given = flat[cells, channel, places].astype(np.int32)
        encoder.encode(tables.ravel(), given.ravel())
        bits.count(cells, tables, given)
        return given

    walk(kinds, code)
    stream = encoder.finish()
    coder = BinaryEncoder()
    kind_coder = KindCoder(coder)
    kind_coder.code(kinds)
    data = number(len(stream)) + stream + coder.finish()
    return data, bits.by_cell(kinds, kind_coder.bits, 8 * (CHECKSUM_BYTES + len(data) - len(stream)))


def unpack(data: bytes, rows: int, columns: int) -> tuple[NDArray[np.uint8], NDArray[np.int16], NDArray[np.float32]]:
    """The kinds and the symbols that `pack` was given, and the bits that it gave; any bytes are safe to give.

    Raises:
        BitstreamError: the bytes are no details of a picture of so many cells, as far as can be told.
    """
    if not data:
        kinds = np.zeros((rows, columns), np.uint8)
        return kinds, np.zeros((0, CHANNELS, CELL_PX, CELL_PX), np.int16), kinds.astype(np.float32)
    reader = FieldReader(data)
    try:
        stream = reader.take_sized()
        coder = BinaryDecoder(reader.take_all())
        kind_coder = KindCoder(coder)
        kinds = kind_coder.code(np.zeros((rows, columns), np.uint8))
        coder.finish()
    except BitstreamError as error:
        raise BitstreamError(tr("The .sfc file is damaged: its details are not well formed.")) from error
    count = int(np.count_nonzero(kinds))
    if count == 0:
        raise BitstreamError(tr("The .sfc file is damaged: its details are not well formed."))
    symbols = np.zeros((count, CHANNELS, COEFFICIENTS), np.int16)
    bits, decoder = _Bits(count), SymbolDecoder(detail_tables(), stream)

    def code(
        cells: NDArray[np.intp], channel: int, places: NDArray[np.int64], tables: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        found = decoder.decode(tables.ravel()).reshape(tables.shape)
        symbols[cells, channel, places] = found
        bits.count(cells, tables, found)
        return found

    walk(kinds, code)
    decoder.finish()
    cell_bits = bits.by_cell(kinds, kind_coder.bits, 8 * (CHECKSUM_BYTES + len(data) - len(stream)))
    return kinds, symbols.reshape(count, CHANNELS, CELL_PX, CELL_PX), cell_bits


class _Bits:
    """Counts the bits of so many cells with details."""

    def __init__(self, cells: int) -> None:
        self._of_cells, self._prices = np.zeros(cells), detail_tables().bits

    def count(self, cells: NDArray[np.intp], tables: NDArray[np.int64], symbols: NDArray[np.int32]) -> None:
        """Adds those of symbols (cells, places) of some cells, a column, with their tables."""
        prices = self._prices[tables, np.minimum(np.abs(symbols), WIDEST + 1)]
        self._of_cells[cells[:, 0]] += prices.sum(axis=1, dtype=np.float64)

    def by_cell(self, kinds: NDArray[np.uint8], of_kinds: list[float], besides: int) -> NDArray[np.float32]:
        """Of all cells (rows, columns).

        Args:
            of_kinds: those of the cells' kinds, row by row.
            besides: all bits but those of the symbols; what the kinds leave of them is shared among all cells.
        """
        kind_bits = np.array(of_kinds).reshape(kinds.shape)
        bits = (kind_bits + (besides - kind_bits.sum()) / kinds.size).astype(np.float32)
        bits[kinds > 0] += self._of_cells.astype(np.float32)
        return bits
