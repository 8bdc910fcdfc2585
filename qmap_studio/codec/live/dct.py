"""The DCT that `live` starts from."""

import math

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.passes.order import interleaved
from qmap_studio.codec.live.config import LiveConfig


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


def first_transform(config: LiveConfig) -> nn.Parameter:
    """(N, 16, 16, 3), its channels as the passes have them."""
    return nn.Parameter(dct_basis(config.luma, config.chroma)[interleaved(config.latent)])
