"""The four passes over latents: which ones each of them codes, and the level of the map that they see.

Planes are laid out as (..., rows, columns, channels). The channels fall into four groups of neighbours; the four passes
go over them and a 2x2 neighbourhood as Li et al. 2023, "Neural Video Compression with Diverse Contexts", do.
"""

import torch
from torch import Tensor

from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER

GROUPS = 4
PASSES = (0, 3, 1, 2)
"""Pass t codes the channel group (phase xor PASSES[t]) of each cell: diagonal neighbours come second."""
LEVELS = 256


def map_level(map_cells: Tensor) -> Tensor:
    """The map as the integer networks see it: 16-bit cell qualities to 0..255."""
    return torch.floor(map_cells / 256.0)


def hyper_map_level(level: Tensor) -> Tensor:
    """The mean level of 4x4 cells: (..., rows, columns, 1) to (..., rows / 4, columns / 4, 1), not rounded."""
    side, (*outer, rows, columns, _) = CELLS_PER_HYPER, level.shape
    cells = level.reshape(*outer, rows // side, side, columns // side, side, 1)
    return cells.sum(dim=(-4, -2)) / side**2


def interleaved(channels: int) -> Tensor:
    """Which of channels in an order of importance each place of the grid holds, so that every group has its share."""
    return torch.arange(channels).view(-1, GROUPS).t().flatten()


def coded_groups(step: int) -> list[int]:
    """The channel group that a pass codes in each phase of the 2x2 neighbourhood."""
    return [phase ^ PASSES[step] for phase in range(4)]


def coded_parts(step: int, channels: int) -> list[tuple[slice, slice, slice]]:
    """What a pass codes: for each phase the rows, columns and channels of its latents."""
    size, groups = channels // GROUPS, coded_groups(step)
    return [
        (slice(p // 2, None, 2), slice(p % 2, None, 2), slice(g * size, (g + 1) * size)) for p, g in enumerate(groups)
    ]


def take(x: Tensor, step: int) -> Tensor:
    """The latents that a pass codes: (..., rows, columns, N) to (..., 4, rows/2, columns/2, N/4)."""
    return torch.stack([x[..., *part] for part in coded_parts(step, x.shape[-1])], dim=-4)


def put(x: Tensor, step: int, values: Tensor) -> None:
    """Writes what `take` takes, in place."""
    for i, part in enumerate(coded_parts(step, x.shape[-1])):
        x[..., *part] = values[..., i, :, :, :]


def phases(x: Tensor) -> Tensor:
    """Planes laid out as `take` does: (..., rows, columns, C) to (..., 4, rows/2, columns/2, C)."""
    return torch.stack([x[..., p // 2 :: 2, p % 2 :: 2, :] for p in range(4)], dim=-4)


def unphased(x: Tensor) -> Tensor:
    """The inverse of `phases`."""
    *outer, _, rows, columns, size = x.shape
    cells = x.reshape(*outer, 2, 2, rows, columns, size).movedim((-5, -4), (-4, -2))
    return cells.reshape(*outer, 2 * rows, 2 * columns, size)


def by_phase(x: Tensor) -> Tensor:
    """The places of each phase in one row: (B, rows, columns, C) to (4, B rows/2 columns/2, C)."""
    return torch.stack([x[:, p // 2 :: 2, p % 2 :: 2].flatten(0, -2) for p in range(4)])


def placed(x: Tensor, like: Tensor) -> Tensor:
    """Rows of `by_phase` laid out as `take` does, for the grid of a tensor (B, rows, columns, any)."""
    b, rows, columns = like.shape[:3]
    return x.view(4, b, rows // 2, columns // 2, x.shape[-1]).transpose(0, 1)


def channels(parameter: Tensor, step: int) -> Tensor:
    """Numbers for each channel laid out as `take` does: (N,) to (4, 1, 1, N/4)."""
    return torch.stack([parameter[part[2]] for part in coded_parts(step, parameter.shape[0])])[:, None, None]


def known_groups(step: int, like: Tensor) -> Tensor:
    """Which channel groups a pass knows of at the places of (B, rows, columns, any): 1 or 0, (B, rows, columns, 4)."""
    known = like.new_zeros((*like.shape[:-1], GROUPS))
    for earlier in range(step):
        put(known, earlier, known.new_ones(()).expand(known.shape[0], 4, 1, 1, 1))
    return known


def coded_before(x: Tensor, step: int) -> Tensor:
    """What the passes before one have made of planes (rows, columns, N): 0 where they code nothing."""
    known = torch.zeros_like(x)
    for earlier in range(step):
        for part in coded_parts(earlier, x.shape[-1]):
            known[part] = x[part]
    return known
