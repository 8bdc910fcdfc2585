"""Opening a project, with the picture that it is of."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from qmap_studio.core.errors import FileAccessError
from qmap_studio.core.files import digest_of
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture, load_picture
from qmap_studio.core.threads import watched
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone, JobResult
from qmap_studio.recipes.sfc_files import is_sfc, read_sfc

if TYPE_CHECKING:
    from qmap_studio.document.project import Project, ProjectRead


@dataclass(frozen=True)
class ProjectOpened(JobResult):
    """A project and its picture.

    Attributes:
        path: of the project; of a copy that was kept, the project it is a copy of, None if it was never saved.
        is_decoded: the picture was decoded from an `.sfc` file.
        copy: the file, if it is a copy that was kept for the case of a crash.
        is_other_source: the picture lies elsewhere than the project says, or is another: saving it would keep that.
        notices: what a person should know, also what is lost.
    """

    path: Path | None
    project: "Project"
    picture: Picture
    is_decoded: bool
    notices: tuple[str, ...]
    copy: Path | None = None
    is_other_source: bool = False

    @property
    def is_recovered(self) -> bool:
        return self.copy is not None


@dataclass(frozen=True)
class PictureInQuestion(JobResult):
    """A project's picture is not where it was, or is another by now: the person says what to take.

    Attributes:
        job: what was asked; ask it again with a `picture_path`, and with `takes_changed` to use another picture.
        expected: where the picture lay.
        changed: a file that lies there and is another by now; None: there is none.
    """

    job: "OpenProject"
    expected: Path
    changed: Path | None


@dataclass(frozen=True)
class OpenProject(Job):
    """Read a project and its picture; delivers `ProjectOpened`, or `PictureInQuestion`.

    Attributes:
        picture_path: where the picture is, as the person says.
        takes_changed: a picture that is another than it was will do, if it has the size of the map.
        is_recovered: the file is a copy that was kept for the case of a crash.
    """

    takes_over: ClassVar[bool] = True

    path: Path
    picture_path: Path | None = None
    takes_changed: bool = False
    is_recovered: bool = False

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.document.project import read_project

        path = self.path
        checkpoint = context.progress.part(0, 0.6, tr("Opening {name}").format(name=path.name))
        read = watched(partial(read_project, path), partial(checkpoint, 0))
        checkpoint(1.0)
        found = self._picture(context, read)
        if isinstance(found, PictureInQuestion):
            context.deliver(found)
            return JobDone(context.job_id, path, tr("{name} waits for its picture.").format(name=path.name))
        source, picture, notices = found
        before = read.project.source
        found_source = replace(before, path=str(source or ""))
        if source is not None and self.takes_changed:
            found_source = replace(found_source, digest=digest_of(source))
        project = replace(read.project, source=found_source, picture=None)
        saved_as = Path(project.saved_as) if project.saved_as else None
        opened = ProjectOpened(
            job_id=context.job_id,
            path=saved_as if self.is_recovered else path,
            project=project,
            picture=picture,
            is_decoded=source is not None and source.suffix.lower() == ".sfc",
            copy=path if self.is_recovered else None,
            is_other_source=found_source != before,
            notices=(*self._told(read), *notices),
        )
        context.progress.check()
        context.deliver(opened)
        return JobDone(context.job_id, path, tr("{name} is open.").format(name=path.name))

    def _told(self, read: "ProjectRead") -> tuple[str, ...]:
        """What is lost; that a copy has no directory is no damage."""
        return read.losses[1:] if self.is_recovered else read.losses

    def _picture(
        self, context: JobContext, read: "ProjectRead"
    ) -> "tuple[Path | None, Picture, tuple[str, ...]] | PictureInQuestion":
        """Where the picture lies, the picture, and what is to be said about it."""
        project = read.project
        expected, changed = Path(project.source.path), None
        for place in self._places(project):
            if not place.is_file():
                continue
            is_same = not project.source.digest or digest_of(place) == project.source.digest
            if is_same or (self.takes_changed and place == self.picture_path):
                moved = tr("The picture was found as {path}.").format(path=place)
                was_changed = tr("{name} is another picture than the project was made of.").format(name=place.name)
                notices = () if is_same and place == expected else (moved if is_same else was_changed,)
                return place, load(context, place, project.source.page), notices
            changed = changed or place
        if project.picture is not None and self.picture_path is None:
            return Path(project.source.path) if project.source.path else None, *self._held(context, project)
        return PictureInQuestion(context.job_id, self, expected, changed)

    def _places(self, project: "Project") -> Iterator[Path]:
        """Where the picture may be, the likeliest first."""
        if self.picture_path is not None:
            yield self.picture_path
            return
        folder = (Path(project.saved_as) if self.is_recovered and project.saved_as else self.path).parent
        if project.source.path:
            yield Path(project.source.path)
        if project.relative:
            yield folder / project.relative
        name = project.source.path.replace("\\", "/").rsplit("/", 1)[-1]  # of any system
        if name:
            yield folder / name

    def _held(self, context: JobContext, project: "Project") -> tuple[Picture, tuple[str, ...]]:
        """The picture that the project's own file holds."""
        assert project.picture is not None, "the project holds its picture"
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, Path(project.source.path).name or self.path.stem)
            place.write_bytes(project.picture)
            is_its_file = is_sfc(project.picture[:16])
            page = project.source.page if is_its_file or project.source.digest == digest_of(place) else 0
            return load(context, place, page), ()


def load(context: JobContext, path: Path, page: int) -> Picture:
    """The picture of any file that the program opens.

    Raises:
        QMapStudioError: it cannot be read, or there is no such page.
    """
    checkpoint = context.progress.part(0.6, 1, tr("Opening {name}").format(name=path.name))
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        text = tr("{path} cannot be read: {reason}.")
        raise FileAccessError(text.format(path=path, reason=error.strerror or error)) from error
    if is_sfc(head):
        data = read_sfc(path)
        return context.codecs.of_file(data).decode(data, checkpoint=checkpoint).picture
    return watched(lambda: load_picture(path, page), partial(checkpoint, 0)).picture
