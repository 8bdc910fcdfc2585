"""Opening a photo."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from qmap_studio.core.files import digest_of
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture, load_picture
from qmap_studio.core.threads import watched
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone, JobResult


@dataclass(frozen=True)
class PictureOpened(JobResult):
    """A photo, upright and in 8 bits; see `ReadPicture`.

    Attributes:
        digest: the SHA-256 of its file, in hexadecimal.
    """

    path: Path
    picture: Picture
    notices: tuple[str, ...] = ()
    page: int = 0
    page_count: int = 1
    digest: str = ""


@dataclass(frozen=True)
class OpenPicture(Job):
    """Read a photo from a file; delivers `PictureOpened`.

    Attributes:
        page: which page or frame of the file, from 0.
    """

    needs_codec: ClassVar[bool] = False
    takes_over: ClassVar[bool] = True

    path: Path
    page: int = 0

    def do(self, context: JobContext) -> JobDone:
        path = self.path
        checkpoint = context.progress.part(0, 1, tr("Opening {name}").format(name=path.name))
        read = watched(lambda: load_picture(path, self.page), partial(checkpoint, 0))
        context.progress.check()
        opened = PictureOpened(context.job_id, path, read.picture, read.notices, self.page, read.page_count)
        context.deliver(replace(opened, digest=digest_of(path)))
        text = tr("{name}: {width} x {height} pixels.").format(
            name=path.name, width=read.picture.width, height=read.picture.height
        )
        return JobDone(context.job_id, path, text)
