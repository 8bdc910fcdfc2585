"""A picture kept encoded while its map changes."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from qmap_studio.codec.common.coding import Coding
from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.interface import Encoding, ProgressCallback
from qmap_studio.codec.common.latent_grid import HYPER_CELL_PX
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder, stream_bytes
from qmap_studio.codec.common.tiling import Blocks
from qmap_studio.core.bounds import Bounds
from qmap_studio.core.pictures import Picture

LAYER_BYTES = 5
"""What a layer besides the latents takes that is no cell's: its chunk's head, and the last word of its stream."""


class CodingBackend(Protocol):
    """What a codec does for an incremental encoder of its own."""

    def begin(self, cells: MapCells, source: Source) -> Coding: ...

    def with_fallback(self, work: Callable[[], Any]) -> Any: ...

    def pack(self, picture: Picture, cells: MapCells, stream: bytes, coding: Coding | None = None) -> bytes: ...

    @property
    def tables(self) -> Tables: ...


class IncrementalEncoding:
    """See `interface.IncrementalEncoder`."""

    def __init__(self, backend: CodingBackend, picture: Picture, cells: MapCells, bounds: Bounds | None) -> None:
        self._backend, self._picture, self._cells, self._bounds = backend, picture, cells, bounds
        self._coding, self._ran_out = self._begin(), False

    def _begin(self) -> Coding:
        picture = self._picture
        source = Source.of(picture, self._bounds)
        return self._backend.begin(self._cells, source)

    @property
    def reconstruction(self) -> NDArray[np.uint8]:
        return self._coding.reconstruction

    @property
    def stale(self) -> Blocks:
        rows, columns = (-(-side // HYPER_CELL_PX) for side in (self._picture.height, self._picture.width))
        return self._coding.staged.stale[:rows, :columns]

    def change_map(self, means: NDArray[np.float64], base: int, bounds: Bounds | None = None) -> None:
        self._cells, self._bounds = MapCells.of_means(means, base), bounds
        self._coding.change_map(self._cells, bounds)

    def update(self, blocks: Blocks, checkpoint: ProgressCallback | None = None) -> None:
        wanted = np.zeros(self._coding.staged.done.shape, bool)
        wanted[: blocks.shape[0], : blocks.shape[1]] = blocks
        if blocks.all():
            wanted[:] = True

        def work() -> None:
            if self._ran_out:
                self._coding, self._ran_out = self._begin(), False  # in smaller tiles now
            try:
                self._coding.staged.bring_up_to_date(wanted, checkpoint)
            except torch.OutOfMemoryError:
                self._ran_out = True
                raise

        self._backend.with_fallback(work)

    def take_redone(self) -> Blocks:
        rows, columns = self.stale.shape
        return self._coding.staged.take_redone()[:rows, :columns]

    def cell_bits(self) -> NDArray[np.float32]:
        return self._coding.cell_bits()

    @property
    def map_bits(self) -> float:
        return 8.0 * len(self._cells.stream)

    def estimated_bytes(self, bits: float) -> int:
        size = len(self._backend.pack(self._picture, self._cells, bytes(stream_bytes(bits))))
        return size + LAYER_BYTES * self._coding.layers

    def finish(self, checkpoint: ProgressCallback | None = None) -> Encoding:
        self.update(np.ones(self.stale.shape, bool), checkpoint)
        encoder = SymbolEncoder(self._backend.tables)
        self._coding.write(encoder)
        data = self._backend.pack(self._picture, self._cells, encoder.finish(), self._coding)
        bits = self._coding.cell_bits() + self._cells.bits_per_cell
        return Encoding(self.reconstruction.copy(), bits, self._cells.quality, data)
