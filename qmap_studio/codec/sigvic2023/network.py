"""The network of Liang et al. 2023, SigVIC (section 2, figure 1), with its schemes A, B and C.

    x --> [5x5, half the size -> GDN -> SGU: mask -> * SSN(mask, map)] 4 times --> y --> q = round(y - mu) --> y_hat
           |                                                           |        |          four passes, as in `live`
           +-- K channels of the first stage, brought to y's size -----+        +--> h_a --> z --> z_hat --> h_s --> psi

    y_hat --> [SGU: mask -> * SSN(mask, map) -> 5x5, twice the size -> inverse GDN] 4 times --> x_hat
           |                                                           |
           +-- the K channels, brought back to half the picture's size + before the last convolution: SFFM

The map (rd_map of the paper, one number for the picture there) is part of the file: one quality for each cell of 16 px,
each stage sees it repeated to its size. What the paper leaves open is decided in DECISIONS.md.
"""

from typing import Any

import torch
from torch import Tensor

from qmap_studio.codec.common.forward import Forward
from qmap_studio.codec.common.passes.forward import code
from qmap_studio.codec.sigvic2023.analysis import Analysis, HyperAnalysis
from qmap_studio.codec.sigvic2023.config import Sigvic2023Config
from qmap_studio.codec.sigvic2023.decoder_network import DecoderNetwork
from qmap_studio.core.cells import CELL_PX, MAX_LEVEL

FIRST_DEVIATION = 3.0
"""Of the latents at quality 0.5, and of hyper latents, in steps, before anything is learned."""


class Sigvic2023Network(DecoderNetwork):
    """All parameters of SigVIC. See the module's docstring for the data flow."""

    def __init__(self, config: Sigvic2023Config | None = None) -> None:
        super().__init__(config)
        self.g_a = Analysis(self.config)
        self.h_a = HyperAnalysis(self.config)

    @torch.no_grad()
    def start_from(self, pictures: Tensor) -> None:
        """Scales first latents of pictures (B, H, W, 3), centred, to steps that grow with the root of lambda; and z."""
        rows, columns = (side // CELL_PX for side in pictures.shape[1:3])
        quality = pictures.new_full((len(pictures), rows, columns, 1), 0.5)
        deep = self.analyse(pictures, quality)[..., : self.config.N]
        scale = FIRST_DEVIATION / float(deep.std())
        into_steps: Any = self.g_a.scalings[-1]
        out_of_steps: Any = self.g_s.scalings[0]
        into_steps.scaling.start_at(scale, 0.5)
        out_of_steps.scaling.start_at(1.0 / scale, -0.5)
        if self.g_a.shallow is not None:
            shallow = self.analyse(pictures, quality)[..., self.config.N :]
            self.g_a.shallow.reduce.weight *= FIRST_DEVIATION / shallow.std()
        last_of_hyper: Any = self.h_a[-1]
        last_of_hyper.weight *= FIRST_DEVIATION / self.hyper_analyse(self.analyse(pictures, quality)).std()

    def rounding_weight(self, step: int, quality: Tensor) -> Tensor:
        """Latents are rounded to the nearest step."""
        return quality.new_full((), torch.inf)

    def analyse(self, x: Tensor, quality: Tensor) -> Tensor:
        """y (B, rows, columns, N + K) of pictures (B, H, W, 3), centred at 0, under a map (B, rows, columns, 1)."""
        with self.computing(x.device):
            y: Tensor = self.g_a(x.permute(0, 3, 1, 2), quality.permute(0, 3, 1, 2))
        return y.float().permute(0, 2, 3, 1)

    def hyper_analyse(self, y: Tensor) -> Tensor:
        """z (B, rows / 4, columns / 4, C) of y (B, rows, columns, N + K)."""
        with self.computing(y.device):
            z: Tensor = self.h_a(y.permute(0, 3, 1, 2))
        return z.float().permute(0, 2, 3, 1)

    def forward(self, x: Tensor, map_cells: Tensor) -> Forward:
        """One pass as the codec does it, differentiable; the bits are those of `mixed_bits`.

        Args:
            x: (B, H, W, 3), centred at 0, sides multiples of 64.
            map_cells: (B, H/16, W/16, 1), 16-bit cell qualities.
        """
        quality = map_cells / MAX_LEVEL
        y = self.analyse(x, quality)
        known, bits_y, bits_z = code(self, y, self.hyper_analyse(y), quality, map_cells)
        return Forward(self.synthesise(known, quality), bits_y, bits_z)
