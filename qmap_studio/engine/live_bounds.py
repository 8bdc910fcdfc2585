"""The error bounds of the picture that is shown, which take memory only while there are any."""

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
    """The bounds with those of a rectangle replaced, in the array that is there or in a new one.

    Args:
        bounds: of the whole picture, or None.
        whole: the picture.
        part: of the rectangle; None takes away those there are in it.
    Returns:
        None once no pixel has one any more.
    """
    has_some = part is not None and _any(part)
    if bounds is None:
        if not has_some:
            return None
        bounds = np.full((whole.height, whole.width), UNBOUNDED, np.uint8)
    bounds[rect.slices] = part if has_some else UNBOUNDED
    return bounds if has_some or _any(bounds) else None


def _any(bounds: Bounds) -> bool:
    return bool(bounds.min() < UNBOUNDED)
