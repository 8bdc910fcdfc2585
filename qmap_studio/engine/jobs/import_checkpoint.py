"""Installing the weights of the paper's authors."""

from dataclasses import dataclass
from pathlib import Path

from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone


@dataclass(frozen=True)
class ImportCheckpoint(Job):
    """Install the checkpoint of song2021's authors for this user."""

    path: Path

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.codec import import_checkpoint

        context.progress.part(0, 1, f"Importing {self.path.name}")
        model_id = import_checkpoint(self.path).stem
        context.codecs.forget_other()
        return JobDone(context.job_id, self.path, f"{model_id} is installed; the menu Codec offers it.")
