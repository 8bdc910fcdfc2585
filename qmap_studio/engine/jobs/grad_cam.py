"""A map of where a classifier looks."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from qmap_studio.core.language import tr
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.jobs.map_found import deliver_map
from qmap_studio.engine.results import JobDone


@dataclass(frozen=True)
class GradCam(Job):
    """Make a map of where a user's classifier looks, delivered as `MapFound`.

    Attributes:
        label: the class; its own top class without one.
        alpha: the map's highest quality.
    """

    is_of_map: ClassVar[bool] = True

    model: Path
    label: int | None = None
    alpha: float = 1.0

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.task_maps import grad_cam_map, load_task_model

        pixels = context.snapshot.picture.pixels
        context.progress.part(0, 1, tr("Looking into {name}").format(name=self.model.name))
        deliver_map(context, grad_cam_map(load_task_model(self.model), pixels, self.alpha, self.label))
        return JobDone(context.job_id, None, tr("The map shows where {name} looks.").format(name=self.model.name))
