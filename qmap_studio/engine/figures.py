"""Figures of an answer: inside and outside the region that the user cares for, and overall."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qmap_studio.core.rect import Rect
from qmap_studio.core.threads import spread_in_order
from qmap_studio.engine.grid import blocks_of, cells_of
from qmap_studio.engine.results import MapValues
from qmap_studio.engine.session import FULL_QUALITY, Session, Snapshot

if TYPE_CHECKING:
    from qmap_studio.codec import Encoding
    from qmap_studio.evaluation.region import Figures


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


def owes_measuring(session: Session) -> bool:
    """Whether figures are asked for and what is on the screen is exact, so that they are of some use."""
    if not session.figures_due or session.encoder is None or session.visible.empty:
        return False
    return not session.stale[blocks_of(session.visible)].any()


def measure_session(session: Session) -> "Figures | None":
    """Figures of all blocks that are exact, and of what others had before; exact once all of them are."""
    from qmap_studio.evaluation.block_figures import BlockFigures

    encoder = session.encoder
    assert encoder is not None, "figures come once there is an encoder"
    if session.block_figures is None:
        session.block_figures = BlockFigures(session.picture.pixels)
    measured = session.block_figures
    region = region_in(session.whole, session.values, session.selection, session.threshold)
    measured.set_region(region)
    measured.measure(encoder.reconstruction, ~session.stale, spread_in_order)
    session.map_bits, session.overhead_bytes = encoder.map_bits, encoder.estimated_bytes(0.0)
    if session.stale.any():
        return estimated_figures(session)
    file = encoder.finish() if session.is_small else None
    size_bytes = file.size_bytes if file else encoder.estimated_bytes(float(session.cell_bits.sum(dtype=np.float64)))
    return measured.figures(session.shown_bits(cells_of(session.whole)), size_bytes=size_bytes)


def estimated_figures(session: Session) -> "Figures | None":
    """Figures by what was measured last and by the bits as they are known; None while nothing was measured."""
    if session.block_figures is None or not session.block_figures.measured.any():
        return None
    bits = session.cell_bits.copy()
    known = ~np.isnan(bits)
    bits[~known] = bits[known].mean() if known.any() else 0.0
    size_bytes = session.overhead_bytes + math.ceil(float(bits.sum(dtype=np.float64)) / 8)
    figures = session.block_figures.figures(bits, size_bytes=size_bytes)
    return replace(figures, estimated=True)


def measure_encoding(snapshot: Snapshot, encoding: "Encoding") -> "Figures":
    """Figures of a whole file."""
    from qmap_studio.evaluation.region import measure

    height, width = snapshot.values.shape
    region = region_in(Rect.whole(height, width), snapshot.values, snapshot.selection, snapshot.threshold)
    pixels = snapshot.picture.pixels
    return measure(pixels, encoding.reconstruction, encoding.cell_bits, region, size_bytes=encoding.size_bytes)
