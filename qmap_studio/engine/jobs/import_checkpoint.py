"""Installing the weights of the paper's authors."""

from dataclasses import dataclass
from pathlib import Path

from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone


@dataclass(frozen=True)
class ImportCheckpoint(Job):
    """Install the checkpoint of a paper's authors for this user.

    Attributes:
        model_id: the model it is of.
    """

    path: Path
    model_id: str = "song2021"

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.codec import import_checkpoint

        context.progress.part(0, 1, f"Importing {self.path.name}")
        model_id = import_checkpoint(self.path, self.model_id).stem
        context.codecs.forget_other()
        return JobDone(context.job_id, self.path, f"{model_id} is installed; the menu Codec offers it.")
