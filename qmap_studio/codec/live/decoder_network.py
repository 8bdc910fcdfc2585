"""The decoder of the `live` network. FORMAT.md has it as formulas.

Everything at 1/8 or 1/16 of the picture's size, laid out as (B, rows, columns, channels). `psi` and the table index
come from layers of integers alone (z_hat, the signalled map, |q|), so that every machine picks the same entropy table.
"""

import math

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.tiling import Area
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.contexts import IndexContext, MeanContext, table_index
from qmap_studio.codec.live.convolutions import start_at_zero
from qmap_studio.codec.live.integers import UNIT, IntegerLayer, IntegerPointwise
from qmap_studio.codec.live.passes import LEVELS, channels, hyper_map_level, phases
from qmap_studio.codec.live.synthesis import HyperSynthesis, Synthesis
from qmap_studio.core.rate import LAMBDA_GROWTH, best_step, quality_to_lambda


class DecoderNetwork(nn.Module):
    """What a decoder reads of `live`.

    Attributes:
        deviation: of each channel's coefficients, (N,): latents are *whitened* by it.
        kind: the type in which the floating-point blocks compute; the codec's is float32.
    """

    deviation: Tensor

    def __init__(self, config: LiveConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or LiveConfig()
        self.kind = torch.float32
        n = config.latent
        coarsest = best_step(quality_to_lambda(0.0)) / 255.0
        self.g_s = Synthesis(config)
        self.h_s = HyperSynthesis(config)
        self.mean_context = MeanContext(config)
        self.index_context = IndexContext(config)
        self.hyper_level = IntegerPointwise(1, config.hyper_latent, fine=True, unit=1.0 / LEVELS)
        self.log_gain = nn.Parameter(torch.full((n,), -math.log(coarsest)))
        self.log_gain_slope = nn.Parameter(torch.full((n,), LAMBDA_GROWTH / 2.0))
        self.register_buffer("deviation", torch.ones(n))
        start_at_zero(self.hyper_level)

    def integer_layers(self) -> dict[str, IntegerLayer]:
        """The layers that pick tables, by name."""
        return {name: module for name, module in self.named_modules() if isinstance(module, IntegerLayer)}

    def to_device(self, device: torch.device) -> None:
        """Moves what may be floating point; the integer layers stay on the CPU."""
        for module in (self.g_s, self.mean_context):
            module.to(device)
        for parameter in (self.log_gain, self.log_gain_slope, self.deviation):
            parameter.data = parameter.data.to(device)

    def pass_gain(self, step: int, quality: Tensor) -> Tensor:
        """Steps per unit of the coefficients that a pass codes; laid out as `take` does."""
        return torch.exp(channels(self.log_gain, step) + channels(self.log_gain_slope, step) * phases(quality))

    def unit(self, step: int, gain: Tensor) -> Tensor:
        """Steps per unit of a whitened latent that a pass codes, from its gain."""
        return gain * channels(self.deviation, step)

    def hyper_index(self, level: Tensor) -> Tensor:
        """Table indices of z, to be rounded down and clamped, from the map's level (B, rows, columns, 1)."""
        return table_index(self.hyper_level(torch.floor(hyper_map_level(level))))

    def index(self, step: int, magnitudes: Tensor, psi: Tensor, level: Tensor, inner: Area | None = None) -> Tensor:
        """Table indices that a pass needs, to be rounded down and clamped; laid out as `take` does.

        Args:
            inner: the part whose indices are wanted, here and below: what is given reaches further by a halo.
        """
        return table_index(self.index_context(step, magnitudes, psi, level, inner))

    def mean(self, step: int, known: Tensor, psi: Tensor, level: Tensor, inner: Area | None = None) -> Tensor:
        """The whitened mu of the latents that a pass codes, from the whitened y_hat; laid out as `take` does."""
        return self.mean_context(step, known, psi * UNIT, level / LEVELS, self.kind, inner)

    def synthesise(self, whitened: Tensor, quality: Tensor, inner: Area | None = None) -> Tensor:
        """Pictures (B, H, W, 3), centred at 0, from whitened y_hat."""
        return self.g_s(whitened, self.deviation, quality, self.kind, inner)
