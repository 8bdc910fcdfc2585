"""What a picture's cells should cost at a quality, told from their detail alone: before anything is coded."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.opencv import cv2
from qmap_studio.core.threads import spread_in_order

BAND_CELLS = 16
# Of the luma's details in four octaves, and the chromas' in the second and the third: what a unit of the logarithm is
# worth, and from which energy on there is any. Fitted to the bits that `live` estimated for 34 photos of the training
# set (448 x 448 px from their middles) at nine qualities: there a cell's estimate correlates with its bits by 0.95,
# and a photo's sum is off by 15 % (standard deviation of its logarithm).
OCTAVES = (4, 3, 3)
WEIGHTS = np.array([125.9, 11.22, 2.26, 1.427, 9.37, 3.692, 10.44, 2.549], np.float32)
OFFSETS = np.array([-7.612, -5.826, -4.397, -3.532, -5.111, -3.786, -4.848, -4.11], np.float32)
SLOPES = 3.919, 0.628
FLOOR_BITS = 3.27


class RateModel:
    """The detail of each cell of a picture, and what it should cost.

    Args:
        pixels: uint8 (H, W, 3).
    """

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        tops = range(0, len(pixels), BAND_CELLS * CELL_PX)
        bands = spread_in_order(partial(_of_band, pixels), tops)
        self._energies = np.concatenate(bands)

    def bits(self, quality: NDArray[Any], cells: tuple[slice, slice] = np.s_[:, :]) -> NDArray[np.float32]:
        """Bits of some cells.

        Args:
            quality: of these cells, 0 to 1.
        """
        quality = quality.astype(np.float32)
        gains = np.exp(quality * (SLOPES[0] + SLOPES[1] * quality))[..., np.newaxis] * np.exp(OFFSETS)
        found: NDArray[np.float32] = np.log2(1 + self._energies[cells] * gains) @ WEIGHTS + np.float32(FLOOR_BITS)
        return found


def _of_band(pixels: NDArray[np.uint8], top: int) -> NDArray[np.float32]:
    """Mean squared details of a band's cells, (rows, columns, 8)."""
    band = cv2.cvtColor(pixels[top : top + BAND_CELLS * CELL_PX], cv2.COLOR_RGB2YCrCb)
    height, width = (-side % CELL_PX for side in band.shape[:2])
    band = cv2.copyMakeBorder(band, 0, height, 0, width, cv2.BORDER_REPLICATE).astype(np.float32)
    size = band.shape[1] // CELL_PX, band.shape[0] // CELL_PX
    energies = []
    for channel, octaves in enumerate(OCTAVES):
        x = band[..., channel]
        for octave in range(octaves):
            x, energy = _halved(x)
            if channel == 0 or octave > 0:
                energies.append(cv2.resize(energy, size, interpolation=cv2.INTER_AREA))
    return np.stack(energies, axis=2)


def _halved(x: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The means of 2 x 2 values, and the energy of their Haar details."""
    top_left, top_right, left, right = x[::2, ::2], x[::2, 1::2], x[1::2, ::2], x[1::2, 1::2]
    above, below = top_left + top_right, left + right
    across, across_below = top_left - top_right, left - right
    energy = (above - below) ** 2 + (across + across_below) ** 2 + (across - across_below) ** 2
    return (above + below) / 4, energy / 16
