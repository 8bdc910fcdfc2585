"""Colour tables: what a quality or a number of bits looks like. Pure numpy; each table is uint8 RGBA (256, 4)."""

from enum import Enum
from functools import cache

import numpy as np
import pyqtgraph

from qmap_studio.core.rate import heat_level


class Overlay(Enum):
    """How the quality map lies over the photo."""

    COLOUR = "colour"  # every quality has its colour, always the same
    SPOTLIGHT = "spotlight"  # the lower the quality, the darker the photo
    HIDDEN = "hidden"

    @property
    def next(self) -> "Overlay":
        members = list(Overlay)
        return members[(members.index(self) + 1) % len(members)]


@cache
def colour_map(name: str) -> np.ndarray:
    """A perceptually uniform colour map by its name ("viridis", "inferno"), opaque."""
    table = np.empty((256, 4), np.uint8)
    table[:, :3] = pyqtgraph.colormap.get(name).getLookupTable(0.0, 1.0, 256, alpha=False)
    table[:, 3] = 255
    table.flags.writeable = False
    return table


def quality_colour(quality: float) -> tuple[int, int, int]:
    """The colour that stands for a quality, everywhere."""
    red, green, blue, _ = colour_map("viridis")[round(min(max(quality, 0.0), 1.0) * 255)].tolist()
    return red, green, blue


def overlay_table(overlay: Overlay, opacity: float) -> np.ndarray:
    """Colours of the overlay by quality (index / 255).

    Args:
        opacity: of the tint, 0 to 1.
    """
    table = colour_map("viridis").copy()
    alpha = np.ones(256)
    if overlay is Overlay.SPOTLIGHT:
        table[:, :3] = 0
        alpha = 1.0 - np.linspace(0.0, 1.0, 256)
        opacity *= 1.5  # darkness must be stronger than colour to be seen as well
    elif overlay is Overlay.HIDDEN:
        alpha = np.zeros(256)
    table[:, 3] = np.rint(255.0 * min(max(opacity, 0.0), 1.0) * alpha)
    return table


def heat_indices(bits_per_pixel: np.ndarray) -> np.ndarray:
    """uint8 indices into the heat table: 0 where unknown, 1 and 255 for the two ends of the scale and beyond."""
    return np.nan_to_num(np.rint(1.0 + 254.0 * heat_level(bits_per_pixel)), nan=0.0).astype(np.uint8)


def heat_table() -> np.ndarray:
    """Colours of the heat map; index 0, unknown, is transparent."""
    table = colour_map("inferno").copy()
    table[0] = 0
    return table
