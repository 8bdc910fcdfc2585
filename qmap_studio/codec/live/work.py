"""What a `live` network computes for a picture, to be counted."""

from qmap_studio.codec.common.complexity import SIDE, Work
from qmap_studio.codec.common.passes.work import work_of_passes
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.network import LiveNetwork


def work_of(config: LiveConfig, height: int = SIDE, width: int = SIDE) -> Work:
    """See `work_of_passes`."""
    network = LiveNetwork(config)
    return work_of_passes(network, height, width, lambda x, quality, _y: network.analyse(x, quality))
