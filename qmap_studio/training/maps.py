"""Random quality maps for training, made in batches on the device that trains.

Kinds: uniform; a level for each segment of the picture; a gradient between two levels; a mixture of Gaussians; boxes
and ellipses. Levels reach a little past [0, 1] and are clamped, so that exact 0 and exact 1 occur.

Source: Song et al. 2021, appendix F, with segments and shapes in place of class masks.
"""

import math

import torch
from torch import Tensor

from qmap_studio.codec.common.map_cells import STEP
from qmap_studio.core.cells import CELL_PX, MAX_LEVEL, at_middles

KINDS = ("uniform", "segments", "gradient", "gaussians", "shapes")
SHARES = (0.35, 0.15, 0.15, 0.2, 0.15)
PAPER_SHARES = (0.2, 0.2, 0.2, 0.4, 0.0)
"""Of the kinds that the paper has."""


def _levels(*size: int, device: torch.device) -> Tensor:
    return (torch.rand(*size, device=device) * 1.1 - 0.05).clamp(0.0, 1.0)


def _segments(labels: Tensor) -> Tensor:
    table = _levels(labels.shape[0], 256, device=labels.device)
    return torch.gather(table, 1, labels.flatten(1).long()).view(labels.shape)


def _gradients(batch: int, rows: Tensor, columns: Tensor) -> Tensor:
    device = rows.device
    angle = torch.rand(batch, 1, 1, device=device) * 2.0 * math.pi
    along = torch.cos(angle) * (columns - 0.5)[None, None, :] + torch.sin(angle) * (rows - 0.5)[None, :, None]
    start, end = _levels(2, batch, 1, 1, device=device)
    width = 0.2 + torch.rand(batch, 1, 1, device=device)
    return start + (end - start) * (along / width + 0.5).clamp(0.0, 1.0)


def _gaussians(batch: int, rows: Tensor, columns: Tensor, size_px: int) -> Tensor:
    device, most = rows.device, 20
    active = torch.arange(most, device=device)[None] < torch.randint(1, most + 1, (batch, 1), device=device)
    sigma = (31.0 + 24.0 * torch.rand(batch, most, 1, device=device)) / size_px
    vertical = torch.exp(-0.5 * ((rows[None, None] - torch.rand(batch, most, 1, device=device)) / sigma) ** 2)
    horizontal = torch.exp(-0.5 * ((columns[None, None] - torch.rand(batch, most, 1, device=device)) / sigma) ** 2)
    mixture = torch.einsum("bkh,bkw->bhw", vertical * active[..., None], horizontal)
    peak = 0.5 + 0.5 * torch.rand(batch, 1, 1, device=device)
    return mixture / mixture.amax(dim=(1, 2), keepdim=True).clamp_min(1e-6) * peak


def _shapes(batch: int, rows: Tensor, columns: Tensor) -> Tensor:
    device = rows.device
    quality = _levels(batch, 1, 1, device=device).expand(batch, rows.numel(), columns.numel())
    for _ in range(4):
        centre = torch.rand(2, batch, 1, 1, device=device)
        half = 0.05 + 0.45 * torch.rand(2, batch, 1, 1, device=device)
        power = torch.where(torch.rand(batch, 1, 1, device=device) < 0.6, 16.0, 2.0)  # a box or an ellipse
        softness = torch.where(torch.rand(batch, 1, 1, device=device) < 0.6, 50.0, 4.0)
        dy = ((rows[None, :, None] - centre[0]) / half[0]).abs().clamp_max(8.0)
        dx = ((columns[None, None, :] - centre[1]) / half[1]).abs().clamp_max(8.0)
        radius = (dy**power + dx**power) ** (1.0 / power)
        weight = torch.sigmoid(softness * (1.0 - radius))
        weight = weight * (torch.rand(batch, 1, 1, device=device) < 0.6)
        quality = quality + weight * (_levels(batch, 1, 1, device=device) - quality)
    return quality


def random_maps(labels: Tensor, shares: tuple[float, ...] = SHARES) -> Tensor:
    """Quality maps for a batch of square crops.

    Args:
        labels: uint8 (B, S, S), segments of each crop.
        shares: how often each of `KINDS` is drawn.
    Returns:
        float32 (B, 1, S, S) in [0, 1].
    """
    batch, size = labels.shape[0], labels.shape[-1]
    device = labels.device
    axis = (torch.arange(size, device=device) + 0.5) / size
    maps = torch.stack(
        (
            _levels(batch, 1, 1, device=device).expand(batch, size, size),
            _segments(labels),
            _gradients(batch, axis, axis),
            _gaussians(batch, axis, axis, size),
            _shapes(batch, axis, axis),
        )
    )
    kind = torch.multinomial(torch.tensor(shares, device=device), batch, replacement=True)
    return maps[kind, torch.arange(batch, device=device)][:, None]


def signalled(maps: Tensor) -> Tensor:
    """Maps (B, 1, S, S) as files carry them, `MapCells` for many at once: 16-bit qualities (B, 1, S / 16, S / 16)."""
    cells = torch.nn.functional.avg_pool2d(maps, CELL_PX) * float(MAX_LEVEL)
    medians = torch.quantile(at_middles(maps).flatten(1), 0.5, dim=1)
    base = torch.round(MAX_LEVEL * medians)[:, None, None, None]
    return (base + STEP * torch.round((cells - base) / STEP)).clamp(0.0, MAX_LEVEL)
