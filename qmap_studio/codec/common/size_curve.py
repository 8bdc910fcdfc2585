"""How the size of a file grows with quality: what is known of a picture before it is encoded."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.interface import Coded
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.cells import MAX_LEVEL, mean_of_cells

SAMPLED_CELLS = 4096
FILL_SHARE = 0.02
"""What is put in the place of bounded pixels costs about so much of what they would."""
LOG_BPP = (0.223, -0.967, 3.383, -2.662)
"""ln of the bits per pixel by quality, as a polynomial, highest power first.

The mean of 16 photos of the training set (512 x 512 px from their middles) that `live` estimated at nine qualities; the
polynomial is within 0.013 of it. Over a quarter of the range a photo's own curve is 0.84 to 1.1 times as steep for the
middle half of the photos, and 0.36 to 2.26 times at most.
"""


def typical_log_bpp(quality: NDArray[Any]) -> NDArray[np.float64]:
    return np.polyval(LOG_BPP, quality)


def uniform_quality(coded: Coded) -> float:
    """The quality that, everywhere, should need about the bits of this map: every cell's grow as is typical."""
    shares = coded.cell_bits.astype(np.float64) / np.exp(typical_log_bpp(coded.quality_cells))
    qualities = np.linspace(0.0, 1.0, 1025)
    wanted = np.log(coded.estimated_bits / shares.sum())
    return float(np.interp(wanted, typical_log_bpp(qualities), qualities))


class SizeCurve:
    """The ln of the size in bytes to expect of a picture's detail, by the offset of the base quality in 65535ths.

    Args:
        pixels: uint8 (H, W, 3).
        quality_map: float32 (H, W).
        bounds: uint8 (H, W) or None; pixels that have one are coded apart, at the same size for every quality.

    Attributes:
        low, high: the offsets at which all of the map is at 0 and at 1.
    """

    def __init__(
        self, pixels: NDArray[np.uint8], quality_map: NDArray[np.float32], bounds: Bounds | None = None
    ) -> None:
        from qmap_studio.codec.common.rate_model import RateModel  # brings OpenCV

        self.low = -int(np.ceil(float(quality_map.max()) * MAX_LEVEL))
        self.high = int(np.ceil((1.0 - float(quality_map.min())) * MAX_LEVEL))
        cells = MapCells.of(quality_map).quality
        step = max(1, math.isqrt(cells.size // SAMPLED_CELLS))
        self._sample = slice(None, None, step), slice(None, None, step)
        self._quality, self._model = cells[self._sample], RateModel(pixels)
        self._share = self._quality.size / cells.size
        free = np.ones(cells.shape) if bounds is None else mean_of_cells(bounds == UNBOUNDED)
        self._learned = np.maximum(free[self._sample], FILL_SHARE)

    def at(self, offset: int) -> float:
        quality = np.clip(self._quality + offset / MAX_LEVEL, 0.0, 1.0)
        bits = float((self._model.bits(quality, self._sample) * self._learned).sum(dtype=np.float64))
        return math.log(bits / self._share / 8)

    def offset_of(self, log_size: float) -> int:
        """The first offset with this size, or the last of all."""
        low, high = self.low, self.high
        while low < high:
            middle = (low + high) // 2
            if self.at(middle) < log_size:
                low = middle + 1
            else:
                high = middle
        return low
