"""A map of what the model in use finds important."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.language import tr
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.find_importance import found_importance
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.jobs.map_found import deliver_map
from qmap_studio.engine.results import JobDone


@dataclass(frozen=True)
class MapFromImportance(Job):
    """Make a map of what the model finds important under the map there is, delivered as `MapFound`.

    Attributes:
        side_px: names the stage by the side of the square that one of its values stands for, 2, 4, 8 or 16.
        kind: the stage's mask, or the logarithm of its scale factors.
    """

    is_of_map: ClassVar[bool] = True
    gives_way: ClassVar[bool] = True

    side_px: int = CELL_PX
    kind: Literal["mask", "scale"] = "mask"

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.task_maps import importance_map

        stage = next(stage for stage in found_importance(context) if stage.side_px == self.side_px)
        plane = stage.mask if self.kind == "mask" else np.log(stage.scale)
        deliver_map(context, importance_map(plane, stage.side_px, *context.snapshot.values.shape))
        model_id = context.codecs.required.model_id
        return JobDone(context.job_id, None, tr("The map shows what {model} finds important.").format(model=model_id))
