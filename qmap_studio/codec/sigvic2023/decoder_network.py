"""The decoder of SigVIC. FORMAT.md has it as formulas."""

from contextlib import AbstractContextManager, nullcontext
from typing import ClassVar

import torch
from torch import Tensor

from qmap_studio.codec.common.passes.decoder_network import PassesDecoderNetwork
from qmap_studio.codec.common.tiling import Tile
from qmap_studio.codec.sigvic2023.config import Sigvic2023Config
from qmap_studio.codec.sigvic2023.synthesis import Synthesis


class DecoderNetwork(PassesDecoderNetwork):
    """What a decoder reads of SigVIC. Latents are in steps of the rounding: scaling is a matter of the transforms."""

    synthesis_reach: ClassVar[int] = 5  # a window's far edge, its halo, and what the stages see: 192 + 32 + 56 px
    codes_padding: ClassVar[bool] = True

    def __init__(self, config: Sigvic2023Config | None = None) -> None:
        config = config or Sigvic2023Config()
        super().__init__(config.passes)
        self.config = config
        self.g_s = Synthesis(config)

    def unit(self, step: int, quality: Tensor) -> Tensor:
        """Every latent is in steps."""
        return quality.new_ones(())

    def synthesise(self, latents: Tensor, quality: Tensor, tile: Tile | None = None) -> Tensor:
        """Pictures (B, H, W, 3), centred at 0; the inner part of a tile."""
        whole = slice(0, latents.shape[1]), slice(0, latents.shape[2])
        inner, outer = (whole, whole) if tile is None else (tile.inner, tile.outer)
        with self.computing(latents.device):
            x_hat: Tensor = self.g_s(latents.permute(0, 3, 1, 2), quality.permute(0, 3, 1, 2), inner, outer)
        return x_hat.float().permute(0, 2, 3, 1)

    def computing(self, device: torch.device) -> AbstractContextManager[object]:
        """Convolutions within are in the type `kind`."""
        return nullcontext() if self.kind is torch.float32 else torch.autocast(device.type, self.kind)
