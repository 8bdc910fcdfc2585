"""Saving a project."""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PIL import Image

from qmap_studio.core.errors import FileAccessError
from qmap_studio.core.files import digest_of, is_reading
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture, png_bytes
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone

if TYPE_CHECKING:
    from qmap_studio.document.project import Project

PREVIEW_PX = 256


@dataclass(frozen=True)
class SaveProject(Job):
    """Write a project's file; it may be cancelled until it is whole.

    Attributes:
        project: as it was when this was asked for.
        picture: that it is of.
        holds_picture: the picture goes into the file: its own file, also from the project as it was saved before, or if
            that is gone or another by now, its pixels.
    """

    needs_codec: ClassVar[bool] = False

    path: Path
    project: "Project"
    picture: Picture
    holds_picture: bool = False

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.document.project import write_project

        path, source = self.path, self.project.source
        checkpoint = context.progress.part(0, 1, tr("Saving {name}").format(name=path.name))
        project = replace(self.project, relative=_relative(source.path, path), saved_as="")
        if self.holds_picture or not source.path:
            project = replace(project, picture=self._picture_file())
        write_project(path, project, _preview(self.picture), checkpoint)
        return JobDone(context.job_id, path, tr("{name} is saved.").format(name=path.name))

    def _picture_file(self) -> bytes:
        from qmap_studio.document.project import LARGEST_PICTURE_BYTES, picture_in

        digest, path, before = self.project.source.digest, Path(self.project.source.path), self.project.saved_as
        if digest:
            with suppress(FileAccessError), is_reading(path):
                if path.stat().st_size <= LARGEST_PICTURE_BYTES and digest_of(path) == digest:
                    return path.read_bytes()
            with suppress(FileAccessError):
                held = picture_in(Path(before)) if before else None
                if held is not None and hashlib.sha256(held).hexdigest() == digest:
                    return held
        return png_bytes(self.picture)


def _relative(source: str, project: Path) -> str:
    """Where the picture lies as seen from the project; "" where no way leads there."""
    try:
        return os.path.relpath(source, project.parent) if source else ""
    except ValueError:  # another drive
        return ""


def _preview(picture: Picture) -> bytes:
    step = max(1, max(picture.height, picture.width) // (2 * PREVIEW_PX))
    image = Image.fromarray(picture.pixels[::step, ::step])
    image.thumbnail((PREVIEW_PX, PREVIEW_PX))
    content = BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
