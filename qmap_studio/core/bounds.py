"""Error bounds: how far the coded pixel may be from the original one, where that is promised at all."""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bounds: TypeAlias = NDArray[np.uint8]
else:
    Bounds = Any  # the window shows before numpy is there, and needs the numbers below
"""uint8 (H, W): the largest error of any channel, in levels of 8 bits, or UNBOUNDED."""

WITHOUT_LOSS = 0
LARGEST_BOUND = 8
UNBOUNDED = 255
"""Nothing is promised: the quality map decides alone."""
