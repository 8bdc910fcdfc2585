"""The differentiable form of the paper's network.

map (1, 1, H, W) -- mean of cells -- steps of 1/32 (straight through) -- 16 times as fine --> Song2021Forward, frozen
"""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor

from qmap_studio.codec.common.differentiable import Trace, padded, same_noise, signalled
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER, HYPER_CELL_PX
from qmap_studio.codec.song2021.decoding import LEAST_HYPERS
from qmap_studio.codec.song2021.forward import Song2021Forward
from qmap_studio.codec.song2021.model import Song2021Model
from qmap_studio.core.cells import CELL_PX, MAX_LEVEL


class Song2021Differentiable:
    """See `differentiable.Differentiable`. Rates are those of the distributions, not of the tables made from them."""

    cell = CELL_PX

    def __init__(self, model: Song2021Model, device: torch.device) -> None:
        self.device = device
        forward = copy.deepcopy(Song2021Forward(model.network, model.prior))
        self._forward = forward.to(device).requires_grad_(False)

    def __call__(self, pixels: Tensor, quality_map: Tensor) -> Trace:
        height, width = pixels.shape[-2:]
        x = padded(pixels, HYPER_CELL_PX, LEAST_HYPERS * HYPER_CELL_PX).contiguous(memory_format=torch.channels_last)
        cells, map_bits = signalled(quality_map)
        cells = padded(cells, CELLS_PER_HYPER, LEAST_HYPERS * CELLS_PER_HYPER)
        with same_noise(self.device):
            coded = self._forward(x, F.interpolate(cells / MAX_LEVEL, scale_factor=CELL_PX), hard=True)
        bits = (coded.bits_y + coded.bits_z).sum() + map_bits
        return Trace(coded.x_hat[..., :height, :width].clamp(0.0, 1.0), bits)
