"""One side of a picture cut into blocks, at every scale of its structural similarity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import BLOCK_PX
from qmap_studio.evaluation.similarity import WINDOW


@dataclass(frozen=True)
class BlockAxis:
    """Positions along one side.

    An odd side gets a line in front before it is halved, so position p of scale s starts at pixel p * 2^s - padding(s).
    A window belongs to the block that holds pixel p * 2^s, p being its centre: at scale s every block has the same
    64 / 2^s centres.

    Attributes:
        side: of the picture, in pixels.
        scales: how many there are.
    """

    side: int
    scales: int

    @property
    def blocks(self) -> int:
        return -(-self.side // BLOCK_PX)

    def padding(self, scale: int) -> int:
        """Lines in front of the picture on the way to a scale, in pixels."""
        return -self.side % (1 << scale)

    def length(self, scale: int) -> int:
        """The side at a scale."""
        return -(-self.side >> scale)

    def crop(self, blocks: slice) -> slice:
        """The pixels some blocks need, cut where their pyramid has the values of the whole picture's."""
        step, padding = 1 << self.scales - 1, self.padding(self.scales - 1)
        margin = WINDOW // 2 * step
        start, stop = (blocks.start * BLOCK_PX - margin - padding, blocks.stop * BLOCK_PX + margin - padding)
        return slice(max(0, start), min(self.side, stop))

    def start(self, crop: slice, scale: int) -> int:
        """The position at which a crop starts at a scale."""
        return int(crop.start) + self.padding(scale) >> scale

    def centres(self, blocks: slice, scale: int, radius: int) -> slice:
        """The centres in some blocks of the windows that lie inside; empty where there are none."""
        size = BLOCK_PX >> scale
        start = max(radius, blocks.start * size)
        return slice(start, max(start, min(self.length(scale) - radius, blocks.stop * size)))

    def reached(self, start: int, stop: int) -> slice:
        """The blocks whose figures the pixels [start, stop) reach."""
        radius, firsts, lasts = WINDOW // 2, [], []
        for scale in range(self.scales):
            first, last = (pixel + self.padding(scale) >> scale for pixel in (start, stop - 1))
            firsts.append(max(0, first - radius) // (BLOCK_PX >> scale))
            lasts.append(min(self.length(scale) - 1, last + radius) // (BLOCK_PX >> scale))
        return slice(min(firsts), max(lasts) + 1)

    def reach_of(self, size: int) -> NDArray[np.intp]:
        """The first block and the one behind the last that parts of so many pixels reach: (2, parts)."""
        starts = range(0, self.side, size)
        reached = [self.reached(start, min(self.side, start + size)) for start in starts]
        return np.array([(blocks.start, blocks.stop) for blocks in reached]).T


def membership(positions: slice, blocks: slice, scale: int) -> NDArray[np.float32]:
    """Which positions of a scale belong to which blocks: 1 or 0 in (blocks, positions)."""
    owner = np.arange(positions.start, positions.stop) // (BLOCK_PX >> scale)
    return np.asarray(owner == np.arange(blocks.start, blocks.stop)[:, np.newaxis], np.float32)
