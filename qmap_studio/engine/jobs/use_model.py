"""Following the painting with another model."""

from dataclasses import dataclass
from typing import ClassVar

from qmap_studio.core.language import tr
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone


@dataclass(frozen=True)
class UseModel(Job):
    """Follow the painting with another model; delivers `EngineReady`. If that fails, the one there is stays."""

    takes_over: ClassVar[bool] = True

    model_id: str

    def do(self, context: JobContext) -> JobDone:
        context.progress.part(0, 1, tr("Loading {model_id}").format(model_id=self.model_id))
        context.use_codec(context.codecs.load(self.model_id))
        return JobDone(context.job_id, None, "")
