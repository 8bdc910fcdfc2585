"""Colour tables: what a quality or a number of bits looks like. Pure numpy; each table is uint8 RGBA (256, 4)."""

from enum import Enum
from functools import cache

import numpy as np
import pyqtgraph

from qmap_studio.core.rate import heat_level

CLEAR_WITHIN = 0.02  # this near to the base quality nothing is tinted,
TINTED_FROM = 0.15  # and from here on the tint is full


class Overlay(Enum):
    """How the quality map lies over the photo."""

    COLOUR = "colour"  # every quality has its colour; the map's base quality stays clear
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


def overlay_table(overlay: Overlay, opacity: float, base: float | None) -> np.ndarray:
    """Colours of the overlay by quality (index / 255).

    Args:
        opacity: of the full tint, 0 to 1.
        base: the quality that covers most of the map and is left clear; None tints every quality.
    """
    quality = np.linspace(0.0, 1.0, 256)
    table = colour_map("viridis").copy()
    if overlay is Overlay.SPOTLIGHT:
        table[:, :3] = 0
        alpha = 1.0 - quality
        opacity *= 1.5  # darkness must be stronger than colour to be seen as well
    elif overlay is Overlay.HIDDEN:
        alpha = np.zeros(256)
    elif base is None:
        alpha = np.ones(256)
    else:
        ramp = np.clip((np.abs(quality - base) - CLEAR_WITHIN) / (TINTED_FROM - CLEAR_WITHIN), 0.0, 1.0)
        alpha = ramp * ramp * (3.0 - 2.0 * ramp)
    table[:, 3] = np.rint(255.0 * min(max(opacity, 0.0), 1.0) * alpha)
    return table


def base_quality(values: np.ndarray) -> float | None:
    """The quality that most of a uint16 map has, or None if no quality covers a third of it."""
    step = max(1, int(np.sqrt(values.size / 250_000)))
    counts = np.bincount(values[::step, ::step].ravel() >> 8, minlength=256)
    commonest = int(counts.argmax())
    return commonest / 255.0 if 3 * counts[commonest] >= counts.sum() else None


def heat_indices(bits_per_pixel: np.ndarray) -> np.ndarray:
    """uint8 indices into the heat table: 0 where unknown, 1 and 255 for the two ends of the scale and beyond."""
    return np.nan_to_num(np.rint(1.0 + 254.0 * heat_level(bits_per_pixel)), nan=0.0).astype(np.uint8)


def heat_table() -> np.ndarray:
    """Colours of the heat map; index 0, unknown, is transparent."""
    table = colour_map("inferno").copy()
    table[0] = 0
    return table
