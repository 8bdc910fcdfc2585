"""The DCT that `live` starts from, and the linear map that it is."""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from qmap_studio.codec.common.devices import fast_type


class _Transform(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, matrix: Tensor) -> Tensor:
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(x, matrix)
        return F.linear(x, matrix)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, matrix = ctx.saved_tensors
        kind = fast_type(x.device)
        flat = grad.reshape(-1, grad.shape[-1]).to(kind)
        of_x = (flat @ matrix.to(kind)).float().view(x.shape) if ctx.needs_input_grad[0] else None
        of_matrix = (flat.t() @ x.reshape(-1, x.shape[-1]).to(kind)).float() if ctx.needs_input_grad[1] else None
        return of_x, of_matrix


def transform(x: Tensor, matrix: Tensor) -> Tensor:
    """A linear map whose numbers need all of float32, and whose gradients do not: `matrix` is (outputs, inputs)."""
    return _Transform.apply(x, matrix)


def dct_basis(luma: int, chroma: int, size: int = 16) -> Tensor:
    """Orthonormal 2-D DCT of a decorrelated, orthonormal colour space, lowest frequencies first.

    Args:
        luma: how many frequencies of (R + G + B) / sqrt 3 to keep.
        chroma: how many of each of (R - B) / sqrt 2 and (R - 2 G + B) / sqrt 6.
    Returns:
        float32 (luma + 2 chroma, size, size, 3): rows are orthonormal.
    """
    k = torch.arange(size, dtype=torch.float64)
    cosines = torch.cos(math.pi / size * (k[None, :] + 0.5) * k[:, None]) * math.sqrt(2.0 / size)
    cosines[0] /= math.sqrt(2.0)
    radius = (k[:, None] ** 2 + k[None, :] ** 2).flatten()
    order = torch.argsort(radius, stable=True)
    planes = torch.einsum("ui,vj->uvij", cosines, cosines).reshape(size * size, size, size)[order]
    colours = torch.tensor([[1, 1, 1], [1, 0, -1], [1, -2, 1]], dtype=torch.float64)
    colours /= colours.norm(dim=1, keepdim=True)
    parts = [
        torch.einsum("c,fij->fijc", colour, planes[:count])
        for colour, count in zip(colours, (luma, chroma, chroma), strict=True)
    ]
    return torch.cat(parts).float()
