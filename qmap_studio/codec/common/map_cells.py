"""The quality map as a file signals it: one quality for each latent cell."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common import map_coding
from qmap_studio.core.cells import MAX_LEVEL, mean_of_cells, median_of_middles

STEPS_PER_UNIT = map_coding.MAX_STEP  # so that a cell may lie anywhere from the base
STEP = (MAX_LEVEL + 1) // STEPS_PER_UNIT


@dataclass(frozen=True)
class MapCells:
    """The map as signalled: a 16-bit base and each cell's difference from it in steps of 1/32.

    Attributes:
        written: the steps as a file holds them, where it is known.
    """

    base: int
    steps: NDArray[np.int32]
    written: bytes | None = None

    @classmethod
    def of(cls, quality_map: NDArray[np.float32], base_of_whole: float | None = None) -> "MapCells":
        """Averages a map (H, W) over the latent cells; the base is `median_of_middles`, here or of the whole."""
        base = round(MAX_LEVEL * (median_of_middles(quality_map) if base_of_whole is None else base_of_whole))
        return cls.of_means(mean_of_cells(quality_map) * MAX_LEVEL, base)

    @classmethod
    def of_means(cls, means: NDArray[np.float64], base: int) -> "MapCells":
        """Of the mean qualities of the cells, in 65535ths."""
        return cls(base, np.clip(np.rint((means - base) / STEP), -STEPS_PER_UNIT, STEPS_PER_UNIT).astype(np.int32))

    def moved(self, offset: int) -> "MapCells":
        """The whole map moved by so many 65535ths: another base under the same steps, each cell clamped at 0 and 1.

        Where the base itself would leave its range, the highest or the lowest cell becomes the base.
        """
        base = self.base + offset
        if 0 <= base <= MAX_LEVEL:
            return replace(self, base=base, written=self.stream)
        anchor = int(self.steps.max() if base < 0 else self.steps.min())
        base = min(max(base + STEP * anchor, 0), MAX_LEVEL)
        steps = np.clip(self.steps - anchor, -STEPS_PER_UNIT, STEPS_PER_UNIT)
        return MapCells(base, steps)

    @cached_property
    def stream(self) -> bytes:
        """The steps as a file holds them."""
        return map_coding.encode_steps(self.steps) if self.written is None else self.written

    @property
    def bits_per_cell(self) -> np.float32:
        """The bits of the steps, shared among all cells."""
        return np.float32(8.0 * len(self.stream) / self.steps.size)

    @cached_property
    def values(self) -> NDArray[np.float32]:
        """16-bit cell qualities, whole numbers."""
        return np.clip(self.base + STEP * self.steps, 0, MAX_LEVEL).astype(np.float32)

    @cached_property
    def quality(self) -> NDArray[np.float32]:
        return self.values / np.float32(MAX_LEVEL)
