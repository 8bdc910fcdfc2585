"""What the model in use finds important in the picture."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from qmap_studio.core.cells import qualities_of
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone, JobResult

if TYPE_CHECKING:
    from qmap_studio.codec.common.importance import StageImportance


@dataclass(frozen=True)
class ImportanceFound(JobResult):
    """The stages of the encoder, finest first, under the map as it was when the job was asked for."""

    picture: Picture
    stages: "tuple[StageImportance, ...]"


@dataclass(frozen=True)
class FindImportance(Job):
    """Find what the model itself finds important under the map; delivers `ImportanceFound`."""

    is_of_map: ClassVar[bool] = True
    gives_way: ClassVar[bool] = True

    def do(self, context: JobContext) -> JobDone:
        stages = found_importance(context)
        context.deliver(ImportanceFound(context.job_id, context.snapshot.picture, stages))
        text = tr("What {model} finds important is shown.").format(model=context.codecs.required.model_id)
        return JobDone(context.job_id, None, text)


def found_importance(context: JobContext) -> "tuple[StageImportance, ...]":
    """What the model finds important in what a job is of.

    Raises:
        ComputeError: there is no codec, or its model does not learn what is important.
    """
    from qmap_studio.codec.common.importance import importance

    snapshot, codec = context.snapshot, context.codecs.required
    checkpoint = context.progress.part(0, 1, tr("Finding what is important"))
    return importance(codec, snapshot.picture.pixels, qualities_of(snapshot.values), checkpoint)
