"""Searching the map that serves a task best."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from qmap_studio.core.cells import qualities_of
from qmap_studio.core.errors import Cancelled
from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.rect import Rect
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.jobs.map_found import deliver_map
from qmap_studio.engine.results import JobDone
from qmap_studio.recipes.search_defaults import DEFAULT_ITERATIONS, DEFAULT_LAMBDA

if TYPE_CHECKING:
    from qmap_studio.task_maps import Iterate


@dataclass(frozen=True)
class OptimiseMap(Job):
    """Search the map that serves a task best; each better one is delivered as `MapFound`.

    Cancelled, it ends with `JobDone` and the best map so far, or with `JobCancelled` if there is none.

    Attributes:
        task: to keep edges, the features of a region, or what a user's model makes of the picture.
        label: a classifier's class to keep; its own top class without one.
        whole_answer: keep all that a model answers instead of a class.
        lmbda: bits per pixel that one unit of the task's loss is worth.
        from_current: begin with the map as it is, else with a random one.
    """

    is_of_map: ClassVar[bool] = True

    task: Literal["edges"] | Rect | Path
    label: int | None = None
    whole_answer: bool = False
    lmbda: float = DEFAULT_LAMBDA
    iterations: int = DEFAULT_ITERATIONS
    from_current: bool = False

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.codec.common.differentiable import differentiable
        from qmap_studio.task_maps import chosen_task, optimise_map

        snapshot = context.snapshot
        picture = snapshot.picture
        codec = context.codecs.required
        checkpoint = context.progress.part(0, 1, tr("Preparing the search"))
        task = chosen_task(self.task, picture.height, picture.width, self.label, whole_answer=self.whole_answer)
        found: list[Iterate] = []

        def report(iterate: "Iterate") -> None:
            nonlocal checkpoint
            found.append(iterate)
            if iterate.iteration > 0:  # the start is no result
                deliver_map(context, iterate.quality_map)
            text = tr("Iteration {iteration} of {iterations}: {costs}").format(
                iteration=iterate.iteration, iterations=self.iterations, costs=iterate.summary
            )
            checkpoint = context.progress.part(0, 1, text)

        best = optimise_map(
            differentiable(codec),
            picture.pixels,
            task,
            lmbda=self.lmbda,
            iterations=self.iterations,
            bounds=snapshot.bounds,
            start=qualities_of(snapshot.values) if self.from_current else None,
            report=report,
            checkpoint=lambda fraction: checkpoint(fraction),
        )
        if best.iteration == 0:
            raise Cancelled
        sentences = [tr("Map optimised, from {before} to {after}.").format(before=found[0].summary, after=best.summary)]
        if best.iteration < self.iterations:
            stopped = ngettext(
                "Stopped after {iteration} of {iterations} iteration.",
                "Stopped after {iteration} of {iterations} iterations.",
                self.iterations,
            )
            sentences.append(stopped.format(iteration=best.iteration, iterations=self.iterations))
        return JobDone(context.job_id, None, " ".join(sentences))
