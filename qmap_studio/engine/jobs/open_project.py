"""Opening a project, with the picture that it is of."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
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
    from qmap_studio.document.project import Project, ProjectRead, Source


@dataclass(frozen=True)
class ProjectOpened(JobResult):
    """A project and its picture.

    Attributes:
        path: of the project; of a copy that was kept, the project it is a copy of. None if it was never saved, or is
            damaged: saving it there would take away what might still be saved by other means.
        is_decoded: the picture was decoded from an `.sfc` file.
        holds_picture: the project's own file holds the picture.
        copy: the file, if it is a copy that was kept for the case of a crash.
        is_other_source: the picture lies elsewhere than the project says, or is another: saving it would keep that.
        notices: what a person should know, also what is lost.
        is_damaged: something is lost.
    """

    path: Path | None
    project: "Project"
    picture: Picture
    is_decoded: bool
    holds_picture: bool
    notices: tuple[str, ...]
    copy: Path | None = None
    is_other_source: bool = False
    is_damaged: bool = False

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
        reason: why one that was there will not do; "" if none was.
    """

    job: "OpenProject"
    expected: Path
    changed: Path | None
    reason: str = ""


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
        project = self._with_held(read.project)
        found = self._picture(context, project)
        if isinstance(found, PictureInQuestion):
            context.deliver(found)
            return JobDone(context.job_id, path, tr("{name} waits for its picture.").format(name=path.name))
        source, picture, notices = found
        holds_picture = project.picture is not None
        project = replace(project, source=source, picture=None)
        told = self._told(read)
        saved_as = Path(project.saved_as) if project.saved_as else None
        own_path = None if told else path
        opened = ProjectOpened(
            job_id=context.job_id,
            path=saved_as if self.is_recovered else own_path,
            project=project,
            picture=picture,
            is_decoded=source.path.lower().endswith(".sfc"),
            holds_picture=holds_picture,
            copy=path if self.is_recovered else None,
            is_other_source=source != read.project.source,
            notices=(*told, *notices),
            is_damaged=bool(told),
        )
        context.progress.check()
        context.deliver(opened)
        return JobDone(context.job_id, path, tr("{name} is open.").format(name=path.name))

    def _told(self, read: "ProjectRead") -> tuple[str, ...]:
        """What is lost; that a copy has no directory is no damage."""
        if self.is_recovered:
            return read.losses[1:]
        kept = tr("What could be read is a new project; {name} stays as it is.").format(name=self.path.name)
        return (*read.losses, kept) if read.losses else ()

    def _with_held(self, project: "Project") -> "Project":
        """With the picture that the project holds: of a copy, the project that it is a copy of."""
        from qmap_studio.document.project import picture_in

        if self.is_recovered and project.picture is None and project.saved_as:
            with suppress(FileAccessError):
                return replace(project, picture=picture_in(Path(project.saved_as)))
        return project

    def _picture(
        self, context: JobContext, project: "Project"
    ) -> "tuple[Source, Picture, tuple[str, ...]] | PictureInQuestion":
        """The picture with its file, and what is to be said about it."""
        source, expected, changed = project.source, Path(project.source.path), None
        for place in self._places(project):
            digest = _digest(place)
            if digest is None:
                continue
            is_same = not source.digest or digest == source.digest
            if is_same or (self.takes_changed and place == self.picture_path):
                picture = load(context, place, source.page)
                if reason := _misfit(place, picture, project):
                    return PictureInQuestion(context.job_id, self, expected, None, reason)
                moved = tr("The picture was found as {path}.").format(path=place)
                was_changed = tr("{name} is another picture than the project was made of.").format(name=place.name)
                notices = () if is_same and place == expected else (moved if is_same else was_changed,)
                return replace(source, path=str(place), digest=digest), picture, notices
            changed = changed or place
        if project.picture is not None and self.picture_path is None:
            return source, self._held(context, project), ()
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
        if name := _name_in(project.source.path):
            yield folder / name

    def _held(self, context: JobContext, project: "Project") -> Picture:
        """The picture that the project's own file holds."""
        assert project.picture is not None, "the project holds its picture"
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, self.path.stem)
            place.write_bytes(project.picture)
            page = project.source.page if project.source.digest == digest_of(place) else 0
            picture = load(context, place, page)
        if is_sfc(project.picture) or not project.source.path:
            return picture
        return replace(picture, metadata=replace(picture.metadata, file_name=_name_in(project.source.path)))


def _name_in(path: str) -> str:
    """The name of a file in a path of any system."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _digest(place: Path) -> str | None:
    """Of a file; None if there is none that can be read."""
    if not os.path.isfile(place):  # which no name makes raise
        return None
    try:
        return digest_of(place)
    except FileAccessError:
        return None


def _misfit(place: Path, picture: Picture, project: "Project") -> str:
    """Why a picture cannot be that of a project; "" if it can."""
    if (picture.height, picture.width) == (project.height, project.width):
        return ""
    text = tr("{name} has {found_width} x {found_height} pixels, the map {width} x {height}.")
    found = {"found_width": picture.width, "found_height": picture.height}
    return text.format(name=place.name, width=project.width, height=project.height, **found)


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
