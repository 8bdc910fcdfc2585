"""Moving map levels towards others, by a coverage per pixel."""

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.opencv import cv2

FULL = 65535
"""Coverage of a pixel that takes the target level whole."""

HALF = FULL // 2 + 1
"""From this coverage on a pixel is covered at least half."""

Plane = NDArray[np.uint16] | int
"""Levels or coverage of a part of the map: uint16 (H, W), or one number where they are the same everywhere."""


def blend(base: NDArray[np.uint16], coverage: Plane, target: Plane, out: NDArray[np.uint16]) -> None:
    """Writes base + (target - base) * coverage / FULL, rounded.

    Exact at both ends: no coverage gives base, full coverage gives the target.

    Args:
        base: uint16 (H, W), the levels to start from.
        coverage: 0 to FULL.
        target: the levels to move towards, 0 to 65535.
        out: uint16 (H, W), written; may be base itself.
    """
    if not base.size:
        return
    if isinstance(coverage, int) and coverage in (0, FULL):
        out[...] = target if coverage else base
        return
    # One number is blended as an array of it, by the same arithmetic: what is shown must not depend on how it is kept.
    coverage, target = filled(coverage, base.shape), filled(target, base.shape)
    # Subtraction saturates at 0, so of the two steps one is always 0 and 16 bits are enough.
    upwards = cv2.subtract(target, base)
    cv2.multiply(upwards, coverage, dst=upwards, scale=1 / FULL)
    downwards = cv2.subtract(base, target)
    if cv2.countNonZero(downwards):  # seldom: mostly a stroke goes one way only
        cv2.multiply(downwards, coverage, dst=downwards, scale=1 / FULL)
        cv2.add(base, upwards, dst=upwards)
        cv2.subtract(upwards, downwards, dst=out)
    else:
        cv2.add(base, upwards, dst=out)


def cover(levels: Plane, coverage: Plane, more: NDArray[np.uint16], level: int) -> tuple[Plane, Plane]:
    """Levels and coverage once a level is laid over them.

    Blended over anything, the result is what blending first the one and then the other gives, but for rounding.

    Args:
        more: uint16 (H, W), how far the level covers.
    """
    if isinstance(coverage, int) and coverage == 0:
        return level, more
    if isinstance(coverage, int) and coverage == FULL:
        united: Plane = FULL
        share = more
    else:
        before, sum_of_both, share = filled(coverage, more.shape), np.empty_like(more), np.empty_like(more)
        # As `blend` towards FULL, which is never below.
        cv2.bitwise_not(before, dst=sum_of_both)
        cv2.multiply(sum_of_both, more, dst=sum_of_both, scale=1 / FULL)
        cv2.add(before, sum_of_both, dst=sum_of_both)
        cv2.divide(more, sum_of_both, dst=share, scale=FULL)  # 0 where nothing covers
        united = sum_of_both
    if isinstance(levels, int) and levels == level:
        return level, united
    mixed = np.empty_like(more)
    blend(filled(levels, more.shape), share, level, out=mixed)
    return mixed, united


def blend_wholly(base: NDArray[np.uint16], coverage: Plane, target: Plane, out: NDArray[np.uint16]) -> None:
    """Writes the target where it covers at least half, and elsewhere base; arguments as `blend`."""
    if isinstance(coverage, int):
        out[...] = target if coverage >= HALF else base
    elif base.size:
        # Bit by bit: NumPy's own choice by a mask takes several times as long.
        mask = cv2.threshold(coverage, HALF - 1, FULL, cv2.THRESH_BINARY)[1]
        chosen = np.bitwise_and(mask, np.uint16(target) if isinstance(target, int) else target)
        kept = cv2.bitwise_and(base, cv2.bitwise_not(mask))
        cv2.bitwise_or(kept, chosen, dst=out)


def cover_wholly(levels: Plane, coverage: Plane, more: NDArray[np.uint16], level: int) -> tuple[Plane, Plane]:
    """As `cover`, for levels that never mix: where the level covers at least half it is all there is."""
    if isinstance(coverage, int) and coverage == 0:
        return level, more
    united, mixed = np.empty_like(more), levels
    blend_wholly(filled(coverage, more.shape), more, FULL, out=united)
    if not (isinstance(levels, int) and levels == level):
        mixed = np.empty_like(more)
        blend_wholly(filled(levels, more.shape), more, level, out=mixed)
    return mixed, united


def smooth(ramp: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Coverage that rises smoothly, with no edge at either end, where a ramp goes from 0 to 1."""
    ramp = np.clip(ramp, 0, 1)
    coverage = ramp * np.float32(-2 * FULL)
    coverage += np.float32(3 * FULL)
    coverage *= ramp
    coverage *= ramp
    coverage += np.float32(0.5)
    rounded: NDArray[np.uint16] = coverage.astype(np.uint16)
    return rounded


def filled(plane: Plane, shape: tuple[int, ...]) -> NDArray[np.uint16]:
    """A plane as an array."""
    return np.full(shape, plane, np.uint16) if isinstance(plane, int) else plane


def part_of(plane: Plane, part: tuple[slice, slice]) -> Plane:
    """The plane of a part."""
    return plane if isinstance(plane, int) else plane[part]
