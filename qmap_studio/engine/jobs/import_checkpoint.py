"""Installing the weights that a model's authors published."""

from dataclasses import dataclass
from pathlib import Path

from qmap_studio.core.language import tr
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone


@dataclass(frozen=True)
class ImportCheckpoint(Job):
    """Install a checkpoint of a model's authors for this user."""

    path: Path
    model_id: str

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.codec import import_checkpoint

        context.progress.part(0, 1, tr("Importing {name}").format(name=self.path.name))
        import_checkpoint(self.path, self.model_id)
        context.codecs.forget_other()
        return JobDone(
            context.job_id,
            self.path,
            tr("{model_id} is installed; the menu Codec offers it.").format(model_id=self.model_id),
        )
