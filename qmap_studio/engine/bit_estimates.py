"""What the cells cost that are not coded yet: by their detail, and by what others turned out to cost."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qmap_studio.core.cells import CELLS_PER_BLOCK
from qmap_studio.core.opencv import cv2
from qmap_studio.engine.results import CellBits

if TYPE_CHECKING:
    from qmap_studio.codec.common.rate_model import RateModel

Cells = tuple[slice, slice]
"""A rectangle of latent cells."""

QUALITIES = np.linspace(0, 1, 9)
# How far in quality and in blocks a cell counts much for another, and how much is too little to count alone.
NEAR_QUALITY = 0.1
NEAR_BLOCKS = 2.0
FEW = 0.03
# How far a quality may move until a cell's own past counts by its e-th part only, and how much it counts at most.
KEEPS = 0.5
OWN_LIMITS = 0.2, 5.0


class BitEstimates:
    """Bits of cells by a rate model, times what those coded so far cost in place of what the model said.

    That ratio is taken from cells that are near, in the picture and in quality; far ones count where there are no
    others. A cell that was coded at another quality keeps in part how it differed from its neighbours.
    """

    def __init__(self, model: "RateModel", quality: npt.NDArray[np.float64]) -> None:
        """Args: quality: of each cell, 0 to 1."""
        self._model = model
        self._quality = quality.astype(np.float32)
        self._expected = model.bits(quality)
        # Of the last time that a cell's bits were known: these, those expected, the quality; zeros before.
        self._seen, self._seen_expected = np.zeros_like(self._expected), np.zeros_like(self._expected)
        self._seen_quality = np.zeros_like(self._quality)
        self._ratios: npt.NDArray[np.float32] | None = None
        self._bits: CellBits | None = None

    def change_map(self, cells: Cells, quality: npt.NDArray[np.float64]) -> None:
        """The map is another in some cells."""
        self._bits = None
        self._quality[cells] = quality
        self._expected[cells] = self._model.bits(quality, cells)

    def learn(self, cells: Cells, bits: CellBits, where: npt.NDArray[np.bool_]) -> None:
        """What some of these cells cost with the map as it is."""
        self._bits = self._ratios = None
        for seen, now in (
            (self._seen, bits),
            (self._seen_expected, self._expected[cells]),
            (self._seen_quality, self._quality[cells]),
        ):
            np.copyto(seen[cells], now, where=where)

    def bits(self) -> CellBits:
        """Of all cells, for the map as it is; those learnt with it are kept as they are."""
        if self._ratios is None:
            self._ratios = self._learnt()
        if self._bits is None:
            self._bits = self._estimated(self._ratios)
        return self._bits

    def _estimated(self, ratios: npt.NDArray[np.float32]) -> CellBits:
        is_seen, moved = self._seen_expected > 0, np.abs(self._quality - self._seen_quality)
        near_then = self._seen_expected * _at_quality(ratios, self._seen_quality)
        own = np.divide(self._seen, near_then, out=np.ones_like(near_then), where=is_seen)
        own = np.clip(own, *OWN_LIMITS) ** np.exp(-moved / KEEPS)
        estimate = self._expected * _at_quality(ratios, self._quality) * own
        return np.where(is_seen & (moved == 0), self._seen, estimate)

    def _learnt(self) -> npt.NDArray[np.float32]:
        """Bits seen for a bit expected: (qualities, rows, columns) of blocks."""
        rows, columns = _blocks(self._seen)
        shape = len(QUALITIES), int(rows[-1, 0]) + 1, int(columns[-1]) + 1
        nearest = np.rint(self._seen_quality * (len(QUALITIES) - 1)).astype(np.intp)
        place = (nearest * shape[1] + rows) * shape[2] + columns
        closeness = (1 + ((QUALITIES[:, np.newaxis] - QUALITIES) / NEAR_QUALITY) ** 2) ** -2.0
        sums = []
        for values in (self._seen, self._seen_expected):
            by_block = np.bincount(place.ravel(), values.ravel(), np.prod(shape)).reshape(shape)
            by_quality = np.einsum("ij,jkl->ikl", closeness, by_block)
            near = [
                cv2.GaussianBlur(plane, (0, 0), NEAR_BLOCKS, borderType=cv2.BORDER_CONSTANT) for plane in by_quality
            ]
            sums.append((float(by_block.sum()), by_quality.sum(axis=(1, 2)), np.stack(near)))
        (all_seen, seen_at, seen_near), (all_expected, expected_at, expected_near) = sums
        block = float(self._expected.mean(dtype=np.float64)) * CELLS_PER_BLOCK**2
        everywhere = (all_seen + block) / (all_expected + block)
        at_quality = (seen_at + block * everywhere) / (expected_at + block)
        few = FEW * block
        near = (seen_near + few * at_quality[:, np.newaxis, np.newaxis]) / (expected_near + few)
        return np.asarray(near, np.float32)


def _at_quality(ratios: npt.NDArray[np.float32], quality: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Ratios of cells, interpolated between the qualities."""
    place = quality * (len(QUALITIES) - 1)
    below = np.minimum(place.astype(np.intp), len(QUALITIES) - 2)
    rows, columns = _blocks(quality)
    first, second = ratios[below, rows, columns], ratios[below + 1, rows, columns]
    found: npt.NDArray[np.float32] = first + (second - first) * (place - below)
    return found


def _blocks(cells: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The block's row and column of each cell, ready to be broadcast."""
    rows, columns = (np.arange(side) // CELLS_PER_BLOCK for side in cells.shape)
    return rows[:, np.newaxis], columns
