"""The differentiable form of `live`.

map (1, 1, H, W) -- mean of cells -- steps of 1/32 (straight through) --> LiveNetwork.forward, float32, frozen
"""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor

from qmap_studio.codec.differentiable import Trace
from qmap_studio.codec.interface import CELL
from qmap_studio.codec.latent_grid import HYPER_CELL
from qmap_studio.codec.layers import DyadicConv2d, straight_through
from qmap_studio.codec.live import LiveNetwork
from qmap_studio.codec.map_cells import MapCells

NOISE_SEED = 0


class LiveDifferentiable:
    """See `differentiable.Differentiable`.

    Its rates differ a little from the codec's: they come from the distributions instead of the integer tables made
    from them, and cells beyond the picture's edge, where its sides are no multiples of 64, count too.
    """

    cell = CELL

    def __init__(self, network: LiveNetwork, device: torch.device) -> None:
        self.device = device
        self._network = copy.deepcopy(network).float().to(device).requires_grad_(False)
        for module in self._network.modules():
            if isinstance(module, DyadicConv2d):
                module.exact = False

    def __call__(self, pixels: Tensor, quality_map: Tensor) -> Trace:
        height, width = pixels.shape[-2:]
        x = _padded(pixels - 0.5, HYPER_CELL).contiguous(memory_format=torch.channels_last)
        signalled = MapCells.of(quality_map.detach()[0, 0].cpu().numpy())
        mean = 65535.0 * F.avg_pool2d(quality_map, CELL, ceil_mode=True, count_include_pad=False)
        cells = straight_through(mean, torch.from_numpy(signalled.values).to(mean)[None, None])
        # The same noise at every call: an optimiser must see the same function.
        with torch.random.fork_rng([self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(NOISE_SEED)
            coded = self._network(x, _padded(cells, HYPER_CELL // CELL), hard=True)
        bits = (coded.bits_y + coded.bits_z).sum() + 8.0 * len(signalled.stream)
        return Trace((coded.x_hat[..., :height, :width] + 0.5).clamp(0.0, 1.0), bits)


def _padded(x: Tensor, multiple: int) -> Tensor:
    """Sides made multiples of a number by repeating the last row and column."""
    height, width = x.shape[-2:]
    return F.pad(x, (0, -width % multiple, 0, -height % multiple), mode="replicate")
