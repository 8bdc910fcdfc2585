"""The map that serves a task best: -log2 P(y_hat | m) / pixels + lambda * task loss, minimised over the map."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from qmap_studio.codec.common.differentiable import Differentiable
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.errors import Cancelled
from qmap_studio.core.language import tr
from qmap_studio.task_maps.descent import minimise
from qmap_studio.task_maps.tasks import Task

LARGEST_PX = 400_000
"""A larger picture is looked at on a reduced copy."""
START_MEAN, START_DEVIATION = -2.0, 1.0
LARGEST_LOGIT = 3.0
"""Of a start: further out the sigmoid leaves next to no gradient."""
LOOKS = 2
"""At maps, in an iteration."""


@dataclass(frozen=True)
class Iterate:
    """A map on the way, and what it costs.

    Attributes:
        quality_map: float32 (H, W) in [0, 1], constant over the cells of the codec.
        iteration: from 0, the start.
        bpp: estimated bits per pixel, of the reduced copy for a large picture.
        task_loss: in the task's own unit.
        objective: bpp + lambda * task_loss.
    """

    quality_map: NDArray[np.float32]
    iteration: int
    bpp: float
    task_loss: float
    objective: float

    @property
    def summary(self) -> str:
        """Its costs, for a person."""
        return tr("{bpp:.3f} bpp, task loss {task_loss:.3g}").format(bpp=self.bpp, task_loss=self.task_loss)


class Problem:
    """What a map of a picture costs and how well it serves a task, looked at on a reduced copy of a large picture.

    Args:
        pixels: uint8 (H, W, 3).
        bounds: uint8 (H, W), the error bounds; pixels that have one are as in the picture, whatever the map.
    Attributes:
        shape: (rows, columns) of p, one value for each cell that the codec obeys; the map is sigmoid(p).
        asked: how many maps were looked at.
        bpp, task_loss: of the last one.
    """

    def __init__(
        self, codec: Differentiable, pixels: NDArray[np.uint8], task: Task, bounds: Bounds | None = None
    ) -> None:
        self._codec, self._size = codec, pixels.shape[:2]
        original, factor = reduced(pixels)
        self._original, self._cell = original.to(codec.device), codec.cell * factor
        self._loss, self._kept = task(self._original), _kept(bounds, factor, self._original)
        height, width = self._size
        self.shape = -(-height // self._cell), -(-width // self._cell)
        self.asked, self.bpp, self.task_loss = 0, 0.0, 0.0

    def costs(self, p: Tensor) -> tuple[Tensor, Tensor]:
        """Bits per pixel and the task's loss of a map, scalars with their gradients."""
        self.asked += 1
        cells = torch.sigmoid(p.to(self._codec.device)).view(1, 1, *self.shape)
        height, width = self._original.shape[-2:]
        trace = self._codec(self._original, F.interpolate(cells, scale_factor=self._codec.cell)[..., :height, :width])
        rate = trace.bits / (height * width)
        task_loss = self._loss(torch.where(self._kept, self._original, trace.reconstruction))
        self.bpp, self.task_loss = rate.item(), task_loss.item()
        return rate, task_loss

    def logits(self, quality_map: NDArray[np.float32]) -> Tensor:
        """p of a map (H, W)."""
        return logits_of(quality_map, self._cell)

    def iterate(self, p: Tensor, iteration: int, lmbda: float) -> "Iterate":
        """The map of p with the costs that were found last."""
        height, width = self._size
        quality_map = _spread(p.view(*self.shape), self._cell, height, width)
        return Iterate(quality_map, iteration, self.bpp, self.task_loss, self.bpp + lmbda * self.task_loss)


