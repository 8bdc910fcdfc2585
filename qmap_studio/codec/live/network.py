"""The `live` network: a transform coder that learned to look around, steered by a signalled quality map.

    x --+-- DCT 16x16 ------------------------(+)-- * gain(m) --> y --+--> q = round(y - mu) --> y_hat = q + mu
        +-- 1/8 blocks -- 1/16 blocks ---------+                      |        four passes: mu from y_hat of the passes
              (SFT: map cells m and source)                           |        before, table index from |q| of them
                                                                      +--> h_a --> z --> z_hat --> h_s --> psi
    y_hat / gain(m) --+-- 1/16 blocks -- 1/8 blocks (SFT: m) --(+)--> x_hat
                      +-- transposed DCT ----------------------+

Everything at 1/8 or 1/16 of the picture's size, laid out as (B, rows, columns, channels). `psi` and the table index
come from layers of integers alone (z_hat, the signalled map, |q|), so that every machine picks the same entropy table.

Source of quality map, loss and SFT: Song et al. 2021.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from qmap_studio.codec.common.forward import Forward
from qmap_studio.codec.common.gradients import bound
from qmap_studio.codec.common.passes.forward import code
from qmap_studio.codec.common.passes.order import phases
from qmap_studio.codec.common.passes.quantisation import LOG_RATIO, SCALE_MIN
from qmap_studio.codec.common.passes.symbols import HYPER_BOUND, INDEX_OFFSET, INDEX_PER_UNIT
from qmap_studio.codec.common.rearrange import space_to_depth
from qmap_studio.codec.common.tiling import Area, cropped
from qmap_studio.codec.live.analysis import Analysis, HyperAnalysis
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.decoder_network import DecoderNetwork
from qmap_studio.core.cells import CELL_PX, MAX_LEVEL
from qmap_studio.core.rate import LAMBDA_GROWTH, quality_to_lambda


class LiveNetwork(DecoderNetwork):
    """All parameters of `live`. See the module's docstring for the data flow."""

    def __init__(self, config: LiveConfig | None = None) -> None:
        super().__init__(config)
        self.g_a = Analysis(self.config)
        self.h_a = HyperAnalysis(self.config)

    @torch.no_grad()
    def start_from(self, pictures: Tensor) -> None:
        """Fits deviations and first table indices to pictures (B, H, W, 3), centred: a plain transform coder."""
        coefficients = F.linear(space_to_depth(pictures, CELL_PX), self.g_a.transform.flatten(1))
        self.deviation.copy_(coefficients.flatten(0, -2).std(dim=0).clamp_min(1e-3))
        level = self.index_context.level
        level.weight.fill_(LAMBDA_GROWTH / 2.0 / LOG_RATIO / INDEX_PER_UNIT)
        index = torch.log(self.deviation * torch.exp(self.log_gain) / 2.5 / SCALE_MIN) / LOG_RATIO
        level.bias.copy_((index - INDEX_OFFSET) / INDEX_PER_UNIT)

    def gain(self, quality: Tensor) -> Tensor:
        """Steps per unit of a coefficient, (B, rows, columns, N)."""
        return torch.exp(torch.addcmul(self.log_gain, self.log_gain_slope, quality))

    def rounding_weight(self, step: int, quality: Tensor) -> Tensor:
        """Bits that a squared error of one step is worth: 255^2 lambda / 3 / gain^2 for an orthonormal transform."""
        return quality_to_lambda(phases(quality)) * (255.0**2 / 3.0) / self.pass_gain(step, quality).square()

    def analyse(self, x: Tensor, quality: Tensor, inner: Area | None = None) -> tuple[Tensor, Tensor]:
        """The whitened latents (B, rows, columns, N) and z of pictures (B, H, W, 3), centred at 0."""
        coefficients = self.g_a(x, quality, self.kind, inner)
        quality = cropped(quality, inner)
        z = bound(self.h_a(coefficients * self.gain(quality), quality, self.kind), -HYPER_BOUND, HYPER_BOUND)
        return coefficients / self.deviation, z

    def forward(self, x: Tensor, map_cells: Tensor) -> Forward:
        """One pass as the codec does it, differentiable; the bits are those of `mixed_bits`.

        Args:
            x: (B, H, W, 3), centred at 0, sides multiples of 64.
            map_cells: (B, H/16, W/16, 1), 16-bit cell qualities.
        """
        quality = map_cells / MAX_LEVEL
        whitened, z = self.analyse(x, quality)
        known, bits_y, bits_z = code(self, whitened, z, quality, map_cells)
        return Forward(self.synthesise(known, quality), bits_y, bits_z)
