"""Moving map levels towards a target, by a coverage per pixel."""

import numpy as np
from numpy.typing import NDArray

from ..core.opencv import cv2

FULL = 65535
"""Coverage of a pixel that takes the target level whole."""

_BLOCK_PIXELS = 65536
"""A few buffers of this many pixels stay in the processor's cache."""


def blend(base: NDArray[np.uint16], coverage: NDArray[np.uint16], level: int, out: NDArray[np.uint16]) -> None:
    """Writes base + (level - base) * coverage / FULL, rounded.

    Exact at both ends: no coverage gives base, full coverage gives level.

    Args:
        base: uint16 (H, W), the levels to start from.
        coverage: uint16 (H, W), 0 to FULL.
        level: 0 to 65535, the level to move towards.
        out: uint16 (H, W), written; may be base itself.
    """
    height, width = base.shape
    if not base.size:
        return
    rows = min(max(1, _BLOCK_PIXELS // width), height)
    target = np.full((rows, width), level, np.uint16)
    buffers = np.empty((2, rows, width), np.uint16)
    for top in range(0, height, rows):
        block = slice(top, min(top + rows, height))
        count = block.stop - block.start
        _blend_block(base[block], coverage[block], target[:count], buffers[:, :count], out[block])


def _blend_block(
    base: NDArray[np.uint16],
    coverage: NDArray[np.uint16],
    target: NDArray[np.uint16],
    buffers: NDArray[np.uint16],
    out: NDArray[np.uint16],
) -> None:
    upwards, downwards = buffers
    # Subtraction saturates at 0, so of the two steps one is always 0 and 16 bits are enough.
    cv2.subtract(target, base, dst=upwards)
    cv2.multiply(upwards, coverage, dst=upwards, scale=1 / FULL)
    cv2.subtract(base, target, dst=downwards)
    if cv2.countNonZero(downwards):  # seldom: mostly a stroke goes one way only
        cv2.multiply(downwards, coverage, dst=downwards, scale=1 / FULL)
        cv2.add(base, upwards, dst=upwards)
        cv2.subtract(upwards, downwards, dst=out)
    else:
        cv2.add(base, upwards, dst=out)
