"""Writing the quality map to a file."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from qmap_studio.core.language import tr
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone, Notice


@dataclass(frozen=True)
class SaveMap(Job):
    """Write the map as it was when asked for, in the format of the name's suffix.

    Attributes:
        bits: of a PNG or TIFF file, 8 or 16.
    """

    is_of_map: ClassVar[bool] = True
    needs_codec: ClassVar[bool] = False

    path: Path
    bits: int = 16

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.document import QualityMap, map_file_notice, quality_map_file

        path, snapshot = self.path, context.snapshot
        context.save_file(path, partial(quality_map_file, path, QualityMap(snapshot.values), self.bits))
        if (notice := map_file_notice(path, self.bits)) is not None:
            context.deliver(Notice(notice))
        return JobDone(context.job_id, path, tr("The map is saved as {name}.").format(name=path.name))
