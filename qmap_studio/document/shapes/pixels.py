"""From shapes to the pixels that they cover."""

from collections.abc import Callable
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.opencv import cv2
from qmap_studio.core.rect import Rect
from qmap_studio.document.blend import FULL, smooth

if TYPE_CHECKING:
    from qmap_studio.document.shapes.shape import Shape

HARD_PX = 0.5
"""The centre of the first pixel outside is that far away: a feather below it is none."""
SHORT_PX = 20
"""Distances up to here are found faster without OpenCV's transform."""
_FAR = 30_000


def reach_of(shape: "Shape", feather_px: float) -> Rect:
    """The pixels that a shape or its feather covers lie in this rectangle."""
    return shape.bounds.expanded(ceil(feather_px) if feather_px > HARD_PX else 0)


def pixel_centres(rect: Rect) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The x of each column's middle and the y of each row's, float32 (W,) and (H,)."""
    half = np.float32(0.5)
    return (
        np.arange(rect.x, rect.right, dtype=np.float32) + half,
        np.arange(rect.y, rect.bottom, dtype=np.float32) + half,
    )


def feathered(distance: NDArray[np.float32], feather_px: float) -> NDArray[np.uint16]:
    """Coverage of pixels that are so far outside, in pixels."""
    return smooth(1 - distance / np.float32(feather_px))


def around(filled: Callable[[Rect], NDArray[np.uint8]], rect: Rect, feather_px: float) -> NDArray[np.uint16]:
    """The coverage of a shape that is given as pixels, 1 inside, of any rectangle."""
    if feather_px <= HARD_PX:
        return filled(rect) * np.uint16(FULL)
    margin = ceil(feather_px)
    mask = filled(rect.expanded(margin))
    inner = mask[margin : margin + rect.height, margin : margin + rect.width]
    if inner.all() or not mask.any():
        return inner * np.uint16(FULL)
    if margin <= SHORT_PX:
        return np.take(_coverage_by_square(feather_px), _squares(mask, margin), mode="clip")
    distance = cv2.distanceTransform(1 - mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    distance = distance[margin : margin + rect.height, margin : margin + rect.width]
    # Its last digits depend on what part of the picture it is measured in; but the squares are whole numbers.
    return feathered_by_squares(np.rint(distance * distance), feather_px)


def _squares(mask: NDArray[np.uint8], margin: int) -> NDArray[np.uint16]:
    """The squared distance of each pixel but those of the margin to the nearest that is 1, or more than can be so near.

    First to those of its column, then of its row: in two passes of a few sums each, in half of OpenCV's time.
    """
    squares: NDArray[np.uint16] = np.multiply(mask == 0, np.uint16(_FAR), dtype=np.uint16)
    for _ in range(2):
        size = squares.shape[0] - 2 * margin
        nearest = squares[margin : margin + size].copy()
        for away in range(1, margin + 1):
            above, below = (squares[first : first + size] for first in (margin - away, margin + away))
            through = np.empty_like(nearest)
            cv2.min(above, below, dst=through)
            np.add(through, np.uint16(away * away), out=through)
            cv2.min(nearest, through, dst=nearest)
        squares = np.empty(nearest.shape[::-1], np.uint16)
        cv2.transpose(nearest, dst=squares)
    return squares


@lru_cache(maxsize=64)
def _coverage_by_square(feather_px: float) -> NDArray[np.uint16]:
    """What `feathered_by_squares` makes of each square up to the first that is too far away."""
    farthest = (ceil(feather_px) + 1) ** 2
    return feathered_by_squares(np.arange(farthest + 1, dtype=np.float32), feather_px)


def feathered_by_squares(squares: NDArray[np.float32], feather_px: float) -> NDArray[np.uint16]:
    """Coverage of pixels by the squared distance, in pixels, from their middle to that of the nearest one inside."""
    distance = np.sqrt(squares)
    distance -= np.float32(HARD_PX)  # there the shape ends
    return feathered(np.maximum(distance, 0), feather_px)


def boxes_coverage(boxes: NDArray[np.int64], rect: Rect, feather_px: float) -> NDArray[np.uint16]:
    """What many upright boxes cover together, each pixel as far as the one that covers it most.

    Args:
        boxes: int64 (n, 4), the left, top, right and bottom of the pixels of each.
    """

    def filled(part: Rect) -> NDArray[np.uint8]:
        mask = np.zeros((part.height, part.width), np.uint8)
        corner = part.x, part.y
        seen = np.clip(boxes - (*corner, *corner), 0, (part.width, part.height) * 2)
        for left, top, right, bottom in seen.tolist():
            mask[top:bottom, left:right] = 1
        return mask

    return around(filled, rect, feather_px)
