"""The differentiable form of what codes in four passes.

map (1, 1, H, W) -- mean of cells -- steps of 1/32 (straight through) --> the network's forward, float32, frozen
"""

import copy
from typing import Any

import torch
from torch import Tensor

from qmap_studio.codec.common.differentiable import Trace, padded, same_noise, signalled
from qmap_studio.codec.common.latent_grid import HYPER_CELL_PX
from qmap_studio.core.cells import CELL_PX


class PassesDifferentiable:
    """See `differentiable.Differentiable`.

    Its rates differ a little from the codec's: they come from the distributions instead of the integer tables made
    from them, the networks of integers are not rounded (a search wants a smooth slope), and cells beyond the picture's
    edge, where its sides are no multiples of 64, count too.
    """

    cell = CELL_PX

    def __init__(self, network: Any, device: torch.device) -> None:
        self.device = device
        self._network = copy.deepcopy(network).to(device).requires_grad_(False)
        for layer in self._network.integer_layers().values():
            layer.is_real = True

    def __call__(self, pixels: Tensor, quality_map: Tensor) -> Trace:
        height, width = pixels.shape[-2:]
        x = padded(pixels - 0.5, HYPER_CELL_PX).permute(0, 2, 3, 1).contiguous()
        cells, map_bits = signalled(quality_map)
        with same_noise(self.device):
            coded = self._network(x, padded(cells, HYPER_CELL_PX // CELL_PX).permute(0, 2, 3, 1))
        bits = (coded.bits_y + coded.bits_z).sum() + map_bits
        x_hat = coded.x_hat.permute(0, 3, 1, 2)
        return Trace((x_hat[..., :height, :width] + 0.5).clamp(0.0, 1.0), bits)
