"""Files of a given size: a search over the base quality, which moves the whole map and changes nothing in its shape."""

import math
from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.interface import Checkpoint, Codec, Encoding
from qmap_studio.core.errors import TargetSizeError
from qmap_studio.core.picture import Picture

TOLERANCE = 0.01
MOST_TRIES = 24


def encode_to_size(
    codec: Codec,
    picture: Picture,
    quality_map: NDArray[np.float32],
    target_bytes: int,
    *,
    checkpoint: Checkpoint | None = None,
) -> Encoding:
    """The largest file found that is at most `target_bytes` and at least 99 % of it.

    The size grows about exponentially with the base quality, so the search interpolates on its logarithm and falls
    back to halving where that does not shrink the interval.

    Args:
        quality_map: float32 (H, W) in [0, 1]; a common shift is added to it.
    Raises:
        TargetSizeError: no shift of this map gives such a file.
    """
    low = -math.ceil(float(quality_map.max()) * 65535)
    high = math.ceil((1.0 - float(quality_map.min())) * 65535)
    sizes: dict[int, int] = {}
    best: Encoding | None = None

    def attempt(offset: int) -> int:
        nonlocal best
        done = len(sizes) / (len(sizes) + 4.0)

        def report(fraction: float) -> None:
            if checkpoint is not None:
                checkpoint(done + fraction * ((len(sizes) + 1) / (len(sizes) + 5.0) - done))

        encoding = codec.encode(picture, quality_map, base_offset=offset, checkpoint=report)
        if encoding.size_bytes <= target_bytes and (best is None or encoding.size_bytes > best.size_bytes):
            best = encoding
        sizes[offset] = encoding.size_bytes
        return encoding.size_bytes

    def good_enough() -> bool:
        return best is not None and best.size_bytes >= (1.0 - TOLERANCE) * target_bytes

    aim = math.log((1.0 - 0.5 * TOLERANCE) * target_bytes) if target_bytes > 0 else -math.inf
    middle = 0
    while not good_enough() and len(sizes) < MOST_TRIES and low <= high:
        if attempt(middle) > target_bytes:
            high = middle - 1
        else:
            low = middle + 1
        middle = _next_offset(sizes, aim, low, high, target_bytes)
    if best is None or not good_enough():
        raise TargetSizeError(_nearest_sizes(target_bytes, sorted(sizes.values())))
    return best


def _nearest_sizes(target_bytes: int, sizes: list[int]) -> str:
    if target_bytes < sizes[0]:
        near = f"the smallest has {sizes[0]:,} bytes"
    elif target_bytes > sizes[-1]:
        near = f"the largest has {sizes[-1]:,} bytes"
    else:
        place = bisect_right(sizes, target_bytes)
        near = f"the nearest have {sizes[place - 1]:,} and {sizes[place]:,} bytes"
    return f"No base quality brings the file within 1 % below {target_bytes:,} bytes: {near}."


def _next_offset(sizes: dict[int, int], aim: float, low: int, high: int, target_bytes: int) -> int:
    """Secant on log size through the closest sizes below and above the target; else the slope of a typical picture."""
    below = max((o for o, s in sizes.items() if s <= target_bytes), default=None)
    above = min((o for o, s in sizes.items() if s > target_bytes), default=None)
    if below is not None and above is not None:
        size_below, size_above = math.log(sizes[below]), math.log(sizes[above])
        share = (aim - size_below) / (size_above - size_below) if size_above > size_below else 0.5
        guess = below + round(min(max(share, 0.05), 0.95) * (above - below))
        if len(sizes) > 8:
            guess = (low + high) // 2
    else:
        known = below if below is not None else above
        assert known is not None
        step = (aim - math.log(sizes[known])) / 2.6 * 65535.0 if math.isfinite(aim) else -65535.0
        if len(sizes) > 3:
            step = math.inf if step > 0 else -math.inf
        guess = known + round(min(max(1.2 * step, low - known), high - known))
    return min(max(guess, low), high)
