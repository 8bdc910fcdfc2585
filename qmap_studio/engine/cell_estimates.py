"""What every cell costs, coded or not; cells of which pixels have error bounds are estimated apart from the others."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.cells import CELL_PX, MAX_LEVEL, mean_of_cells
from qmap_studio.core.rect import Rect
from qmap_studio.engine.bit_estimates import BitEstimates, Cells
from qmap_studio.engine.results import CellBits, Pixels

if TYPE_CHECKING:
    from qmap_studio.codec.common.bounded_model import BoundedModel

TILE_BITS = 2500.0
"""What a tile with few bounded pixels costs besides them, at most."""
FILL_SHARE = 0.05
"""What networks see in place of bounded pixels costs so much of what they would."""
RATIO_LIMITS = 0.3, 2.0


class CellEstimates:
    """Bits of all cells: those that are known, and estimates of the others.

    Bits of bounded pixels tell nothing of what a quality costs elsewhere, and the other way round, so that both are
    learnt apart.

    Args:
        pixels: uint8 (H, W, 3).
        means: of the cells' qualities, as levels.
    """

    def __init__(self, pixels: Pixels, means: npt.NDArray[np.float64], bounds: Bounds | None) -> None:
        from qmap_studio.codec.common.rate_model import RateModel

        self._pixels = pixels
        self._by_quality = BitEstimates(RateModel(pixels), means / MAX_LEVEL)
        self._shape = int(means.shape[0]), int(means.shape[1])
        self._bounded: _Bounded | None = None
        if bounds is not None:
            self.change_bounds(Rect.whole(*self._shape), bounds)

    def change_map(self, cells: Rect, means: npt.NDArray[np.float64]) -> None:
        """The qualities of some cells are others, given as levels."""
        self._by_quality.change_map(cells.slices, means / MAX_LEVEL)
        if self._bounded is not None:
            self._bounded.change_quality(cells)

    def change_bounds(self, cells: Rect, bounds: Bounds | None) -> None:
        """The bounds of some cells' pixels are others; None: none of them has one."""
        if self._bounded is None and bounds is not None:
            from qmap_studio.codec.common.bounded_model import BoundedModel

            self._bounded = _Bounded(BoundedModel(self._pixels), self._shape)
        if self._bounded is not None:
            self._bounded.change(cells, bounds)

    def learn(self, cells: Cells, bits: CellBits, where: npt.NDArray[np.bool_]) -> None:
        """What some of these cells cost with map and bounds as they are."""
        if self._bounded is not None:
            is_bounded = self._bounded.where[cells]
            self._bounded.learn(cells, bits, where & is_bounded)
            where = where & ~is_bounded
        self._by_quality.learn(cells, bits, where)

    def bits(self) -> CellBits:
        """Of all cells, for map and bounds as they are; those learnt with them are kept as they are."""
        bits = self._by_quality.bits()
        return bits if self._bounded is None else self._bounded.bits(bits)


class _Bounded:
    """The cells of which pixels have bounds.

    Attributes:
        where: bool (rows, columns).
    """

    def __init__(self, model: "BoundedModel", shape: tuple[int, int]) -> None:
        self._model = model
        self.where = np.zeros(shape, bool)
        # Of what only quality rules; bits expected of the others; bits as they are known, NaN where they are not.
        self._free = np.ones(shape, np.float32)
        self._expected = np.zeros(shape, np.float32)
        self._seen = np.full(shape, np.nan, np.float32)

    def change(self, cells: Rect, bounds: Bounds | None) -> None:
        part = cells.slices
        free = 1.0 if bounds is None else mean_of_cells(bounds == UNBOUNDED)
        self._free[part] = FILL_SHARE + (1 - FILL_SHARE) * free
        self._expected[part] = 0.0 if bounds is None else self._model.bits(cells, bounds)
        self._seen[part] = np.nan
        self.where[part] = np.less(free, 1)

    def change_quality(self, cells: Rect) -> None:
        """Matters where some pixels of a cell have no bound."""
        self._seen[cells.slices][self._free[cells.slices] > FILL_SHARE] = np.nan

    def learn(self, cells: Cells, bits: CellBits, where: npt.NDArray[np.bool_]) -> None:
        np.copyto(self._seen[cells], bits, where=where)

    def bits(self, by_quality: CellBits) -> CellBits:
        """Of all cells, given those that they would have without bounds."""
        learned, expected = by_quality * self._free, self._expected * _with_tiles(self._expected)
        is_seen = np.isfinite(self._seen) & self.where
        known = float(np.maximum(self._seen - learned, 0.0).sum(where=is_seen, dtype=np.float64))
        ratio = (known + TILE_BITS) / (float(expected.sum(where=is_seen, dtype=np.float64)) + TILE_BITS)
        estimate = learned + expected * np.float32(np.clip(ratio, *RATIO_LIMITS))
        return np.where(is_seen, self._seen, np.where(self.where, estimate, by_quality))


def _with_tiles(expected: CellBits) -> CellBits:
    """By how much cells cost more because their tile holds few bounded pixels, (rows, columns)."""
    from qmap_studio.codec.common.kept.tile import TILE_PX

    side = TILE_PX // CELL_PX
    sums = expected
    for axis in (0, 1):
        sums = np.add.reduceat(sums, np.arange(0, expected.shape[axis], side), axis=axis)
    factors = 1 + np.minimum(TILE_BITS / np.maximum(sums, 1.0), 0.5)
    rows, columns = expected.shape
    spread: CellBits = factors.repeat(side, axis=0).repeat(side, axis=1)[:rows, :columns].astype(np.float32)
    return spread
