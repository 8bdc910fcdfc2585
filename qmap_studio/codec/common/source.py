"""What is encoded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.pictures import Picture


@dataclass(frozen=True)
class Source:
    """A picture's pixels and what is asked of them besides the quality map.

    Attributes:
        pixels: uint8 (H, W, 3).
        bounds: uint8 (H, W), the largest error of each pixel; None where nothing is promised.
        is_grey: the three channels are equal, and are to stay so.
        is_thorough: its latents are searched for, not only computed, where the model can.
    """

    pixels: NDArray[np.uint8]
    bounds: Bounds | None = None
    is_grey: bool = False
    is_thorough: bool = False

    @classmethod
    def of(cls, picture: Picture, bounds: Bounds | None, *, is_thorough: bool = False) -> "Source":
        return cls(picture.pixels, bounds, picture.is_grey, is_thorough)
