"""What values look like that lie between two ends, on a straight or a logarithmic scale. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qmap_studio.core.language import tr
from qmap_studio.core.opencv import cv2
from qmap_studio.core.rate import HEAT_TICKS_BPP
from qmap_studio.ui.canvas.colours import colour_map

NARROW, ALIKE = 0.25, 1e-3
"""Masks within less than a quarter of their scale have one of their own, unless they tell nothing apart."""


ENOUGH = 1 << 16
"""Values of a plane that tell its extent."""


@dataclass(frozen=True)
class ColourRange:
    """Colours from one value to another; what lies beyond has the colour of the nearer end.

    Attributes:
        colours: the name of the colour map.
        low, high: the two ends, above 0 where the scale is logarithmic.
        labels: what its legend says, from one end to the other.
    """

    colours: str
    low: float
    high: float
    is_logarithmic: bool
    labels: tuple[str, ...]

    @property
    def table(self) -> np.ndarray:
        """uint8 RGBA (256, 4), from low to high."""
        return colour_map(self.colours)

    def of(self, values: np.ndarray) -> np.ndarray:
        """uint8 RGB (rows, columns, 3) of float32 (rows, columns)."""
        low, high, level = self.low, self.high, np.clip(values, self.low, self.high)
        if self.is_logarithmic:
            low, high, level = np.log(low), np.log(high), np.log(level)
        level = (level - low) * (255 / max(high - low, 1e-6))
        coloured: np.ndarray = cv2.applyColorMap(
            np.rint(level).astype(np.uint8), np.ascontiguousarray(self.table[:, np.newaxis, :3])
        )
        return coloured


def mask_range(planes: Sequence[np.ndarray]) -> ColourRange:
    """Of importance masks: from 0 to 1, or where some planes together use little of that, over what nearly all of them
    lies in, so that what they tell apart is seen."""
    low, high = _extent(planes)
    if not ALIKE < high - low < NARROW:
        return ColourRange("plasma", 0.0, 1.0, False, ("0", tr("mask"), "1"))
    first, last = _ends(low, high)
    return ColourRange("plasma", low, high, False, (first, tr("mask"), last))


def scale_range(planes: Sequence[np.ndarray]) -> ColourRange:
    """Of scale factors, over what nearly all of some planes together lies in."""
    low, high = _extent(planes)
    first, last = _ends(low, high)
    return ColourRange("cividis", low, high, True, (first, tr("log"), last))


def bits_range() -> ColourRange:
    """Of bits per pixel, as in the heat map."""
    ticks = HEAT_TICKS_BPP
    return ColourRange("inferno", ticks[0], ticks[-1], True, tuple(f"{tick:g}" for tick in ticks))


def _extent(planes: Sequence[np.ndarray]) -> tuple[float, float]:
    """All but the lowest and the highest percent: at a picture's edges a network may give values of no other place."""
    some = [plane.ravel()[:: -(-plane.size // ENOUGH)] for plane in planes]
    low, high = np.percentile(np.concatenate(some), (1, 99), method="nearest")
    return float(low), float(high)


def _ends(low: float, high: float) -> tuple[str, str]:
    """Both in as few digits as tell them apart, three to six."""
    for digits in range(3, 7):
        first, last = f"{low:.{digits}g}", f"{high:.{digits}g}"
        if first != last:
            break
    return first, last
