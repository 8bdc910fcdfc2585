"""Outlines as YOLO writes them, x1 y1 x2 y2 ...: whether they can be the outline of one thing."""

from collections.abc import Sequence
from math import atan2

import numpy as np
from numpy.typing import NDArray

_EPSILON = 1e-9


def is_parallelogram(outline: Sequence[float]) -> bool:
    """Whether these are the four corners of one, in any order, up to rounding; so in shares as in pixels."""
    if len(outline) != 8:
        return False
    a, b, c, d = np.asarray(outline, float).reshape(4, 2)
    is_wide = np.abs(_cross(b - a, c - a)) > 1e-6
    # Two of the corners lie as far on one side of the middle as the others on the other.
    return bool(is_wide) and any(np.abs(skew).max() < 2e-3 for skew in (a + c - b - d, a + b - c - d, a + d - b - c))


def in_order(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners of a parallelogram one after the other around its middle; as they are if they already go around it."""
    if is_simple([number for point in points for number in point]):
        return list(points)
    middle_x, middle_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    return sorted(points, key=lambda point: atan2(point[1] - middle_y, point[0] - middle_x))


def is_simple(outline: Sequence[float]) -> bool:
    """Whether its edges meet nowhere but at the corners between neighbours."""
    points = np.asarray(outline, float).reshape(-1, 2)
    count = len(points)
    starts, ends = points, np.roll(points, -1, axis=0)
    for index in range(count - 2):
        # The first edge and the last are neighbours as well.
        others = slice(index + 2, count - (index == 0))
        if _meet(starts[index], ends[index], starts[others], ends[others]).any():
            return False
    return True


def _meet(
    start: NDArray[np.float64], end: NDArray[np.float64], starts: NDArray[np.float64], ends: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which of many edges meet the one from `start` to `end`."""
    sides = _sides(start, end, starts) * _sides(start, end, ends)
    from_others = _sides(starts, ends, start) * _sides(starts, ends, end)
    low, high = np.minimum(start, end), np.maximum(start, end)
    is_near = (np.minimum(starts, ends) <= high + _EPSILON) & (np.maximum(starts, ends) >= low - _EPSILON)
    return np.asarray((sides <= 0) & (from_others <= 0) & is_near.all(axis=-1))


def _sides(start: NDArray[np.float64], end: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """On which side of an edge points lie: -1, 1, or 0 on its line."""
    turn = _cross(end - start, points - start)
    return np.where(np.abs(turn) <= _EPSILON, 0.0, np.sign(turn))


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
