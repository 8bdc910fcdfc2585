"""The latent grid: cells, the map's level on them, and which latents each of the four passes codes.

The four passes partition the channels over a 2x2 neighbourhood as Li et al. 2023, "Neural Video Compression with
Diverse Contexts", do.
"""

import torch
from torch import Tensor

from qmap_studio.codec.interface import CELL
from qmap_studio.codec.layers import ACTIVATION_STEP

HYPER_CELL = 64
CELLS_PER_HYPER = HYPER_CELL // CELL
GROUPS = 4
PASSES = (0, 3, 1, 2)
"""Pass t codes the channel group (phase xor PASSES[t]) of each cell: diagonal neighbours come second."""


def level_of(map_cells: Tensor) -> Tensor:
    """The map as the dyadic networks see it: 16-bit cell qualities to multiples of 2^-10 in [0, 1)."""
    return torch.floor(map_cells / 64.0) * ACTIVATION_STEP


def coded_parts(step: int) -> list[tuple[slice, slice, slice]]:
    """What a pass codes: for each phase of the 2x2 neighbourhood the channels, rows and columns of its latents."""
    phases = range(4)
    return [(slice(p ^ PASSES[step], None, GROUPS), slice(p // 2, None, 2), slice(p % 2, None, 2)) for p in phases]


def take(x: Tensor, step: int) -> Tensor:
    """The latents that a pass codes: (..., N, rows, columns) to (..., 4, N/4, rows/2, columns/2)."""
    return torch.stack([x[..., *part] for part in coded_parts(step)], dim=-4)


def put(x: Tensor, step: int, values: Tensor) -> None:
    """Writes what `take` takes, in place."""
    for i, part in enumerate(coded_parts(step)):
        x[..., *part] = values[..., i, :, :, :]


def phases(x: Tensor) -> Tensor:
    """Planes of the latent grid laid out as `take` does: (..., C, rows, columns) to (..., 4, C, rows/2, columns/2)."""
    return torch.stack([x[..., p // 2 :: 2, p % 2 :: 2] for p in range(4)], dim=-4)


def unphased(x: Tensor) -> Tensor:
    """The inverse of `phases`."""
    return torch.nn.functional.pixel_shuffle(x.movedim(-4, -3).flatten(-4, -3), 2)


def channels(parameter: Tensor, step: int) -> Tensor:
    """Numbers for each channel laid out as `take` does: (N, 1, 1) to (4, N/4, 1, 1)."""
    return torch.stack([parameter[part[0]] for part in coded_parts(step)])


def known_groups(step: int, x: Tensor) -> Tensor:
    """Which channel groups of latents x (B, N, rows, columns) a pass knows of: 1 or 0, (B, 4, rows, columns)."""
    known = x.new_zeros((x.shape[0], GROUPS, *x.shape[-2:]))
    for earlier in range(step):
        put(known, earlier, known.new_ones(()).expand(x.shape[0], 4, 1, 1, 1))
    return known
