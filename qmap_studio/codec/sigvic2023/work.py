"""What a network of SigVIC computes for a picture, to be counted."""

from typing import Any

import torch

from qmap_studio.codec.common.complexity import SIDE, Work
from qmap_studio.codec.common.latent_grid import HYPER_CELL_PX
from qmap_studio.codec.common.passes.order import PASSES
from qmap_studio.codec.sigvic2023.config import Sigvic2023Config
from qmap_studio.codec.sigvic2023.network import Sigvic2023Network
from qmap_studio.core.cells import CELL_PX


def work_of(config: Sigvic2023Config, height: int = SIDE, width: int = SIDE) -> Work:
    """The work of SigVIC for a picture whose sides are multiples of 64; the network is not trained."""
    network = Sigvic2023Network(config).eval().requires_grad_(False)
    rows, columns, sizes = height // CELL_PX, width // CELL_PX, config.passes
    x, quality = torch.zeros(1, height, width, 3), torch.zeros(1, rows, columns, 1)
    y = torch.zeros(1, rows, columns, sizes.latent)
    z_hat = torch.zeros(1, height // HYPER_CELL_PX, width // HYPER_CELL_PX, sizes.hyper_latent)

    def predict() -> list[Any]:
        psi = network.h_s(z_hat)
        steps = range(len(PASSES))
        return [part(step, y, psi, quality) for step in steps for part in (network.mean, network.index)]

    return Work(
        network,
        lambda: (network.analyse(x, quality), network.hyper_analyse(y), predict()),
        lambda: (predict(), network.synthesise(y, quality)),
    )
