"""What the paper's network or an ablation computes for a picture, to be counted."""

import torch

from qmap_studio.codec.common.complexity import SIDE, Work
from qmap_studio.codec.common.latent_grid import HYPER_CELL_PX
from qmap_studio.codec.song2021.config import Song2021Config
from qmap_studio.codec.song2021.network import Song2021Network
from qmap_studio.core.cells import CELL_PX


def work_of(config: Song2021Config, height: int = SIDE, width: int = SIDE) -> Work:
    """The work of the paper's network or an ablation, for sides that are multiples of 64 and at least 128."""
    network = Song2021Network(config).eval().requires_grad_(False)
    x, m = torch.zeros(1, 3, height, width), torch.zeros(1, 1, height, width)
    y = torch.zeros(1, config.M, height // CELL_PX, width // CELL_PX)
    z_hat = torch.zeros(1, config.N, height // HYPER_CELL_PX, width // HYPER_CELL_PX)
    return Work(
        network,
        lambda: (network.analyse(x, m), network.hyper_analyse(y, m), network.hyper_synthesise(z_hat)),
        lambda: (network.hyper_synthesise(z_hat), network.synthesise(y, z_hat)),
    )
