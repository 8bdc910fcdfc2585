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
from qmap_studio.codec.common.gradients import bound, straight_through
from qmap_studio.codec.common.tiling import Area, cropped
from qmap_studio.codec.live.analysis import Analysis, HyperAnalysis
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.contexts import table_index
from qmap_studio.codec.live.decoder_network import DecoderNetwork
from qmap_studio.codec.live.passes import PASSES, hyper_map_level, map_level, phases, put, take
from qmap_studio.codec.live.quantisation import LOG_RATIO, SCALE_MIN, mixed_bits, quantise_by_scale, scale_of
from qmap_studio.codec.live.rearrange import space_to_depth
from qmap_studio.codec.live.symbols import HYPER_BOUND, INDEX_OFFSET, INDEX_PER_UNIT, TABLES, magnitude_feature
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

    def to_device(self, device: torch.device) -> None:
        """Moves what may be floating point; the integer layers stay on the CPU."""
        super().to_device(device)
        for module in (self.g_a, self.h_a):
            module.to(device)

    def gain(self, quality: Tensor) -> Tensor:
        """Steps per unit of a coefficient, (B, rows, columns, N)."""
        return torch.exp(torch.addcmul(self.log_gain, self.log_gain_slope, quality))

    def pass_weight(self, quality: Tensor, gain: Tensor) -> Tensor:
        """Bits that a squared error of one step is worth: 255^2 lambda / 3 / gain^2 for an orthonormal transform."""
        return quality_to_lambda(phases(quality)) * (255.0**2 / 3.0) / gain.square()

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
        for layer in self.integer_layers().values():
            layer.forget()
        quality, level = map_cells / MAX_LEVEL, straight_through(map_cells / 256.0, map_level(map_cells))
        whitened, z = self.analyse(x, quality)
        z_hat = straight_through(z, torch.round(z))
        psi = self.h_s(z_hat)
        bits_z = mixed_bits(z, z_hat, bound(self._smooth_hyper_index(level) - 0.5, 1.0, TABLES - 1.0))

        known, magnitudes = torch.zeros_like(whitened), torch.zeros_like(whitened)
        bits_y = torch.zeros_like(bits_z)
        for step in range(len(PASSES)):
            gain = self.pass_gain(step, quality)
            mu, unit = self.mean(step, known, psi, level), self.unit(step, gain)
            residual = (take(whitened, step) - mu) * unit
            index = bound(self.index(step, magnitudes, psi, level) - 0.5, 0.0, TABLES - 1.0)
            with torch.no_grad():
                q = quantise_by_scale(residual, scale_of(index), self.pass_weight(quality, gain))
            bits_y = bits_y + mixed_bits(residual, q, index)
            if step:
                known, magnitudes = known.clone(), magnitudes.clone()
            put(known, step, straight_through(residual, q) / unit + mu)
            put(magnitudes, step, magnitude_feature(q))
        return Forward(self.synthesise(known, quality), bits_y, bits_z)

    def _smooth_hyper_index(self, level: Tensor) -> Tensor:
        """`hyper_index`, past whose rounding gradients pass."""
        mean = hyper_map_level(level)
        return table_index(self.hyper_level(straight_through(mean, torch.floor(mean))))
