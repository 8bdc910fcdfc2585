"""The soft brush and the stroke it draws.

A stroke keeps, for each pixel, how far it is covered. A dab moves the coverage towards the brush tip's own profile
by the share `flow` of what is missing, and never past it:

    coverage <- coverage + flow * max(0, tip - coverage)
    map      <- before the stroke + coverage * (target - before the stroke)

So with flow 1 a stroke shows the tip's exact profile at once, and going over it again changes nothing. With less flow
it builds up, dab by dab and each time the stroke comes back, towards the target quality, while its soft edge stays as
soft as the tip however often it is gone over. The eraser is a brush with another quality.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, hypot

import numpy as np
from numpy.typing import NDArray

from ..core.opencv import cv2
from ..core.rect import Rect
from .blend import FULL, blend
from .quality_map import level_of

_SPACING = 0.05
"""Distance between dabs, as a share of the diameter: the softest brush ripples by less than 1 % of its coverage."""

_NOWHERE = Rect(0, 0, 0, 0)


@dataclass(frozen=True)
class Brush:
    """A round brush.

    Attributes:
        size_px: diameter in pixels of the picture, above 0.
        hardness: share of the radius that is fully covered, in [0, 1]; 1 has a sharp, antialiased edge.
        flow: share of what is missing that one dab adds, in (0, 1].
        quality: the quality it paints, in [0, 1].
    """

    size_px: float
    hardness: float = 0.5
    flow: float = 1.0
    quality: float = 0.9

    def __post_init__(self) -> None:
        if not 0 < self.size_px < float("inf"):
            raise ValueError(f"a brush needs a size above 0 px, not {self.size_px}")
        if not 0 <= self.hardness <= 1:
            raise ValueError(f"hardness is in 0 to 1, not {self.hardness}")
        if not 0 < self.flow <= 1:
            raise ValueError(f"flow is above 0 and at most 1, not {self.flow}")
        if not 0 <= self.quality <= 1:
            raise ValueError(f"quality is in 0 to 1, not {self.quality}")


class Stroke:
    """A stroke in progress: dabs of one brush, all on top of the map as it was before.

    Args:
        brush: what to draw with.
        before: uint16 (H, W), the map before the stroke; only read.
        values: uint16 (H, W), the map that shows the stroke; written where the brush goes.
        coverage: uint16 (H, W), all 0; the stroke's own, 0 again after `clear`.
    """

    def __init__(
        self,
        brush: Brush,
        before: NDArray[np.uint16],
        values: NDArray[np.uint16],
        coverage: NDArray[np.uint16],
    ) -> None:
        self.rect = _NOWHERE
        """Around everything the stroke has touched."""
        self._brush = brush
        self._tip = brush_tip(brush.size_px, brush.hardness)
        self._missing = np.empty_like(self._tip)
        self._level = level_of(brush.quality)
        self._before = before
        self._values = values
        self._coverage = coverage
        self._last: tuple[float, float, float] | None = None
        self._distance_left = 0.0

    def dab(self, x: float, y: float, pressure: float = 1.0) -> Rect:
        """Puts one dab centred at a point; the next line starts there.

        Args:
            x, y: in pixels; the first pixel spans 0 to 1.
            pressure: of the pen, in [0, 1]; scales the brush's flow.
        Returns:
            The rectangle of the map that was written, empty off the picture.
        """
        self._last = (x, y, pressure)
        self._distance_left = self._spacing
        return self._show(self._cover(x, y, pressure))

    def line_to(self, x: float, y: float, pressure: float = 1.0) -> Rect:
        """Puts evenly spaced dabs from where the stroke is to a point; the first call puts one dab.

        Args:
            x, y: in pixels; the first pixel spans 0 to 1.
            pressure: of the pen at the point, in [0, 1]; changes evenly on the way there.

        Returns:
            The rectangle of the map that was written, empty while the next dab is not due yet.
        """
        if self._last is None:
            return self.dab(x, y, pressure)
        start_x, start_y, start_pressure = self._last
        length = hypot(x - start_x, y - start_y)
        changed = covered = _NOWHERE
        position = self._distance_left
        while position <= length:
            share = position / length
            dab = self._cover(
                start_x + share * (x - start_x),
                start_y + share * (y - start_y),
                start_pressure + share * (pressure - start_pressure),
            )
            covered = covered.united(dab)
            # Neighbouring dabs are shown together, which saves most of the work, but not the box around a long line.
            if covered.width * covered.height > 2 * self._tip.size:
                changed, covered = changed.united(self._show(covered)), _NOWHERE
            position += self._spacing
        changed = changed.united(self._show(covered))
        self._last = (x, y, pressure)
        self._distance_left = position - length
        return changed

    def clear(self) -> None:
        """Gives the coverage back, all 0."""
        self._coverage[self.rect.slices] = 0

    @property
    def _spacing(self) -> float:
        return max(1.0, _SPACING * self._brush.size_px)

    def _cover(self, x: float, y: float, pressure: float) -> Rect:
        """Adds one dab to the coverage."""
        height, width = self._values.shape
        side = len(self._tip)
        left, top = floor(x - side / 2 + 0.5), floor(y - side / 2 + 0.5)
        rect = Rect(left, top, side, side).clipped(width, height)
        if rect.empty:
            return _NOWHERE
        tip = self._tip[rect.y - top : rect.bottom - top, rect.x - left : rect.right - left]
        coverage = self._coverage[rect.slices]
        flow = self._brush.flow * pressure
        if flow == 1:
            cv2.max(tip, coverage, dst=coverage)
        else:
            missing = self._missing[: rect.height, : rect.width]
            cv2.subtract(tip, coverage, dst=missing)  # saturates at 0
            cv2.addWeighted(missing, flow, coverage, 1.0, 0.0, dst=coverage)
        return rect

    def _show(self, rect: Rect) -> Rect:
        """Brings the map up to date with the coverage."""
        if not rect.empty:
            blend(self._before[rect.slices], self._coverage[rect.slices], self._level, out=self._values[rect.slices])
            self.rect = self.rect.united(rect)
        return rect


@lru_cache(maxsize=2)
def brush_tip(size_px: float, hardness: float) -> NDArray[np.uint16]:
    """Coverage of one dab: full within `hardness` of the radius, then smoothly down to nothing at the edge.

    Returns:
        uint16 (n, n), read only, n the diameter rounded up; the edge is at least one pixel wide.
    """
    side = ceil(size_px)
    half = (side + 1) // 2
    # One quarter is computed and mirrored.
    offset = np.arange(half, dtype=np.float32) + np.float32(0.5 if side % 2 == 0 else 0.0)
    radius = size_px / 2
    distance = np.sqrt(offset[:, None] ** 2 + offset[None, :] ** 2)
    ramp = np.clip((radius + 0.5 - distance) / max(1.0, (1 - hardness) * radius), 0, 1)
    quarter = np.rint(ramp * ramp * (3 - 2 * ramp) * FULL).astype(np.uint16)
    twin = side % 2  # of an odd side the middle row and column stand once
    right = np.concatenate([quarter[:, twin:][:, ::-1], quarter], axis=1)
    tip: NDArray[np.uint16] = np.concatenate([right[twin:][::-1], right], axis=0)
    tip.setflags(write=False)
    return tip
