"""L-BFGS for few and dear evaluations: clipped gradients, bounded steps, a short search along each direction."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

CLIP = 3.0
"""Components of a gradient are clipped at so many times its root mean square."""
LONGEST_MOVE = 2.0
"""No component moves further in one iteration."""
TRIALS = (1.0, 0.35, 0.1)
"""Shares of a step that are tried until the value falls."""
MEMORY = 5

Pairs = list[tuple[Tensor, Tensor]]


def minimise(function: Callable[[Tensor], Tensor], start: Tensor, iterations: int) -> Iterator[tuple[Tensor, float]]:
    """Points of falling value.

    The first step goes down the clipped gradient, about 1 in each component; later ones follow the curvature that
    the steps before them have met. Where no trial falls, the point stays and the next step is a tenth of the first.

    Args:
        function: of a vector like `start`; a scalar with a gradient. Called at most 1 + 3 * iterations times.
        start: (N,).
    Yields:
        The start and, after each iteration, the point reached and its value.
    Source: Liu, Nocedal 1989, "On the limited memory BFGS method", algorithm 2.1, with backtracking.
    """
    point = start.detach().clone().requires_grad_()
    result = function(point)
    value, gradient = result.item(), clipped(_gradient(result, point))
    pairs: Pairs = []
    reach = 1.0
    yield point.detach(), value
    for _ in range(iterations):
        direction = -inverse_hessian_times(gradient, pairs) if pairs else -gradient * (reach / _rms(gradient))
        direction = direction.clamp(-LONGEST_MOVE, LONGEST_MOVE)
        for share in TRIALS:
            candidate = (point + share * direction).detach().requires_grad_()
            result = function(candidate)
            if result.item() < value:
                new_gradient = clipped(_gradient(result, candidate))
                step, change = (candidate - point).detach(), new_gradient - gradient
                if step @ change > 1e-6 * step.norm() * change.norm():
                    pairs = [*pairs, (step, change)][-MEMORY:]
                point, value, gradient = candidate, result.item(), new_gradient
                break
        else:
            pairs, reach = [], 0.1 * reach
        yield point.detach(), value


def clipped(gradient: Tensor) -> Tensor:
    """The gradient with its outliers, and what is no number, held down."""
    gradient = gradient.nan_to_num(0.0)
    limit = CLIP * _rms(gradient)
    return gradient.clamp(-limit, limit)


def inverse_hessian_times(gradient: Tensor, pairs: Pairs) -> Tensor:
    """The two-loop recursion over steps and changes of the gradient, oldest first."""
    q, shares = gradient, []
    for step, change in reversed(pairs):
        share = (step @ q) / (step @ change)
        q = q - share * change
        shares.append(share)
    step, change = pairs[-1]
    r = q * ((step @ change) / (change @ change))
    for (step, change), share in zip(pairs, reversed(shares), strict=True):
        r = r + step * (share - (change @ r) / (step @ change))
    return r


def _gradient(value: Tensor, point: Tensor) -> Tensor:
    return torch.autograd.grad(value, point)[0].detach()


def _rms(x: Tensor) -> float:
    return max(float(x.square().mean().sqrt()), 1e-30)
