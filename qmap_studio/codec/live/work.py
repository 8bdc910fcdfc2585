"""What a `live` network computes for a picture, to be counted."""

from typing import Any

import torch

from qmap_studio.codec.common.complexity import SIDE, Work
from qmap_studio.codec.common.latent_grid import HYPER_CELL_PX
from qmap_studio.codec.common.passes.order import PASSES
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.network import LiveNetwork
from qmap_studio.core.cells import CELL_PX


def work_of(config: LiveConfig, height: int = SIDE, width: int = SIDE) -> Work:
    """The work of `live` for a picture whose sides are multiples of 64; the network is not trained."""
    network = LiveNetwork(config).eval().requires_grad_(False)
    rows, columns = height // CELL_PX, width // CELL_PX
    x, quality = torch.zeros(1, height, width, 3), torch.zeros(1, rows, columns, 1)
    y = torch.zeros(1, rows, columns, config.latent)
    z_hat = torch.zeros(1, height // HYPER_CELL_PX, width // HYPER_CELL_PX, config.hyper_latent)

    def predict() -> list[Any]:
        psi = network.h_s(z_hat)
        steps = range(len(PASSES))
        return [part(step, y, psi, quality) for step in steps for part in (network.mean, network.index)]

    return Work(
        network,
        lambda: (network.analyse(x, quality), predict()),
        lambda: (predict(), network.synthesise(y, quality)),
    )
