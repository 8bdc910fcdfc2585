"""Giving a decoded picture the photo back that it was made from."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from qmap_studio.core.errors import ImageError
from qmap_studio.core.files import digest_of
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture, load_picture
from qmap_studio.core.threads import watched
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone, JobResult


@dataclass(frozen=True)
class PictureAttached(JobResult):
    """A photo of the size of a picture, which takes its place.

    Attributes:
        of: the picture whose place it takes.
        digest: the SHA-256 of its file, in hexadecimal.
    """

    path: Path
    picture: Picture
    of: Picture
    digest: str


@dataclass(frozen=True)
class AttachPicture(Job):
    """Read the photo that a picture was made from; delivers `PictureAttached`.

    Attributes:
        of: the picture, such as one decoded from an `.sfc` file.
        digest: the SHA-256 of the photo's file, if it is known; another photo is taken with a word about it.
    """

    needs_codec: ClassVar[bool] = False
    takes_over: ClassVar[bool] = True

    path: Path
    of: Picture
    digest: str = ""

    def do(self, context: JobContext) -> JobDone:
        path = self.path
        checkpoint = context.progress.part(0, 1, tr("Opening {name}").format(name=path.name))
        picture = watched(lambda: load_picture(path), partial(checkpoint, 0)).picture
        if (picture.height, picture.width) != (self.of.height, self.of.width):
            text = tr(
                "{name} has {found_width} x {found_height} pixels, the open picture {width} x {height}: choose the "
                "photo that it was made from."
            )
            found = {"found_width": picture.width, "found_height": picture.height}
            raise ImageError(text.format(name=path.name, width=self.of.width, height=self.of.height, **found))
        digest = digest_of(path)
        context.progress.check()
        context.deliver(PictureAttached(context.job_id, path, picture, self.of, digest))
        if self.digest and digest != self.digest:
            text = tr("{name} is attached, though it is not the very file that the open one was made from.")
        else:
            text = tr("{name} is attached: figures compare with it again.")
        return JobDone(context.job_id, path, text.format(name=path.name))
