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
    from qmap_studio.document import AnnotationsFile
    from qmap_studio.document.annotations.rules import Rules


@dataclass(frozen=True)
class AnnotationsRead(JobResult):
    """What a file knows of the picture; there may be no annotations.

    Attributes:
        choices: the pictures that the file knows, likely ones first, if it is not clear which of them is meant; the
            job is then asked for anew, with one of them as `chosen`.
        rules: those that the job was asked with, by which the annotations are taken at once.
    """

    picture: Picture
    path: Path
    found: "AnnotationsFile"
    choices: tuple[str, ...] = ()
    rules: "Rules | None" = None


@dataclass(frozen=True)
class ReadAnnotations(Job):
    """Read the annotations of the picture from a file; delivers `AnnotationsRead`.

    Attributes:
        path: the file; or a folder of such files, one for each photo: without one for this photo nothing is delivered.
        photo: the file that the picture is open from, which finds it among those that the file knows.
        chosen: the one of these that a person chose, or None.
        rules: the text of a file of rules by which the annotations are to be taken at once; else a person is asked.
    """

    is_of_map: ClassVar[bool] = True
    needs_codec: ClassVar[bool] = False

    path: Path
    photo: Path | None
    chosen: str | None = None
    rules: str | None = None

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.document import AnnotationsFile, PictureIdentity, PictureUnclearError, read_annotations
        from qmap_studio.document.annotations.folders import annotations_of
        from qmap_studio.document.annotations.rules_file import rules_of

        picture = context.snapshot.picture
        identity = PictureIdentity.of(picture, self.photo)
        path = annotations_of(self.path, identity)
        if path is None or (self.rules is not None and not path.exists()):
            return JobDone(context.job_id, self.path, "")
        rules = rules_of(self.rules, path.name) if self.rules is not None else None
        checkpoint = context.progress.part(0, 1, tr("Reading {name}").format(name=path.name))
        choices: tuple[str, ...] = ()
        try:
            found = read_annotations(path, identity, self.chosen, checkpoint)
        except PictureUnclearError as unclear:
            found, choices, text = AnnotationsFile(()), unclear.pictures, str(unclear)
        else:
            count = len(found.annotations)
            text = ngettext("{name}: {count} annotation.", "{name}: {count} annotations.", count)
            text = text.format(name=path.name, count=count)
        context.progress.check()
        context.deliver(AnnotationsRead(context.job_id, picture, path, found, choices, rules))
        return JobDone(context.job_id, path, text)
