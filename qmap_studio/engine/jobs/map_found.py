"""What the jobs bring that find a map by computation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import levels_of
from qmap_studio.core.pictures import Picture
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.results import JobResult, MapValues


@dataclass(frozen=True)
class MapFound(JobResult):
    """A map for the picture, in a search better than the one before; `values` is uint16 (H, W)."""

    picture: Picture
    values: MapValues


def deliver_map(context: JobContext, quality_map: NDArray[np.float32]) -> None:
    """Deliver a map that was found, float32 (H, W) in [0, 1]."""
    context.deliver(MapFound(context.job_id, context.snapshot.picture, levels_of(quality_map)))
