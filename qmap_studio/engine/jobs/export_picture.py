"""Saving what the codec makes of the picture, as a picture."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Literal

from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture, check_saved
from qmap_studio.core.strip import Strip
from qmap_studio.engine.jobs.compare import made_comparison
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone

PictureKind = Literal["reconstruction", "heat_map", "comparison"]


@dataclass(frozen=True)
class ExportPicture(Job):
    """Save what the codec makes of the picture, where its bits go, or the comparison with its figures.

    Attributes:
        source_name: what a comparison calls the picture that it compares with, in the language that is chosen.
        strip: which metadata the file does not get.
    """

    is_of_map: ClassVar[bool] = True

    kind: PictureKind
    path: Path
    source_name: str = field(default_factory=lambda: tr("Original"))
    strip: Strip = "none"

    def do(self, context: JobContext) -> JobDone:
        self._check(context.snapshot.picture)
        match self.kind:
            case "reconstruction":
                picture = _reconstruction(context)
            case "heat_map":
                picture = _heat_map(context)
            case "comparison":
                picture = self._comparison(context)
        return context.save_picture(self.path, picture.stripped(self.strip))

    def _check(self, picture: Picture) -> None:
        """Refuses before the work what could not be saved after it."""
        if self.kind == "reconstruction":
            check_saved(self.path, width=picture.width, height=picture.height, has_alpha=picture.alpha is not None)
        else:
            check_saved(self.path)

    def _comparison(self, context: JobContext) -> Picture:
        from qmap_studio.recipes.pictures import comparison_picture

        comparison = made_comparison(context)
        profile = None if comparison.picture.is_grey else comparison.picture.icc_profile
        return Picture(comparison_picture(comparison, self.source_name), icc_profile=profile)


def _reconstruction(context: JobContext) -> Picture:
    encoding = context.encode(context.progress.part(0, 0.9, tr("Encoding")))
    return replace(context.snapshot.picture, pixels=encoding.reconstruction)


def _heat_map(context: JobContext) -> Picture:
    from qmap_studio.recipes.pictures import heat_map_picture

    encoding = context.encode(context.progress.part(0, 0.9, tr("Encoding")))
    return Picture(heat_map_picture(encoding.cell_bits, *context.snapshot.values.shape))
