"""Descent by the signs of a gradient: what is rounded on the way has slopes whose size means little."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

FIRST_MOVE = 1.0
"""Of each component; its moves then grow while its slope keeps its sign, and shrink where it turns."""
GROWTH = 0.5, 1.5
SMALLEST_MOVE, LARGEST_MOVE = 0.02, 2.0
LEAST_SLOPE = 0.1
"""Of the root mean square of all: what has less stays, rather than following noise."""


def minimise(function: Callable[[Tensor], Tensor], start: Tensor, looks: int) -> Iterator[tuple[Tensor, float]]:
    """The best point so far and its value, after the start and after each of so many looks at other points.

    Args:
        function: of a vector like `start`; a scalar with a gradient. What is no number in that moves nothing.
        start: (N,).
    Source: Riedmiller, Braun 1993, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm".
    """
    point = start.detach().clone().requires_grad_()
    moves = torch.optim.Rprop([point], lr=FIRST_MOVE, etas=GROWTH, step_sizes=(SMALLEST_MOVE, LARGEST_MOVE))
    result = function(point)
    best, fell = (point.detach().clone(), result.item()), True
    yield best
    for _ in range(looks):
        if fell:
            point.grad = _slope(result, point)
        moves.step()
        result = function(point)
        fell = result.item() < best[1]
        if fell:
            best = point.detach().clone(), result.item()
        else:  # back, and half as far
            point.data.copy_(best[0])
            state = moves.state[point]
            state["step_size"].mul_(0.5)
            state["prev"].zero_()
        yield best


def _slope(value: Tensor, point: Tensor) -> Tensor:
    slope = torch.autograd.grad(value, point)[0].nan_to_num(0.0)
    return slope.masked_fill(slope.abs() < LEAST_SLOPE * slope.square().mean().sqrt(), 0.0)
