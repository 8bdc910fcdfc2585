"""Reading a quality map from a file."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture
from qmap_studio.core.threads import watched
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone, JobResult, MapValues, Notice


@dataclass(frozen=True)
class MapImported(JobResult):
    """A map for the picture, from the file of this name; `values` is uint16 (H, W)."""

    picture: Picture
    values: MapValues
    name: str


@dataclass(frozen=True)
class ImportMap(Job):
    """Read a quality map of the picture's size; delivers `MapImported`."""

    is_of_map: ClassVar[bool] = True
    needs_codec: ClassVar[bool] = False

    path: Path

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.document import read_map_file

        path, picture = self.path, context.snapshot.picture
        checkpoint = context.progress.part(0, 1, tr("Reading {name}").format(name=path.name))
        read = partial(read_map_file, path, picture.height, picture.width)
        quality_map, notices = watched(read, partial(checkpoint, 0))
        context.progress.check()
        context.deliver(MapImported(context.job_id, picture, quality_map.values, path.name))
        for notice in notices:
            context.deliver(Notice(notice))
        return JobDone(context.job_id, path, tr("The map is now that of {name}.").format(name=path.name))
