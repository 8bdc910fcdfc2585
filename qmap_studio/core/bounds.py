"""Error bounds: how far the coded pixel may be from the original one, where that is promised at all."""

import numpy as np
from numpy.typing import NDArray

Bounds = NDArray[np.uint8]
"""uint8 (H, W): the largest error of any channel, in levels of 8 bits, or UNBOUNDED."""

WITHOUT_LOSS = 0
LARGEST_BOUND = 8
UNBOUNDED = 255
"""Nothing is promised: the quality map decides alone."""
