"""Reading error bounds from a file."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture
from qmap_studio.core.threads import watched
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone, JobResult


@dataclass(frozen=True)
class BoundsImported(JobResult):
    """Error bounds for the picture, uint8 (H, W), from the file of this name."""

    picture: Picture
    bounds: Bounds
    name: str


@dataclass(frozen=True)
class ImportBounds(Job):
    """Read a mask of the picture's size; delivers `BoundsImported`.

    Attributes:
        bound: what holds inside the mask; None leaves it to the file.
    """

    is_of_map: ClassVar[bool] = True
    needs_codec: ClassVar[bool] = False

    path: Path
    bound: int | None = None

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.document import read_bounds

        path, picture = self.path, context.snapshot.picture
        checkpoint = context.progress.part(0, 1, tr("Reading {name}").format(name=path.name))
        read = partial(read_bounds, path, picture.height, picture.width, self.bound)
        bounds = watched(read, partial(checkpoint, 0))
        context.progress.check()
        context.deliver(BoundsImported(context.job_id, picture, bounds, path.name))
        return JobDone(context.job_id, path, tr("The region is now that of {name}.").format(name=path.name))
