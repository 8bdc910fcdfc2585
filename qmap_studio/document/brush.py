"""The soft brush."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

from qmap_studio.document.aspect import Aspect, painted
from qmap_studio.document.blend import smooth


@dataclass(frozen=True)
class Brush:
    """A round brush.

    Attributes:
        size_px: diameter in pixels of the picture, above 0.
        hardness: share of the radius that is fully covered, in [0, 1]; 1 has a sharp, antialiased edge.
        flow: share of what is missing that one dab adds, in (0, 1].
        quality: the quality it paints, in [0, 1].
        bound: the error bound it paints in its place, where there is one: 0 to 8, or UNBOUNDED to take bounds away.
        erases: it takes away what the layer holds, so that what is below shows, in place of painting over it.
    """

    size_px: float
    hardness: float = 0.5
    flow: float = 1.0
    quality: float = 0.9
    bound: int | None = None
    erases: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.size_px < float("inf"):
            raise ValueError(f"a brush needs a size above 0 px, not {self.size_px}")
        if not 0 <= self.hardness <= 1:
            raise ValueError(f"hardness is in 0 to 1, not {self.hardness}")
        if not 0 < self.flow <= 1:
            raise ValueError(f"flow is above 0 and at most 1, not {self.flow}")
        painted(self.quality, self.bound)

    @property
    def aspect(self) -> Aspect:
        """What it paints."""
        return painted(self.quality, self.bound)[0]

    @property
    def level(self) -> int:
        """The level that it paints."""
        return painted(self.quality, self.bound)[1]


@lru_cache(maxsize=2)
def brush_tip(size_px: float, hardness: float) -> NDArray[np.uint16]:
    """Coverage of one dab: full within `hardness` of the radius, then smoothly down to nothing at the edge.

    Returns:
        uint16 (n, n), read only, n the diameter rounded up; the edge is at least one pixel wide.
    """
    side = ceil(size_px)
    half = (side + 1) // 2
    # One quarter is computed and mirrored.
    offset = np.arange(half, dtype=np.float32) + np.float32(0.5 if side % 2 == 0 else 0.0)
    radius = size_px / 2
    distance = np.sqrt(offset[:, None] ** 2 + offset[None, :] ** 2)
    quarter = smooth((radius + 0.5 - distance) / np.float32(max(1.0, (1 - hardness) * radius)))
    twin = side % 2  # of an odd side the middle row and column stand once
    right = np.concatenate([quarter[:, twin:][:, ::-1], quarter], axis=1)
    tip: NDArray[np.uint16] = np.concatenate([right[twin:][::-1], right], axis=0)
    tip.setflags(write=False)
    return tip
