"""The map that serves a task, in the place of the one there is: how much the task is worth, and whether it was served.

A weight that is too small gives the task up for bits, one that is too large buys what a higher quality would have
bought. Without a weight the size of the map there is stays, so that what the task gains is told by its loss alone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.differentiable import Differentiable
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.core.bounds import Bounds
from qmap_studio.core.errors import Cancelled
from qmap_studio.core.language import tr
from qmap_studio.task_maps.optimise import Iterate, Problem, random_start, search
from qmap_studio.task_maps.tasks import Task

OPENINGS = (1.0, 2.0, 4.0)
"""Of the weight at which the size would stay, the next where the one before finds no better map: where no step pays at
first, a map that may grow finds one; it is lowered to its size afterwards."""
STEP = 0.4
"""Of logits, to both sides: how size and loss change with the map as a whole."""
USUAL_LAMBDA = 10.0
"""Where the loss does not fall with quality."""
TRIES, CLOSE = 8, 0.003
"""To meet a size, and how near it counts as met."""
USUAL_SLOPE, LARGEST_SHIFT = 0.5, 6.0
"""How the logarithm of the size grows with a shift of logits, and the largest one."""
_TINY = 1e-6
CLEARLY_BETTER = 0.99
"""Of the loss: sizes are not met more exactly than this would tell."""


class Kept(Enum):
    """Which map serves best."""

    FOUND = auto()
    UNIFORM = auto()
    BEFORE = auto()


@dataclass(frozen=True)
class Served:
    """What came of a search.

    Attributes:
        kept: which of the maps serves best: of one size, the one with the least loss.
        best: that map.
        before: the map there was.
        uniform: a uniform map of the size of what was found; None where the search was cancelled.
        iterations: how many were done.
    """

    kept: Kept
    best: Iterate
    before: Iterate
    uniform: Iterate | None
    iterations: int

    @property
    def is_better(self) -> bool:
        """Whether a map was found that serves the task better than the one before."""
        return self.kept is Kept.FOUND and self.best.task_loss < self.before.task_loss

    @property
    def verdict(self) -> str:
        """How the task is served, in a sentence or two for a person."""
        before, after = self.before.summary, self.best.summary
        if self.kept is Kept.BEFORE:
            text = tr(
                "No map of this size was found that serves the task better, so the map stays as it was: {before}."
            )
            return text.format(before=before)
        if self.kept is Kept.UNIFORM:
            text = tr(
                "No map was found that serves the task better than a uniform one of the same size, "
                "so it is uniform now, from {before} to {after}."
            )
        else:
            text = tr("Map optimised, from {before} to {after}.")
        sentences = [text.format(before=before, after=after)]
        if self.kept is Kept.FOUND and self.uniform is not None:
            text = tr("A uniform map of the same size has task loss {loss:.3g}.")
            sentences.append(text.format(loss=self.uniform.task_loss))
        if self.best.task_loss > self.before.task_loss:
            text = tr("The task is served less well than before, for fewer bits; a larger weight serves it better.")
            sentences.append(text)
        return " ".join(sentences)


def serve_task(
    codec: Differentiable,
    pixels: NDArray[np.uint8],
    task: Task,
    current: NDArray[np.float32],
    *,
    lmbda: float | None = None,
    iterations: int = 5,
    bounds: Bounds | None = None,
    seed: int | None = None,
    report: Callable[[Iterate], None] | None = None,
    checkpoint: ProgressCallback | None = None,
) -> Served:
    """Searches the map that serves a task, and compares it with the one there is and a uniform one.

    Args:
        pixels: uint8 (H, W, 3).
        current: float32 (H, W) in [0, 1], the map there is.
        lmbda: bits per pixel that one unit of the task's loss is worth; without it the size of the current map stays.
        bounds: uint8 (H, W), the error bounds.
        seed: begins with a random map of that seed instead of the current one.
        report: told of the current map and of each iteration's.
        checkpoint: called between evaluations with the share done. If it raises Cancelled once there is a map, the
            search ends with the best so far.
    Raises:
        Cancelled: before there was one.
    """
    problem = Problem(codec, pixels, task, bounds)
    p = problem.logits(current)

    def measured(p: Tensor, at: float) -> Iterate:
        if checkpoint is not None:
            checkpoint(at)
        with torch.no_grad():
            problem.costs(p)
        return problem.iterate(p, 0, weight)

    weight = lmbda or 0.0
    before = measured(p, 0.0)
    if lmbda is None:
        weight = balanced_weight(measured(p - STEP, 0.02), measured(p + STEP, 0.04))
        before = replace(before, objective=before.bpp + weight * before.task_loss)
    if report is not None:
        report(before)
    start = p if seed is None else random_start(*problem.shape, seed)
    found: Iterate | None = None
    uniform: Iterate | None = None
    done = 0
    try:
        openings = OPENINGS if lmbda is None else OPENINGS[:1]
        for opening, (begin, end) in zip(openings, pairwise(np.linspace(0.06, 0.9, len(openings) + 1)), strict=True):
            found = _searched(problem, start, opening * weight, iterations, report, checkpoint, begin, end)
            done = found.iteration
            if lmbda is None:
                found = meet_size(measured, problem.logits(found.quality_map), before.bpp, end)
                if found.task_loss < CLEARLY_BETTER * before.task_loss:
                    break
        assert found is not None, "there is at least one opening"
        flat = torch.full(problem.shape, float(p.mean()))
        uniform = meet_size(measured, flat, found.bpp, 0.95)
    except Cancelled:
        if found is None:
            raise
    kept, best = (Kept.BEFORE, before) if lmbda is None or done == 0 else (Kept.FOUND, found)
    for which, candidate in ((Kept.FOUND, found), (Kept.UNIFORM, uniform)):
        if candidate is not None and candidate.task_loss < CLEARLY_BETTER * best.task_loss:
            kept, best = which, candidate
    return Served(kept, best, before, uniform, done)


def _searched(
    problem: Problem,
    start: Tensor,
    lmbda: float,
    iterations: int,
    report: Callable[[Iterate], None] | None,
    checkpoint: ProgressCallback | None,
    begin: float,
    end: float,
) -> Iterate:
    """A search that is the part of the work from `begin` to `end`; its start is not reported."""

    def tell(iterate: Iterate) -> None:
        if report is not None and iterate.iteration > 0:
            report(iterate)

    def check(share: float) -> None:
        if checkpoint is not None:
            checkpoint(begin + (end - begin) * share)

    return search(problem, start, lmbda, iterations, tell, check)


def balanced_weight(lower: Iterate, higher: Iterate) -> float:
    """Bits that a unit of loss costs where all of a map is raised: with it neither more nor less quality pays."""
    gained = lower.task_loss - higher.task_loss
    return (higher.bpp - lower.bpp) / gained if gained > 0 and higher.bpp > lower.bpp else USUAL_LAMBDA


def meet_size(measured: Callable[[Tensor, float], Iterate], p: Tensor, bpp: float, at: float) -> Iterate:
    """The map of p, raised or lowered as a whole until it takes so many bits per pixel, as nearly as it comes."""
    low, high = -LARGEST_SHIFT, LARGEST_SHIFT
    found: list[tuple[float, float, Iterate]] = []  # how far off, as a logarithm, and by what shift
    shift = 0.0
    for _ in range(TRIES):
        iterate = measured(p + shift, at)
        off = math.log(max(iterate.bpp, _TINY) / max(bpp, _TINY))
        found = sorted([*found, (off, shift, iterate)], key=lambda known: abs(known[0]))
        if abs(off) < CLOSE:
            break
        low, high = (low, shift) if off > 0 else (shift, high)
        slope = USUAL_SLOPE
        if len(found) > 1 and found[0][1] != found[1][1]:
            slope = max((found[0][0] - found[1][0]) / (found[0][1] - found[1][1]), USUAL_SLOPE / 10)
        shift = found[0][1] - found[0][0] / slope
        if not low < shift < high:
            shift = (low + high) / 2
    return found[0][2]
