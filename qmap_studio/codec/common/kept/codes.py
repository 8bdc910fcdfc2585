"""What is kept of a pixel, as one number: a file holds it as the pixel's opacity.

>>> bounds = np.array([[WITHOUT_LOSS, 3, UNBOUNDED]], np.uint8)
>>> codes = codes_of(bounds)
>>> codes.tolist()
[[255, 252, 0]]
>>> bounds_of(codes).tolist()
[[0, 3, 255]]
"""

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.bounds import LARGEST_BOUND, UNBOUNDED, WITHOUT_LOSS, Bounds

Codes = NDArray[np.uint8]
"""uint8 (H, W): 255 less the bound that was asked for, CHOSEN, or NOT_KEPT."""

NOT_KEPT = 0
CHOSEN = 127
"""Without loss because that is the cheapest; nobody asked for it."""


def codes_of(bounds: Bounds) -> Codes:
    """The codes of pixels for which bounds were asked."""
    return np.uint8(255) - bounds


def bounds_of(codes: Codes) -> Bounds:
    """The bounds that were asked for."""
    return np.where(codes == CHOSEN, np.uint8(UNBOUNDED), np.uint8(255) - codes)


def are_valid(codes: Codes) -> bool:
    """Whether all of them are codes."""
    return bool(((codes >= 255 - LARGEST_BOUND) | (codes == CHOSEN) | (codes == NOT_KEPT)).all())


def stored(pixels: NDArray[np.uint8], codes: Codes) -> NDArray[np.uint8]:
    """What a file holds of kept pixels: each channel in steps of twice the bound and one.

    Args:
        pixels: uint8 (H, W, 3).
    Returns:
        uint8 (H, W, 3); anything where nothing is kept.
    """
    return _stored()[_bound(codes)[..., None], pixels]


def restored(values: NDArray[np.uint8], codes: Codes) -> NDArray[np.uint8]:
    """The kept pixels, within their bounds, from what `stored` gave."""
    return _restored()[_bound(codes)[..., None], values]


def _bound(codes: Codes) -> NDArray[np.uint8]:
    return np.where(codes >= 255 - LARGEST_BOUND, np.uint8(255) - codes, np.uint8(WITHOUT_LOSS))


def _steps() -> NDArray[np.int64]:
    return 2 * np.arange(LARGEST_BOUND + 1)[:, None] + 1


def _stored() -> NDArray[np.uint8]:
    steps = _steps()
    return ((np.arange(256) + steps // 2) // steps).astype(np.uint8)


def _restored() -> NDArray[np.uint8]:
    return np.minimum(np.arange(256) * _steps(), 255).astype(np.uint8)
