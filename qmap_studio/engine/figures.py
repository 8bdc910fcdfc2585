"""Figures of an answer: inside and outside the region that the user cares for, and overall."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.cells import MAX_LEVEL, cells_of
from qmap_studio.core.rect import Rect
from qmap_studio.core.threads import spread
from qmap_studio.engine.grid import blocks_of
from qmap_studio.engine.live_picture import LivePicture
from qmap_studio.engine.results import MapValues
from qmap_studio.engine.snapshot import Snapshot

if TYPE_CHECKING:
    from qmap_studio.codec import ProgressCallback
    from qmap_studio.document.inside import Inside
    from qmap_studio.evaluation.region import Figures


def region_in(
    values: MapValues, selection: "Rect | Inside | None", threshold: float | None, bounds: Bounds | None = None
) -> npt.NDArray[np.bool_] | None:
    """bool (H, W): what is selected, or else where quality is above the threshold, or without one where bounds are.

    Of a uniform map it is where bounds are, too; None where nothing sets an inside apart.
    """
    from qmap_studio.evaluation.region import region_of

    if selection is not None and not isinstance(selection, Rect):
        return selection.region(*values.shape)
    if selection is not None:
        region = np.zeros(values.shape, bool)
        region[selection.intersected(Rect.whole(*values.shape)).slices] = True
        return region
    if bounds is not None and (threshold is None or values.min() == values.max()):
        return bounds < UNBOUNDED
    return None if threshold is None else region_of(values, threshold * MAX_LEVEL)


def needs_measuring(live: LivePicture) -> bool:
    """Whether figures are to come before the next exact piece."""
    return live.figures_urgent and not live.stale.all()


def measure_exact(live: LivePicture, checkpoint: "ProgressCallback") -> "Figures | None":
    """Figures of all blocks that are exact, and of what others had before; exact once all of them are."""
    encoder = live.encoder
    assert encoder is not None, "figures come once there is an encoder"
    _measure(live, ~live.stale, checkpoint)
    live.learn_exact()
    bits = float(live.estimates.bits().sum(dtype=np.float64))
    size_bytes = encoder.estimated_bytes(bits)
    live.map_bits, live.overhead_bytes = encoder.map_bits, size_bytes - math.ceil(bits / 8)
    if live.stale.any():
        return estimated_figures(live)
    if live.is_small:
        size_bytes = encoder.finish().size_bytes
    assert live.block_figures is not None
    return live.block_figures.figures(live.shown_bits(cells_of(live.whole)), size_bytes=size_bytes)


def measure_part(live: LivePicture, rect: Rect, checkpoint: "ProgressCallback") -> None:
    """Measures an approximate answer of full detail, if figures have been measured before."""
    if live.block_figures is not None:
        blocks = np.zeros_like(live.stale)
        blocks[blocks_of(rect)] = True
        _measure(live, blocks, checkpoint)


def _measure(live: LivePicture, blocks: npt.NDArray[np.bool_], checkpoint: "ProgressCallback") -> None:
    from qmap_studio.evaluation.block_figures import BlockFigures

    def watched(do: Callable[[Any], Any], things: Iterable[Any]) -> Iterator[Any]:
        for result in spread(do, things):
            yield result
            checkpoint(1.0)

    if live.block_figures is None:
        live.block_figures = BlockFigures(live.picture.pixels)
    if live.region_due:
        live.block_figures.set_region(region_in(live.values, live.selection, live.threshold, live.bounds))
        live.region_due = False
    assert live.encoder is not None
    live.block_figures.measure(live.encoder.reconstruction, blocks, watched)


def estimated_figures(live: LivePicture) -> "Figures | None":
    """Figures by what is measured now and by the bits as they are known; None while nothing is measured."""
    if live.block_figures is None or not live.block_figures.measured.any():
        return None
    bits = float(live.estimates.bits().sum(dtype=np.float64))
    size_bytes = live.overhead_bytes + math.ceil(bits / 8)
    figures = live.block_figures.figures(live.shown_bits(cells_of(live.whole)), size_bytes=size_bytes)
    return replace(figures, estimated=True)


def region_of_snapshot(snapshot: Snapshot) -> npt.NDArray[np.bool_] | None:
    """What is inside of the whole picture that a job is of: bool (H, W)."""
    return region_in(snapshot.values, snapshot.selection, snapshot.threshold, snapshot.bounds)
