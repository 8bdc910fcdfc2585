"""What a layer is of: the quality of its pixels, or the bound of their error."""

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.bounds import LARGEST_BOUND, UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.cells import level_of
from qmap_studio.document import blend
from qmap_studio.document.blend import Plane


class Aspect(Enum):
    """Levels of quality blend into each other; a bound covers a pixel wholly, from half coverage on, or not at all."""

    QUALITY = "quality"
    BOUND = "bound"

    def cover(self, levels: Plane, coverage: Plane, more: NDArray[np.uint16], level: int) -> tuple[Plane, Plane]:
        """Levels and coverage of a layer once a level is laid over them, as far as `more` covers, uint16 (H, W)."""
        return (blend.cover if self is Aspect.QUALITY else blend.cover_wholly)(levels, coverage, more, level)

    def blend(self, base: NDArray[np.uint16], coverage: Plane, target: Plane, out: NDArray[np.uint16]) -> None:
        """Writes what levels become, uint16 (H, W), where a layer covers them."""
        (blend.blend if self is Aspect.QUALITY else blend.blend_wholly)(base, coverage, target, out)


def painted(quality: float, bound: int | None) -> tuple[Aspect, int]:
    """What a tool paints, and the level that it paints.

    Args:
        quality: in [0, 1].
        bound: where it is given, it is painted and the quality is not: 0 to 8 levels of 8 bits, or UNBOUNDED.
    Raises:
        ValueError: one of them is out of range.

    >>> painted(1.0, None), painted(1.0, 3)
    ((<Aspect.QUALITY: 'quality'>, 65535), (<Aspect.BOUND: 'bound'>, 3))
    """
    level = level_of(quality)
    if bound is None:
        return Aspect.QUALITY, level
    if not WITHOUT_LOSS <= bound <= LARGEST_BOUND and bound != UNBOUNDED:
        raise ValueError(f"an error bound is 0 to {LARGEST_BOUND}, or {UNBOUNDED} for none, not {bound}")
    return Aspect.BOUND, bound
