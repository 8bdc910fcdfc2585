"""Fills: each changes map levels in place and gives the rectangle it changed.

Points are (x, y) in pixels, where the first pixel spans 0 to 1; qualities are in [0, 1].
"""

from collections.abc import Iterable
from math import ceil

import numpy as np
from numpy.typing import NDArray

from ..core.rect import Rect
from .blend import FULL, blend
from .quality_map import MAX_LEVEL, level_of

_BLOCK_ROWS = 64


def uniform(values: NDArray[np.uint16], quality: float) -> Rect:
    """One quality everywhere."""
    values[...] = level_of(quality)
    return Rect.whole(*values.shape)


def invert(values: NDArray[np.uint16]) -> Rect:
    """Quality q becomes 1 - q."""
    np.subtract(np.uint16(MAX_LEVEL), values, out=values)
    return Rect.whole(*values.shape)


def linear_gradient(
    values: NDArray[np.uint16],
    start: tuple[float, float],
    end: tuple[float, float],
    quality_from: float,
    quality_to: float,
) -> Rect:
    """From one quality at a point to another at a second, linear between, constant beyond both.

    Points closer than a pixel give no direction: nothing is changed.
    """
    step_x, step_y = end[0] - start[0], end[1] - start[1]
    length_squared = step_x * step_x + step_y * step_y
    if length_squared < 1:
        return Rect(0, 0, 0, 0)
    x, y = _pixel_centres(values.shape)
    across = (x - start[0]) * (step_x / length_squared)
    down = (y - start[1]) * (step_y / length_squared)
    level_from, level_to = level_of(quality_from), level_of(quality_to)
    for rows in _blocks(values.shape[0]):
        share = down[rows, None] + across[None, :]
        _ramp(share, level_from, level_to, values[rows])
    return Rect.whole(*values.shape)


def radial_gradient(
    values: NDArray[np.uint16],
    centre: tuple[float, float],
    radius: float,
    quality_inside: float,
    quality_outside: float,
) -> Rect:
    """From one quality at the centre to another at the radius, linear between, constant beyond.

    A radius under a pixel changes nothing.
    """
    if radius < 1:
        return Rect(0, 0, 0, 0)
    x, y = _pixel_centres(values.shape)
    across = ((x - centre[0]) / radius) ** 2
    down = ((y - centre[1]) / radius) ** 2
    level_inside, level_outside = level_of(quality_inside), level_of(quality_outside)
    for rows in _blocks(values.shape[0]):
        share = down[rows, None] + across[None, :]
        np.sqrt(share, out=share)
        _ramp(share, level_inside, level_outside, values[rows])
    return Rect.whole(*values.shape)


def rectangle(values: NDArray[np.uint16], rect: Rect, quality: float, feather_px: float = 0) -> Rect:
    """A rectangle of one quality that fades into the map around it.

    Args:
        rect: covered fully.
        feather_px: how far outside of it the quality reaches, falling smoothly.
    """
    return rectangles(values, [rect], quality, feather_px)


def rectangles(values: NDArray[np.uint16], rects: Iterable[Rect], quality: float, feather_px: float = 0) -> Rect:
    """Rectangles of one quality that fade into the map around them.

    Where they or their feathers overlap the larger coverage counts (maximum), so that they never add up.
    """
    height, width = values.shape
    margin = max(0, ceil(feather_px))
    reach = [(rect, rect.expanded(margin).clipped(width, height)) for rect in rects if not rect.empty]
    changed = Rect(0, 0, 0, 0)
    for _, dirty in reach:
        changed = changed.united(dirty)
    if changed.empty:
        return changed
    coverage = np.zeros((changed.height, changed.width), np.uint16)
    for rect, dirty in reach:
        if not dirty.empty:
            _cover(coverage, rect, dirty, feather_px, changed)
    area = values[changed.slices]
    blend(area, coverage, level_of(quality), out=area)
    return changed


def _cover(coverage: NDArray[np.uint16], rect: Rect, dirty: Rect, feather_px: float, origin: Rect) -> None:
    """Raises the coverage (of the area `origin`) to that of a feathered rectangle, within `dirty`."""
    x = np.arange(dirty.x, dirty.right, dtype=np.float32) + 0.5
    y = np.arange(dirty.y, dirty.bottom, dtype=np.float32) + 0.5
    across = np.maximum(np.maximum(rect.x - x, x - rect.right), 0)
    down = np.maximum(np.maximum(rect.y - y, y - rect.bottom), 0)
    target = coverage[dirty.y - origin.y : dirty.bottom - origin.y, dirty.x - origin.x : dirty.right - origin.x]
    beside = _feathered(across, feather_px)
    inside = down == 0
    for rows in _blocks(dirty.height):
        # Rows between the upper and the lower edge are all alike: only the others need a distance per pixel.
        if inside[rows].all():
            np.maximum(target[rows], beside, out=target[rows])
        else:
            distance = np.sqrt(down[rows, None] ** 2 + across[None, :] ** 2)
            np.maximum(target[rows], _feathered(distance, feather_px), out=target[rows])


def _feathered(distance: NDArray[np.float32], feather_px: float) -> NDArray[np.uint16]:
    if feather_px <= 0.5:  # the centre of the first pixel outside is that far away
        return np.where(distance == 0, FULL, 0).astype(np.uint16)
    ramp = np.clip(1 - distance / np.float32(feather_px), 0, 1)
    coverage: NDArray[np.uint16] = np.rint(ramp * ramp * (3 - 2 * ramp) * FULL).astype(np.uint16)
    return coverage


def _ramp(share: NDArray[np.float32], level_from: int, level_to: int, out: NDArray[np.uint16]) -> None:
    """Writes the level at a share of the way, which is clipped to [0, 1]; `share` is used up."""
    np.clip(share, 0, 1, out=share)
    share *= level_to - level_from
    share += level_from + 0.5
    np.copyto(out, share, casting="unsafe")


def _pixel_centres(shape: tuple[int, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    height, width = shape
    return np.arange(width, dtype=np.float32) + np.float32(0.5), np.arange(height, dtype=np.float32) + np.float32(0.5)


def _blocks(rows: int) -> Iterable[slice]:
    """A few rows at a time, so that intermediate floats stay in the processor's cache."""
    return (slice(top, top + _BLOCK_ROWS) for top in range(0, rows, _BLOCK_ROWS))
