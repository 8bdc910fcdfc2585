"""Reading what an annotation file knows of the picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.pictures import Picture
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone, JobResult

if TYPE_CHECKING:
    from qmap_studio.document import Annotation


@dataclass(frozen=True)
class AnnotationsRead(JobResult):
    """The shapes that a file knows for the picture, clipped to it; there may be none."""

    picture: Picture
    path: Path
    boxes: "tuple[Annotation, ...]"


@dataclass(frozen=True)
class ReadAnnotations(Job):
    """Read the boxes of the picture from an annotation file; delivers `AnnotationsRead`.

    Attributes:
        picture_name: the picture's file name, which finds it among those that the file knows.
    """

    is_of_map: ClassVar[bool] = True
    needs_codec: ClassVar[bool] = False

    path: Path
    picture_name: str

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.document import read_annotations

        path, picture = self.path, context.snapshot.picture
        context.progress.part(0, 1, tr("Reading {name}").format(name=path.name))
        boxes = tuple(read_annotations(path, self.picture_name, picture.width, picture.height))
        context.progress.check()
        context.deliver(AnnotationsRead(context.job_id, picture, path, boxes))
        text = ngettext("{name}: {count} box.", "{name}: {count} boxes.", len(boxes))
        return JobDone(context.job_id, path, text.format(name=path.name, count=len(boxes)))
