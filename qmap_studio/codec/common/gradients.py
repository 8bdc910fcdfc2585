"""Operations whose gradients are other than their own: rounding and clamping."""

from typing import Any

import torch
from torch import Tensor


def straight_through(value: Tensor, rounded: Tensor) -> Tensor:
    """`rounded`, with the gradient of `value`."""
    return value + (rounded - value).detach()


class _Bound(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, low: float, high: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.limits = (low, high)
        return x.clamp(low, high)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (x,) = ctx.saved_tensors
        low, high = ctx.limits
        blocked = ((x < low) & (grad > 0)) | ((x > high) & (grad < 0))
        return grad.masked_fill(blocked, 0.0), None, None


def bound(x: Tensor, low: float, high: float) -> Tensor:
    """Clamps; outside the limits only gradients that lead back inside pass."""
    return _Bound.apply(x, low, high)
