"""Comparing the map with uniform quality."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.pictures import Picture
from qmap_studio.engine.figures import region_of_snapshot
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import CellBits, JobDone, JobResult, Pixels

if TYPE_CHECKING:
    from qmap_studio.evaluation.region import Figures
    from qmap_studio.recipes.compare import Comparison
    from qmap_studio.recipes.figures import MeasuredFile


@dataclass(frozen=True)
class Side:
    """One side of a comparison."""

    reconstruction: Pixels
    cell_bits: CellBits
    size_bytes: int
    figures: "Figures"
    quality_text: str


@dataclass(frozen=True)
class Compared(JobResult):
    """The map's file and the uniform file of the same size."""

    picture: Picture
    roi: Side
    uniform: Side


@dataclass(frozen=True)
class Compare(Job):
    """Encode with the map, and uniformly to the same bytes; delivers `Compared`."""

    is_of_map: ClassVar[bool] = True

    def do(self, context: JobContext) -> JobDone:
        comparison = made_comparison(context)
        with_map, uniform = _side(comparison.with_map), _side(comparison.uniform)
        context.deliver(Compared(context.job_id, comparison.picture, with_map, uniform))
        text = ngettext(
            "Compared: {with_map:,} byte with the map, {uniform:,} uniform.",
            "Compared: {with_map:,} bytes with the map, {uniform:,} uniform.",
            with_map.size_bytes,
        ).format(with_map=with_map.size_bytes, uniform=uniform.size_bytes)
        return JobDone(context.job_id, None, text)


def made_comparison(context: JobContext) -> "Comparison":
    """The comparison of what a job is of, anew or the one that was made last."""
    from qmap_studio.recipes.compare import compare

    snapshot = context.snapshot
    comparison = context.last_comparison.get(snapshot)
    if comparison is None:
        with_map = context.encode(context.progress.part(0, 0.2, tr("Encoding with the map")))
        comparison = compare(
            context.codecs.required,
            snapshot.picture,
            with_map,
            region_of_snapshot(snapshot),
            bounds=snapshot.bounds,
            checkpoint=context.progress.part(0.2, 0.95, tr("Searching the uniform quality of the same size")),
        )
        context.last_comparison.keep(snapshot, comparison)
    return comparison


def _side(file: "MeasuredFile") -> Side:
    encoding = file.encoding
    return Side(encoding.reconstruction, encoding.cell_bits, encoding.size_bytes, file.figures, file.quality_text)
