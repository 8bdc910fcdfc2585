"""What values look like that lie between two ends, on a straight or a logarithmic scale. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qmap_studio.core.language import tr
from qmap_studio.core.opencv import cv2
from qmap_studio.core.rate import HEAT_TICKS_BPP
from qmap_studio.ui.canvas.colours import colour_map


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


def mask_range() -> ColourRange:
    """Of importance masks, always from 0 to 1."""
    return ColourRange("plasma", 0.0, 1.0, False, ("0", tr("importance"), "1"))


def scale_range(planes: Sequence[np.ndarray]) -> ColourRange:
    """Of scale factors, from the lowest to the highest of some planes together."""
    low, high = float(min(p.min() for p in planes)), float(max(p.max() for p in planes))
    return ColourRange("cividis", low, high, True, (f"{low:.3g}", tr("scale, log"), f"{high:.3g}"))


def bits_range() -> ColourRange:
    """Of bits per pixel, as in the heat map."""
    ticks = HEAT_TICKS_BPP
    return ColourRange("inferno", ticks[0], ticks[-1], True, tuple(f"{tick:g}" for tick in ticks))
