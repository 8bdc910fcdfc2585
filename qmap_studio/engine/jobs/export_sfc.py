"""Exporting an `.sfc` file."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from qmap_studio.core.cells import qualities_of
from qmap_studio.core.language import tr
from qmap_studio.core.strip import Strip
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone, Notice

if TYPE_CHECKING:
    from qmap_studio.codec import Encoding, ProgressCallback
    from qmap_studio.document.project import Project


@dataclass(frozen=True)
class ExportSfc(Job):
    """Encode the picture with its map.

    Attributes:
        target_bytes: moves the base quality until the file is that large.
        strip: which metadata the file does not get.
        project: the layers of the map, if the file is to carry them: it then opens with them, to be edited on.
        thorough: the file is searched for, and is another than what is shown.
    """

    is_of_map: ClassVar[bool] = True

    path: Path
    target_bytes: int | None = None
    strip: Strip = "none"
    project: "Project | None" = None
    thorough: bool = False

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.evaluation.metrics import psnr_db
        from qmap_studio.recipes.encode import size_notice
        from qmap_studio.recipes.sfc_files import sfc_with_layers, write_sfc

        path, picture = self.path, context.snapshot.picture
        encoding = self._encode(context, context.progress.part(0, 0.98, tr("Encoding {name}").format(name=path.name)))
        context.progress.part(0.98, 1, tr("Writing {name}").format(name=path.name))
        if self.project is not None:
            encoding = replace(encoding, data=sfc_with_layers(encoding.data, self._layers(self.project)))
        written = write_sfc(path, picture, encoding)
        if (small := size_notice(encoding, self.target_bytes)) is not None:
            context.deliver(Notice(small))
        text = tr("{name}: {text}").format(name=path.name, text=written.text)
        if self.thorough:  # no figure that is shown tells
            text += " " + tr("PSNR {psnr:.2f} dB.").format(psnr=psnr_db(picture.pixels, encoding.reconstruction))
        return JobDone(context.job_id, path, text)

    def _layers(self, project: "Project") -> bytes:
        """The project to be carried: of the photo it tells the bare name, and nothing if metadata is left out."""
        from qmap_studio.document.project import Source, project_bytes

        source = Source("", "")
        if self.strip != "all":
            source = replace(project.source, path=Path(project.source.path).name)
        return project_bytes(replace(project, source=source, relative="", saved_as=""))

    def _encode(self, context: JobContext, checkpoint: "ProgressCallback") -> "Encoding":
        if self.target_bytes is None and not self.thorough:
            from qmap_studio.recipes.sfc_files import stripped_sfc

            encoding = context.encode(checkpoint)
            return replace(encoding, data=stripped_sfc(encoding.data, self.strip))
        from qmap_studio.recipes.encode import encode

        snapshot, shown = context.snapshot, context.shown
        shown_bytes = None if shown is None else shown.size_bytes
        return encode(
            context.codecs.required,
            snapshot.picture.stripped(self.strip),
            qualities_of(snapshot.values),
            self.target_bytes,
            bounds=snapshot.bounds,
            known_bytes=shown_bytes,
            thorough=self.thorough,
            checkpoint=checkpoint,
        )
