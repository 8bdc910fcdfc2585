"""The decoder of the `live` network. FORMAT.md has it as formulas.

Everything at 1/8 or 1/16 of the picture's size, laid out as (B, rows, columns, channels).
"""

import math

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.passes.decoder_network import PassesDecoderNetwork
from qmap_studio.codec.common.passes.order import channels, phases
from qmap_studio.codec.common.tiling import Tile
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.synthesis import Synthesis
from qmap_studio.core.rate import LAMBDA_GROWTH, best_step, quality_to_lambda


class DecoderNetwork(PassesDecoderNetwork):
    """What a decoder reads of `live`.

    Attributes:
        deviation: of each channel's coefficients, (N,): latents are *whitened* by it.
    """

    deviation: Tensor

    def __init__(self, config: LiveConfig | None = None) -> None:
        config = config or LiveConfig()
        super().__init__(config.passes)
        self.config = config
        n = config.latent
        coarsest = best_step(quality_to_lambda(0.0)) / 255.0
        self.g_s = Synthesis(config)
        self.log_gain = nn.Parameter(torch.full((n,), -math.log(coarsest)))
        self.log_gain_slope = nn.Parameter(torch.full((n,), LAMBDA_GROWTH / 2.0))
        self.register_buffer("deviation", torch.ones(n))

    def pass_gain(self, step: int, quality: Tensor) -> Tensor:
        """Steps per unit of the coefficients that a pass codes; laid out as `take` does."""
        return torch.exp(channels(self.log_gain, step) + channels(self.log_gain_slope, step) * phases(quality))

    def unit(self, step: int, quality: Tensor) -> Tensor:
        """Steps per unit of a whitened latent that a pass codes; laid out as `take` does."""
        return self.pass_gain(step, quality) * channels(self.deviation, step)

    def synthesise(self, latents: Tensor, quality: Tensor, tile: Tile | None = None) -> Tensor:
        """Pictures (B, H, W, 3), centred at 0, from whitened y_hat; the inner part of a tile."""
        return self.g_s(latents, self.deviation, quality, self.kind, tile and tile.crop())
