"""Figures of an answer: inside and outside the region that the user cares for, and overall."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qmap_studio.core.rect import Rect
from qmap_studio.core.threads import spread
from qmap_studio.engine.grid import blocks_of, cells_of
from qmap_studio.engine.results import MapValues
from qmap_studio.engine.session import FULL_QUALITY, Session, Snapshot

if TYPE_CHECKING:
    from qmap_studio.codec import Encoding, ProgressCallback
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
    """Whether figures are to come before the next exact piece."""
    return session.news and not session.stale.all()


def measure_session(session: Session, checkpoint: "ProgressCallback") -> "Figures | None":
    """Figures of all blocks that are exact, and of what others had before; exact once all of them are."""
    encoder = session.encoder
    assert encoder is not None, "figures come once there is an encoder"
    _measure(session, ~session.stale, checkpoint)
    session.learn_exact()
    bits = float(session.estimates.bits().sum(dtype=np.float64))
    size_bytes = encoder.estimated_bytes(bits)
    session.map_bits, session.overhead_bytes = encoder.map_bits, size_bytes - math.ceil(bits / 8)
    if session.stale.any():
        return estimated_figures(session)
    if session.is_small:
        size_bytes = encoder.finish().size_bytes
    assert session.block_figures is not None
    return session.block_figures.figures(session.shown_bits(cells_of(session.whole)), size_bytes=size_bytes)


def measure_part(session: Session, rect: Rect, checkpoint: "ProgressCallback") -> None:
    """Measures an approximate answer of full detail, if figures have been measured before."""
    if session.block_figures is not None:
        blocks = np.zeros_like(session.stale)
        blocks[blocks_of(rect)] = True
        _measure(session, blocks, checkpoint)


def _measure(session: Session, blocks: npt.NDArray[np.bool_], checkpoint: "ProgressCallback") -> None:
    from qmap_studio.evaluation.block_figures import BlockFigures

    def watched(do: Callable[[Any], Any], things: Iterable[Any]) -> Iterator[Any]:
        for result in spread(do, things):
            yield result
            checkpoint(1.0)

    if session.block_figures is None:
        session.block_figures = BlockFigures(session.picture.pixels)
    if session.region_due:
        session.block_figures.set_region(region_in(session.whole, session.values, session.selection, session.threshold))
        session.region_due = False
    assert session.encoder is not None
    session.block_figures.measure(session.encoder.reconstruction, blocks, watched)


def estimated_figures(session: Session) -> "Figures | None":
    """Figures by what is measured now and by the bits as they are known; None while nothing is measured."""
    if session.block_figures is None or not session.block_figures.measured.any():
        return None
    bits = float(session.estimates.bits().sum(dtype=np.float64))
    size_bytes = session.overhead_bytes + math.ceil(bits / 8)
    figures = session.block_figures.figures(session.shown_bits(cells_of(session.whole)), size_bytes=size_bytes)
    return replace(figures, estimated=True)


def measure_encoding(snapshot: Snapshot, encoding: "Encoding") -> "Figures":
    """Figures of a whole file."""
    from qmap_studio.evaluation.block_figures import BlockFigures

    height, width = snapshot.values.shape
    measured = BlockFigures(snapshot.picture.pixels)
    measured.set_region(region_in(Rect.whole(height, width), snapshot.values, snapshot.selection, snapshot.threshold))
    measured.measure(encoding.reconstruction, np.ones_like(measured.measured), spread)
    return measured.figures(encoding.cell_bits, size_bytes=encoding.size_bytes)
