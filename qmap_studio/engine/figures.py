"""Figures of an answer: inside and outside the region that the user cares for, and overall."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qmap_studio.core.rect import Rect
from qmap_studio.engine.grid import cells_of
from qmap_studio.engine.results import MapValues
from qmap_studio.engine.session import FULL_QUALITY, Session, Snapshot

if TYPE_CHECKING:
    from qmap_studio.codec import Encoding
    from qmap_studio.evaluation.region import Figures, RegionFigures


def region_in(
    rect: Rect, values: MapValues, selection: Rect | None, threshold: float | None
) -> npt.NDArray[np.bool_] | None:
    """bool, the shape of `rect`: the selection, or else where quality is above the threshold.

    None where nothing sets an inside apart.
    """
    from qmap_studio.evaluation.region import region_of

    if selection is not None:
        region = np.zeros(values.shape, bool)
        region[selection.intersected(Rect.whole(*values.shape)).slices] = True
        return region[rect.slices]
    return None if threshold is None else region_of(values[rect.slices], threshold * FULL_QUALITY)


def measure_session(session: Session) -> "Figures":
    """Figures of the exact answers so far; those of a large picture are estimated from the visible part."""
    from qmap_studio.evaluation.region import measure

    rect = session.measured_area()
    figures = measure(
        session.picture.pixels[rect.slices],
        session.reconstruction[rect.slices],
        session.cell_bits[cells_of(rect).slices],
        region_in(rect, session.values, session.selection, session.threshold),
        size_bytes=session.size_bytes,
    )
    if session.size_bytes is not None:
        return figures
    # Bits of the part that was measured, taken as typical of the rest, so that all sizes speak of the same file.
    size_bytes = session.estimated_bytes()
    factor = 8.0 * size_bytes / figures.overall.bits if figures.overall.bits > 0 else 1.0

    def scaled(part: "RegionFigures") -> "RegionFigures":
        return replace(part, bits=part.bits * factor)

    return replace(
        figures,
        inside=figures.inside and scaled(figures.inside),
        outside=figures.outside and scaled(figures.outside),
        overall=scaled(figures.overall),
        size_bytes=size_bytes,
    )


def measure_encoding(snapshot: Snapshot, encoding: "Encoding") -> "Figures":
    """Figures of a whole file."""
    from qmap_studio.evaluation.region import measure

    height, width = snapshot.values.shape
    region = region_in(Rect.whole(height, width), snapshot.values, snapshot.selection, snapshot.threshold)
    pixels = snapshot.picture.pixels
    return measure(pixels, encoding.reconstruction, encoding.cell_bits, region, size_bytes=encoding.size_bytes)
