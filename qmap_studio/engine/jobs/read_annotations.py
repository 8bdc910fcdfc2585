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
    """The shapes that a file knows for the picture, clipped to it; there may be none.

    Attributes:
        notices: sentences on what was left out of the file, and on what had to be decided.
        choices: the pictures that the file knows, likely ones first, if it is not clear which of them is meant; the
            job is then asked for anew, with one of them as `chosen`.
    """

    picture: Picture
    path: Path
    boxes: "tuple[Annotation, ...]"
    notices: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadAnnotations(Job):
    """Read the boxes of the picture from an annotation file; delivers `AnnotationsRead`.

    Attributes:
        photo: the file that the picture is open from, which finds it among those that the file of boxes knows.
        chosen: the one of these that a person chose, or None.
    """

    is_of_map: ClassVar[bool] = True
    needs_codec: ClassVar[bool] = False

    path: Path
    photo: Path | None
    chosen: str | None = None

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.document import AnnotationsFile, PictureIdentity, PictureUnclearError, read_annotations

        path, picture = self.path, context.snapshot.picture
        checkpoint = context.progress.part(0, 1, tr("Reading {name}").format(name=path.name))
        choices: tuple[str, ...] = ()
        try:
            found = read_annotations(path, PictureIdentity.of(picture, self.photo), self.chosen, checkpoint)
        except PictureUnclearError as unclear:
            found, choices, text = AnnotationsFile(()), unclear.pictures, str(unclear)
        else:
            count = len(found.annotations)
            text = ngettext("{name}: {count} box.", "{name}: {count} boxes.", count)
            text = text.format(name=path.name, count=count)
        context.progress.check()
        context.deliver(AnnotationsRead(context.job_id, picture, path, found.annotations, found.notices, choices))
        return JobDone(context.job_id, path, text)
