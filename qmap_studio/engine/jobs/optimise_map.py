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
from qmap_studio.engine.jobs.map_found import MapFound, deliver_map
from qmap_studio.engine.results import JobDone, Notice
from qmap_studio.recipes.search_defaults import DEFAULT_ITERATIONS

if TYPE_CHECKING:
    from qmap_studio.task_maps import Iterate


@dataclass(frozen=True)
class OptimiseMap(Job):
    """Search the map that serves a task best; each better one is delivered as `MapFound`.

    In the end the map that serves best is delivered: the one that was found, a uniform one of its size, or the one
    there was. If the task is not served better than before, a `Notice` says so. Cancelled, it ends with `JobDone` and
    the best map so far, or with `JobCancelled` if there is none.

    Attributes:
        task: to keep edges, the features of a region, or what a user's model makes of the picture.
        label: a classifier's class to keep; its own top class without one.
        whole_answer: keep all that a model answers instead of a class.
        lmbda: bits per pixel that one unit of the task's loss is worth; without it the size of the map stays.
        from_current: begin with the map as it is, else with a random one.
    """

    is_of_map: ClassVar[bool] = True

    task: Literal["edges"] | Rect | Path
    label: int | None = None
    whole_answer: bool = False
    lmbda: float | None = None
    iterations: int = DEFAULT_ITERATIONS
    from_current: bool = False

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.codec.common.differentiable import differentiable
        from qmap_studio.task_maps import Kept, chosen_task, serve_task

        snapshot = context.snapshot
        picture = snapshot.picture
        codec = context.codecs.required
        checkpoint = context.progress.part(0, 1, tr("Preparing the search"))
        task = chosen_task(self.task, picture.height, picture.width, self.label, whole_answer=self.whole_answer)

        def report(iterate: "Iterate") -> None:
            nonlocal checkpoint
            if iterate.iteration > 0:  # the start is no result
                deliver_map(context, iterate.quality_map)
            text = tr("Iteration {iteration} of {iterations}: {costs}").format(
                iteration=iterate.iteration, iterations=self.iterations, costs=iterate.summary
            )
            checkpoint = context.progress.part(0, 1, text)

        served = serve_task(
            differentiable(codec),
            picture.pixels,
            task,
            qualities_of(snapshot.values),
            lmbda=self.lmbda,
            iterations=self.iterations,
            bounds=snapshot.bounds,
            seed=None if self.from_current else 0,
            report=report,
            checkpoint=lambda fraction: checkpoint(fraction),
        )
        if served.iterations == 0:
            raise Cancelled
        if served.kept is Kept.BEFORE:  # as it was, to the last pixel
            context.deliver(MapFound(context.job_id, picture, snapshot.values))
        else:
            deliver_map(context, served.best.quality_map)
        sentences = [served.verdict]
        if served.iterations < self.iterations:
            stopped = ngettext(
                "Stopped after {iteration} of {iterations} iteration.",
                "Stopped after {iteration} of {iterations} iterations.",
                self.iterations,
            )
            sentences.append(stopped.format(iteration=served.iterations, iterations=self.iterations))
        text = " ".join(sentences)
        if not served.is_better:
            context.deliver(Notice(text))
        return JobDone(context.job_id, None, text)
