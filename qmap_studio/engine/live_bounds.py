"""The error bounds of the picture that is shown: they take memory only once there are any.

An array of them is never written into again: codec and jobs may keep it, to see what has changed.
"""

import numpy as np

from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.rect import Rect


def bounds_in(bounds: Bounds | None, rect: Rect) -> Bounds | None:
    """Those of a rectangle, not copied; None where no pixel of it has one."""
    if bounds is None:
        return None
    part = bounds[rect.slices]
    return part if _any(part) else None


def same_bounds(one: Bounds | None, other: Bounds | None) -> bool:
    """Whether both promise the same; None promises nothing."""
    if one is None or other is None:
        given = other if one is None else one
        return given is None or not _any(given)
    return np.array_equal(one, other)


def with_bounds(bounds: Bounds | None, whole: Rect, rect: Rect, part: Bounds | None) -> Bounds | None:
    """New bounds, with those of a rectangle replaced.

    Args:
        bounds: of the whole picture, or None.
        whole: the picture.
        part: of the rectangle; None takes away those there are in it.
    Returns:
        None once no pixel has one any more.
    """
    if part is None or not _any(part):
        if bounds is None:
            return None
        part = np.full((rect.height, rect.width), UNBOUNDED, np.uint8)
    new = np.full((whole.height, whole.width), UNBOUNDED, np.uint8) if bounds is None else bounds.copy()
    new[rect.slices] = part
    return new if _any(new) else None


def _any(bounds: Bounds) -> bool:
    return bool(bounds.min() < UNBOUNDED)
