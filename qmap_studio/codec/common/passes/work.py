"""What a network that codes in four passes computes for a picture, to be counted."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from qmap_studio.codec.common.complexity import Work
from qmap_studio.codec.common.latent_grid import HYPER_CELL_PX
from qmap_studio.codec.common.passes.order import PASSES
from qmap_studio.core.cells import CELL_PX


def work_of_passes(network: Any, height: int, width: int, analyse: Callable[[Tensor, Tensor, Tensor], Any]) -> Work:
    """The work of a network for a picture whose sides are multiples of 64; it need not be trained.

    Args:
        analyse: all that comes before the passes, from a picture (1, H, W, 3), a map (1, rows, columns, 1) and y.
    """
    network.eval().requires_grad_(False)
    rows, columns, sizes = height // CELL_PX, width // CELL_PX, network.sizes
    x, quality = torch.zeros(1, height, width, 3), torch.zeros(1, rows, columns, 1)
    y = torch.zeros(1, rows, columns, sizes.latent)
    z_hat = torch.zeros(1, height // HYPER_CELL_PX, width // HYPER_CELL_PX, sizes.hyper_latent)

    def predict() -> list[Any]:
        psi = network.h_s(z_hat)
        steps = range(len(PASSES))
        return [part(step, y, psi, quality) for step in steps for part in (network.mean, network.index)]

    return Work(
        network,
        lambda: (analyse(x, quality, y), predict()),
        lambda: (predict(), network.synthesise(y, quality)),
    )
