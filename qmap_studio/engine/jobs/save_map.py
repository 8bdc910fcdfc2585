"""Writing the quality map to a file."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from qmap_studio.core.files import atomic_write
from qmap_studio.core.language import tr
from qmap_studio.core.threads import watched
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone, JobResult


@dataclass(frozen=True)
class MapSaved(JobResult):
    """The map is in its file as it was at `revision`."""

    path: Path
    revision: int


@dataclass(frozen=True)
class SaveMap(Job):
    """Write the map as it was when asked for, as PNG, TIFF or NPY by the name's suffix; delivers `MapSaved`."""

    is_of_map: ClassVar[bool] = True
    needs_codec: ClassVar[bool] = False

    path: Path

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.document import QualityMap, quality_map_file

        path, snapshot = self.path, context.snapshot
        checkpoint = context.progress.part(0, 1, tr("Writing {name}").format(name=path.name))
        quality_map = QualityMap(snapshot.values)
        atomic_write(path, watched(lambda: quality_map_file(path, quality_map), partial(checkpoint, 0)))
        context.deliver(MapSaved(context.job_id, path, snapshot.revision))
        return JobDone(context.job_id, path, tr("The map is saved as {name}.").format(name=path.name))
