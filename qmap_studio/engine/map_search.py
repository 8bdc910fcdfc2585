"""How a map is found by computation: optimised for a task, or by Grad-CAM."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec import Codec
from qmap_studio.codec.common.differentiable import differentiable
from qmap_studio.core.errors import Cancelled
from qmap_studio.engine.jobs import GradCam, OptimiseMap
from qmap_studio.engine.progress import Progress
from qmap_studio.engine.results import MapValues
from qmap_studio.engine.session import FULL_QUALITY, Snapshot, quality_of
from qmap_studio.task_maps import Iterate, chosen_task, grad_cam_map, load_task_model, optimise_map


def search(
    job: OptimiseMap, codec: Codec, snapshot: Snapshot, progress: Progress, show: Callable[[MapValues], None]
) -> str:
    """Shows each better map on the way; a sentence about the last. A cancelled search keeps what it has shown.

    Raises:
        Cancelled: it has shown nothing yet.
    """
    checkpoint = progress.part(0, 1, "Preparing the search")
    picture = snapshot.picture
    task = chosen_task(job.task, picture.height, picture.width, job.label, whole_answer=job.whole_answer)
    network = differentiable(codec)
    found: list[Iterate] = []

    def report(iterate: Iterate) -> None:
        nonlocal checkpoint
        found.append(iterate)
        if iterate.iteration > 0:  # the start is no result
            show(_values_of(iterate.quality_map))
        checkpoint = progress.part(0, 1, f"Iteration {iterate.iteration} of {job.iterations}: {iterate.summary}")

    best = optimise_map(
        network,
        picture.pixels,
        task,
        lmbda=job.lmbda,
        iterations=job.iterations,
        start=quality_of(snapshot.values) if job.from_current else None,
        report=report,
        checkpoint=lambda fraction: checkpoint(fraction),
    )
    if best.iteration == 0:
        raise Cancelled
    stopped = f" Stopped after {best.iteration} of {job.iterations} iterations." * (best.iteration < job.iterations)
    return f"Map optimised, from {found[0].summary} to {best.summary}.{stopped}"


def look(job: GradCam, snapshot: Snapshot, progress: Progress, show: Callable[[MapValues], None]) -> str:
    """Shows the Grad-CAM map; a sentence about it."""
    progress.part(0, 1, f"Looking into {job.model.name}")
    show(_values_of(grad_cam_map(load_task_model(job.model), snapshot.picture.pixels, job.alpha, job.label)))
    return f"The map shows where {job.model.name} looks."


def _values_of(quality_map: NDArray[np.float32]) -> MapValues:
    values: MapValues = np.rint(quality_map * np.float32(FULL_QUALITY)).astype(np.uint16)
    return values
