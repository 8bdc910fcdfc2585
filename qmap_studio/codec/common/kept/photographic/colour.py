"""Luma and chroma that integers turn into red, green and blue again: YCoCg-R (Malvar and Sullivan 2003).

>>> planes = to_planes(np.array([[[255, 0, 7]]], np.uint8))
>>> planes.ravel().tolist()
[65, 248, -131]
>>> to_pixels(planes).tolist()
[[[255, 0, 7]]]
"""

import numpy as np
from numpy.typing import NDArray

PLANES = 3
LOWEST = (0, -255, -255)
HIGHEST = (255, 255, 255)
"""What luma and the two chromas reach."""

Planes = NDArray[np.int16]
"""int16 (3, ...): luma, orange less blue, green less purple."""


def to_planes(values: NDArray[np.uint8]) -> Planes:
    """The planes of uint8 (..., 3)."""
    red, green, blue = np.moveaxis(values.astype(np.int16), -1, 0)
    orange = red - blue
    middle = blue + (orange >> 1)
    greenness = green - middle
    return np.stack([middle + (greenness >> 1), orange, greenness])


def to_pixels(planes: Planes) -> NDArray[np.int16]:
    """int16 (..., 3) of the planes; of planes that no picture has also values outside of 0 to 255."""
    luma, orange, greenness = planes
    middle = luma - (greenness >> 1)
    blue = middle - (orange >> 1)
    return np.stack([blue + orange, greenness + middle, blue], axis=-1)
