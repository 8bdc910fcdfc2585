"""The detail layer of a picture: while it is encoded, part by part, and when it is read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.detail.cells import cells_at
from qmap_studio.codec.common.detail.choice import choose
from qmap_studio.codec.common.detail.coding import pack, unpack
from qmap_studio.codec.common.detail.transform import ABSENT, CHANNELS, added
from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.rect import Rect

Place = tuple[int, int]
"""Row and column of a cell."""


class DetailLayer:
    """The details of a picture of so many cells while it is encoded. Several threads may work on parts of it."""

    def __init__(self, rows: int, columns: int) -> None:
        self._kinds: NDArray[np.uint8] = np.full((rows, columns), ABSENT, np.uint8)
        self._symbols: dict[Place, NDArray[np.int16]] = {}
        self._packed: tuple[bytes, NDArray[np.float32]] | None = None

    def mend(
        self,
        original: NDArray[np.uint8],
        pixels: NDArray[np.uint8],
        levels: NDArray[np.uint16],
        cells: Rect,
        meant: NDArray[np.bool_] | None,
    ) -> None:
        """Finds the details of a part of the picture and adds them to its reconstruction.

        Args:
            original, pixels: uint8 (H, W, 3), the part and its reconstruction, which is written to.
            levels: (rows, columns), the qualities of its cells in 65535ths.
            cells: where they lie in the picture.
            meant: bool (rows, columns), the cells whose details are taken over; all without.
        """
        found = choose(original, pixels, levels)
        kinds = np.full_like(self._kinds[cells.slices], ABSENT) if found is None else found.kinds
        if found is not None:
            add(pixels, kinds, found.symbols, levels)
        taken = np.ones(kinds.shape, bool) if meant is None else meant
        before = self._kinds[cells.slices]
        for row, column in np.argwhere(taken & (before != ABSENT)).tolist():
            del self._symbols[cells.y + row, cells.x + column]
        if found is not None:
            for (row, column), symbols in zip(np.argwhere(kinds != ABSENT).tolist(), found.symbols, strict=True):
                if taken[row, column]:
                    self._symbols[cells.y + row, cells.x + column] = symbols
        if (taken & ((before != ABSENT) | (kinds != ABSENT))).any():
            np.copyto(before, kinds, where=taken)
            self._packed = None

    def cell_bits(self) -> NDArray[np.float32]:
        """Bits of each cell, (rows, columns)."""
        return self._pack()[1]

    def chunk(self) -> bytes:
        """What a file holds of it; no bytes at all where no cell has details."""
        return self._pack()[0]

    def _pack(self) -> tuple[bytes, NDArray[np.float32]]:
        """Bytes and bits, which take one walk over all symbols."""
        packed = self._packed
        if packed is None:
            self._packed = packed = pack(*self._all())
        return packed

    def _all(self) -> tuple[NDArray[np.uint8], NDArray[np.int16]]:
        """Kinds, and the symbols in their order."""
        symbols = [self._symbols[row, column] for row, column in np.argwhere(self._kinds != ABSENT).tolist()]
        return self._kinds, np.stack(symbols) if symbols else np.zeros((0, CHANNELS, CELL_PX, CELL_PX), np.int16)


@dataclass(frozen=True)
class DetailFile:
    """The details of a file; kinds and symbols as in `Details`, and the bits of each cell."""

    kinds: NDArray[np.uint8]
    symbols: NDArray[np.int16]
    cell_bits: NDArray[np.float32]

    @classmethod
    def unpack(cls, data: bytes, rows: int, columns: int) -> "DetailFile":
        """Of a picture of so many cells.

        Raises:
            BitstreamError: the bytes are no such details.
        """
        return cls(*unpack(data, rows, columns))

    def add_to(self, pixels: NDArray[np.uint8], levels: NDArray[np.uint16]) -> None:
        """Adds them to a picture, uint8 (H, W, 3), whose cells have these qualities in 65535ths."""
        add(pixels, self.kinds, self.symbols, levels)


CELLS_AT_ONCE = 1024  # which bounds the memory


def add(
    pixels: NDArray[np.uint8], kinds: NDArray[np.uint8], symbols: NDArray[np.int16], levels: NDArray[np.uint16]
) -> None:
    """Adds details to pixels (H, W, 3) that begin with a cell, in place."""
    rows, columns = np.nonzero(kinds != ABSENT)
    for start in range(0, len(rows), CELLS_AT_ONCE):
        part = np.s_[start : start + CELLS_AT_ONCE]
        at = rows[part], columns[part]
        before = cells_at(pixels, *at)
        after = np.clip(before + added(kinds[at], symbols[part], levels[at], before), 0, 255).astype(np.uint8)
        for row, column, cell in zip(*(side * CELL_PX for side in at), after, strict=True):
            there = pixels[row : row + CELL_PX, column : column + CELL_PX]
            there[...] = cell[: there.shape[0], : there.shape[1]]
