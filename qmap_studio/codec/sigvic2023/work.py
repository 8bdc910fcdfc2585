"""What a network of SigVIC computes for a picture, to be counted."""

from qmap_studio.codec.common.complexity import SIDE, Work
from qmap_studio.codec.common.passes.work import work_of_passes
from qmap_studio.codec.sigvic2023.config import Sigvic2023Config
from qmap_studio.codec.sigvic2023.network import Sigvic2023Network


def work_of(config: Sigvic2023Config, height: int = SIDE, width: int = SIDE) -> Work:
    """See `work_of_passes`."""
    network = Sigvic2023Network(config)
    return work_of_passes(
        network, height, width, lambda x, quality, y: (network.analyse(x, quality), network.hyper_analyse(y))
    )