def optimise_map(
    codec: Differentiable,
    pixels: NDArray[np.uint8],
    task: Task,
    *,
    lmbda: float,
    iterations: int,
    bounds: Bounds | None = None,
    start: NDArray[np.float32] | None = None,
    seed: int = 0,
    report: Callable[[Iterate], None] | None = None,
    checkpoint: ProgressCallback | None = None,
) -> Iterate:
    """Searches the map m = sigmoid(p) by descent over p, one value for each cell that the codec obeys.

    Values only fall from one iteration to the next, so the last is the best.

    Args:
        pixels: uint8 (H, W, 3).
        lmbda: bits per pixel that one unit of the task's loss is worth.
        bounds: uint8 (H, W), the error bounds; pixels that have one are as in the picture, whatever the map.
        start: float32 (H, W) in [0, 1]; without it, sigmoids of normal numbers of mean -2 and deviation 1.
        seed: of that start.
        report: told of the start and of each iteration's map.
        checkpoint: called between evaluations with the share done. If it raises Cancelled once there is a start, the
            search ends with the best map so far.
    Returns:
        The best map; its iteration is below `iterations` where the search was cancelled.
    Raises:
        Cancelled: before the first evaluation was through.
    Source: Song et al. 2021, eq. 6 and 7, appendix D.2.
    """
    problem = Problem(codec, pixels, task, bounds)
    p = random_start(*problem.shape, seed) if start is None else problem.logits(start)
    return search(problem, p, lmbda, iterations, report, checkpoint)


def search(
    problem: Problem,
    p: Tensor,
    lmbda: float,
    iterations: int,
    report: Callable[[Iterate], None] | None = None,
    checkpoint: ProgressCallback | None = None,
) -> Iterate:
    """See `optimise_map`; p is the start."""
    asked = 0

    def objective(p: Tensor) -> Tensor:
        nonlocal asked
        if checkpoint is not None:
            checkpoint(asked / (1 + LOOKS * iterations))
        asked += 1
        rate, task_loss = problem.costs(p)
        return rate + lmbda * task_loss

    best: Iterate | None = None
    try:
        for look, (point, value) in enumerate(minimise(objective, p.flatten(), LOOKS * iterations)):
            iteration, of_it = divmod(look, LOOKS)
            if best is None or value < best.objective:  # the last evaluation was of this point
                best = replace(problem.iterate(point, iteration, lmbda), objective=value)
            if of_it == 0:
                best = replace(best, iteration=iteration)
                if report is not None:
                    report(best)
    except Cancelled:
        if best is None:
            raise
    assert best is not None
    return best


def reduced(pixels: NDArray[np.uint8]) -> tuple[Tensor, int]:
    """Pixels (H, W, 3) as float32 (1, 3, h, w) in [0, 1] of LARGEST_PX at most, and the factor they are reduced by."""
    factor = math.ceil(math.sqrt(pixels.shape[0] * pixels.shape[1] / LARGEST_PX))
    small = np.array(Image.fromarray(pixels).reduce(factor))
    return torch.from_numpy(small).permute(2, 0, 1)[None].float().div_(255.0), factor


def _kept(bounds: Bounds | None, factor: int, original: Tensor) -> Tensor:
    """bool (1, 1, h, w), the pixels of the reduced picture that have error bounds for the most part."""
    if bounds is None:
        return torch.zeros_like(original[:, :1], dtype=torch.bool)
    mask = np.where(bounds < UNBOUNDED, np.uint8(255), np.uint8(0))
    small = np.array(Image.fromarray(mask).reduce(factor))
    return (torch.from_numpy(small) > 127)[None, None].to(original.device)


def random_start(rows: int, columns: int, seed: int) -> Tensor:
    """p of the paper's start."""
    generator = torch.Generator().manual_seed(seed)
    return START_MEAN + START_DEVIATION * torch.randn(rows, columns, generator=generator)


def logits_of(quality_map: NDArray[np.float32], cell: int) -> Tensor:
    """p of a map (H, W), averaged over the cells, within LARGEST_LOGIT."""
    q = torch.tensor(quality_map)[None, None]
    return torch.logit(F.avg_pool2d(q, cell, ceil_mode=True, count_include_pad=False))[0, 0].clamp(
        -LARGEST_LOGIT, LARGEST_LOGIT
    )


def _spread(p: Tensor, cell: int, height: int, width: int) -> NDArray[np.float32]:
    quality: NDArray[np.float32] = torch.sigmoid(p).cpu().numpy()
    return quality.repeat(cell, axis=0)[:height].repeat(cell, axis=1)[:, :width]
