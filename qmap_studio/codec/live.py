"""The `live` network: a transform coder that learned to look around, steered by a signalled quality map.

    x --+-- DCT 16x16 ------------------------(+)-- * gain(m) --> y --+--> q = round(y - mu) --> y_hat = q + mu
        +-- 1/8 blocks -- 1/16 blocks ---------+                      |        four passes: mu from y_hat of the passes
              (SFT: map cells m and source)                           |        before, table index from |q| of them
                                                                      +--> h_a --> z --> z_hat --> h_s --> psi
    y_hat / gain(m) --+-- 1/16 blocks -- 1/8 blocks (SFT: m) --(+)--> x_hat
                      +-- transposed DCT ----------------------+

Everything at 1/8 or 1/16 of the picture's size. `psi` and the table index come from dyadic convolutions of integers
alone (z_hat, the signalled map, |q|), so that every machine picks the same entropy table.

Source of quality map, loss and SFT: Song et al. 2021.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.interface import CELL
from qmap_studio.codec.latent_grid import (
    CELLS_PER_HYPER,
    GROUPS,
    PASSES,
    channels,
    coded_parts,
    known_groups,
    level_of,
    phases,
    put,
    take,
)
from qmap_studio.codec.layers import (
    DyadicConv2d,
    SFTResidualBlock,
    bound,
    dct_basis,
    start_at_zero,
    straight_through,
)
from qmap_studio.codec.quantisation import (
    HYPER_BOUND,
    INDEX_OFFSET,
    INDEX_PER_UNIT,
    LOG_RATIO,
    SCALE_MIN,
    TABLES,
    magnitude_feature,
    mixed_bits,
    noisy_bits,
    quantise_by_scale,
    scale_of,
)
from qmap_studio.core.rate import LAMBDA_AT_ZERO, LAMBDA_GROWTH


@dataclass(frozen=True)
class LiveConfig:
    """Sizes of a `live` network; every count is in channels unless it says otherwise."""

    luma: int = 208
    chroma: int = 56
    width8: int = 96
    width16: int = 192
    blocks8: int = 3
    blocks16: int = 4
    condition: int = 32
    hyper_latent: int = 48
    hyper: int = 48
    context: int = 160

    @property
    def latent(self) -> int:
        return self.luma + 2 * self.chroma


class Conditioned(nn.Module):
    """Residual blocks at one scale behind a condition made of the map and, in the encoder, the source."""

    def __init__(self, channels: int, blocks: int, config: LiveConfig, source: int = 0) -> None:
        super().__init__()
        self.condition = nn.Sequential(
            nn.Conv2d(1 + source, config.condition, 1),
            nn.LeakyReLU(0.1),
            nn.Conv2d(config.condition, config.condition, 1),
            nn.LeakyReLU(0.1),
        )
        self.blocks = nn.ModuleList(SFTResidualBlock(channels, config.condition) for _ in range(blocks))

    def forward(self, x: Tensor, quality: Tensor, source: Tensor | None = None) -> Tensor:
        condition = self.condition(quality if source is None else torch.cat((quality, source), dim=1))
        for block in self.blocks:
            x = block(x, condition)
        return x


class Analysis(nn.Module):
    """g_a: picture (B, 3, H, W), centred at 0, and map (B, 1, H/16, W/16) to coefficients (B, N, H/16, W/16)."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.transform = nn.Parameter(dct_basis(config.luma, config.chroma))
        self.enter = nn.Conv2d(192, config.width8, 1)
        self.at8 = Conditioned(config.width8, config.blocks8, config, source=config.width8)
        self.down = nn.Conv2d(4 * config.width8, config.width16, 1)
        self.at16 = Conditioned(config.width16, config.blocks16, config, source=config.width16)
        self.leave = nn.Conv2d(config.width16, config.latent, 1)
        start_at_zero(self.leave)

    def forward(self, x: Tensor, quality: Tensor) -> Tensor:
        linear = F.conv2d(x, self.transform, stride=CELL)
        h = self.enter(F.pixel_unshuffle(x, 8))
        h = self.at8(h, F.interpolate(quality, scale_factor=2.0), h)
        h = self.down(F.pixel_unshuffle(h, 2))
        return linear + self.leave(self.at16(h, quality, h))


class Synthesis(nn.Module):
    """g_s: coefficients (B, N, H/16, W/16) and map to the picture (B, 3, H, W), centred at 0."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.transform = nn.Parameter(dct_basis(config.luma, config.chroma))
        self.enter = nn.Conv2d(config.latent, config.width16, 1)
        self.at16 = Conditioned(config.width16, config.blocks16, config)
        self.up = nn.Conv2d(config.width16, 4 * config.width8, 1)
        self.at8 = Conditioned(config.width8, config.blocks8, config)
        self.leave = nn.Conv2d(config.width8, 192, 1)
        start_at_zero(self.leave)

    def forward(self, coefficients: Tensor, whitened: Tensor, quality: Tensor) -> Tensor:
        blocks = F.conv2d(coefficients, self.transform.flatten(1).t()[..., None, None])
        linear = F.pixel_shuffle(blocks, CELL)
        h = self.at16(self.enter(whitened), quality)
        h = F.pixel_shuffle(self.up(h), 2)
        h = self.leave(self.at8(h, F.interpolate(quality, scale_factor=2.0)))
        return linear + 0.1 * F.pixel_shuffle(h, 8)


class HyperAnalysis(nn.Module):
    """h_a: what 4x4 cells have in common, (B, N, H/16, W/16) to z (B, C, H/64, W/64). Sees those cells alone."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(config.latent + 1, 64, 1)
        self.mix = nn.Conv2d(64 * 16, 128, 1)
        self.leave = nn.Conv2d(128, config.hyper_latent, 1)

    def forward(self, y: Tensor, quality: Tensor) -> Tensor:
        magnitudes = torch.log2(1.0 + y.abs())
        h = F.leaky_relu(self.reduce(torch.cat((magnitudes, quality), dim=1)), 0.1)
        h = F.leaky_relu(self.mix(F.pixel_unshuffle(h, 4)), 0.1)
        return 4.0 * self.leave(h)


class HyperSynthesis(nn.Module):
    """h_s, dyadic: z_hat (B, C, H/64, W/64) to the features psi (B, F, H/16, W/16)."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.enter = DyadicConv2d(config.hyper_latent, 128)
        self.spread = DyadicConv2d(128, 16 * config.hyper)
        self.smooth = DyadicConv2d(config.hyper, config.hyper, 3, depthwise=True)

    def forward(self, z_hat: Tensor) -> Tensor:
        h = F.relu(self.spread(F.relu(self.enter(z_hat))))
        h = F.pixel_shuffle(h, 4)
        return h + self.smooth(h)


class Context(nn.Module):
    """Predicts something of every latent from hyper features, map and the latents known so far; one of the passes.

    Used twice: for mu (plain floating point, from values) and for the table index (exact, from magnitudes).
    """

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        n, width = config.latent, config.context
        self.neighbours = nn.ModuleList(DyadicConv2d(n, n, 5, depthwise=True) for _ in PASSES)
        self.enter = nn.ModuleList(DyadicConv2d(2 * n + config.hyper + 1 + GROUPS, width) for _ in PASSES)
        self.around = DyadicConv2d(width, width, 3, depthwise=True)
        self.mix = DyadicConv2d(width, width)
        self.leave = DyadicConv2d(width, n)
        for layer in (*self.neighbours, self.leave):
            start_at_zero(layer)

    def forward(self, step: int, known: Tensor, psi: Tensor, level: Tensor) -> Tensor:
        """From latents (B, N, rows, columns) that are 0 where not known yet to what `take` takes of the prediction."""
        at_hand = torch.cat((psi, level, known_groups(step, known)), dim=1)
        if step == 0:
            known = known[..., :1, :1]  # nothing is known yet: one cell of zeros stands for all
        near = self.neighbours[step](known)
        h = F.relu(self.enter[step](known, near, at_hand))
        h = h + F.relu(self.mix(self.around(h)))
        near = near.expand(-1, -1, *h.shape[-2:])
        parts = [self.leave(h[..., i, j], outputs=c) + near[..., c, i, j] for c, i, j in coded_parts(step)]
        return torch.stack(parts, dim=1)


@dataclass
class Forward:
    """What a training step needs: the reconstruction (centred) and the bits of every picture (B,)."""

    x_hat: Tensor
    bits_y: Tensor
    bits_z: Tensor


class LiveNetwork(nn.Module):
    """All parameters of `live`. See the module's docstring for the data flow."""

    deviation: Tensor

    def __init__(self, config: LiveConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or LiveConfig()
        n = config.latent
        finest = math.sqrt(18.0 / (math.log(2.0) * LAMBDA_AT_ZERO)) / 255.0  # best step for quality 0
        self.g_a = Analysis(config)
        self.g_s = Synthesis(config)
        self.h_a = HyperAnalysis(config)
        self.h_s = HyperSynthesis(config)
        self.mean_context = Context(config)
        self.index_context = Context(config)
        self.index_level = DyadicConv2d(1, n)
        self.hyper_index = DyadicConv2d(1, config.hyper_latent)
        self.log_gain = nn.Parameter(torch.full((n, 1, 1), -math.log(finest)))
        self.log_gain_slope = nn.Parameter(torch.full((n, 1, 1), LAMBDA_GROWTH / 2.0))
        self.register_buffer("deviation", torch.ones(n, 1, 1))
        start_at_zero(self.hyper_index)

    @torch.no_grad()
    def start_from(self, pictures: Tensor) -> None:
        """Fits deviations and first table indices to pictures (B, 3, H, W), centred: a plain transform coder."""
        coefficients = F.conv2d(pictures, self.g_a.transform, stride=CELL)
        self.deviation.copy_(coefficients.std(dim=(0, 2, 3))[:, None, None].clamp_min(1e-3))
        self.index_level.weight.fill_(LAMBDA_GROWTH / 2.0 / LOG_RATIO / INDEX_PER_UNIT)
        scale = self.deviation.flatten() * torch.exp(self.log_gain.flatten()) / 2.5
        index = torch.log(scale / SCALE_MIN) / LOG_RATIO
        self.index_level.bias.copy_((index - INDEX_OFFSET) / INDEX_PER_UNIT)

    @torch.no_grad()
    def grow_from(self, weights: dict[str, Tensor]) -> None:
        """Takes over a network with fewer residual blocks; those it lacks start as the identity.

        Raises:
            ValueError: it has more blocks than this one.
        """
        missing, unexpected = self.load_state_dict(weights, strict=False)
        if unexpected:
            raise ValueError(f"these weights have no place in the network: {', '.join(unexpected)}")
        for name, parameter in self.named_parameters():
            if name in missing and ".project." in name:
                parameter.zero_()

    def to_device(self, device: torch.device) -> None:
        """Moves what may be floating point; the exact modules stay on the CPU."""
        for module in (self.g_a, self.g_s, self.h_a, self.mean_context):
            module.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        for parameter in (self.log_gain, self.log_gain_slope, self.deviation):
            parameter.data = parameter.data.to(device)

    def gain(self, quality: Tensor) -> Tensor:
        """Steps per unit of a coefficient, (B, N, rows, columns)."""
        return torch.exp(self.log_gain + self.log_gain_slope * quality)

    def pass_gain(self, step: int, quality: Tensor) -> Tensor:
        """The gain of the latents that a pass codes; laid out as `take` does."""
        return torch.exp(channels(self.log_gain, step) + channels(self.log_gain_slope, step) * phases(quality))

    def pass_weight(self, step: int, quality: Tensor) -> Tensor:
        """Bits that a squared error of one step is worth: 255^2 lambda / 3 / gain^2 for an orthonormal transform."""
        lambda_255 = LAMBDA_AT_ZERO * 255.0**2 / 3.0 * torch.exp(LAMBDA_GROWTH * phases(quality))
        return lambda_255 / self.pass_gain(step, quality).square()

    def pass_unit(self, step: int, quality: Tensor) -> Tensor:
        """Steps per unit of a whitened latent that a pass codes; laid out as `take` does."""
        return self.pass_gain(step, quality) * channels(self.deviation, step)

    def index(self, step: int, magnitudes: Tensor, psi: Tensor, level: Tensor) -> Tensor:
        """Table indices that a pass needs, as real numbers to be rounded and clamped; laid out as `take` does."""
        levels = [self.index_level(level[..., i, j], outputs=c) for c, i, j in coded_parts(step)]
        t = self.index_context(step, magnitudes, psi, level) + torch.stack(levels, dim=1)
        return INDEX_PER_UNIT * t + INDEX_OFFSET

    def mean(self, step: int, known: Tensor, psi: Tensor, level: Tensor) -> Tensor:
        """The whitened mu of the latents that a pass codes, from the whitened y_hat; laid out as `take` does."""
        return self.mean_context(step, known, psi, level)

    def analyse(self, x: Tensor, quality: Tensor) -> tuple[Tensor, Tensor]:
        """The whitened latents (B, N, rows, columns) and z of pictures (B, 3, H, W), centred at 0."""
        coefficients = self.g_a(x, quality)
        z = bound(self.h_a(coefficients * self.gain(quality), quality), -HYPER_BOUND, HYPER_BOUND)
        return coefficients / self.deviation, z

    def synthesise(self, whitened: Tensor, quality: Tensor) -> Tensor:
        """Pictures (B, 3, H, W), centred at 0, from whitened y_hat."""
        return self.g_s(whitened * self.deviation, whitened, quality)

    def forward(self, x: Tensor, map_cells: Tensor, *, hard: bool = False) -> Forward:
        """One pass as the codec does it, differentiable.

        Args:
            x: (B, 3, H, W), centred at 0, sides multiples of 64.
            map_cells: (B, 1, H/16, W/16), 16-bit cell qualities.
            hard: count the rate of the rounded latents instead of noisy ones; see `mixed_bits`.
        """
        quality, level = map_cells / 65535.0, straight_through(map_cells / 65536.0, level_of(map_cells))
        whitened, z = self.analyse(x, quality)
        z_hat = straight_through(z, torch.round(z))
        psi = self.h_s(z_hat)
        hyper_level = F.avg_pool2d(level, CELLS_PER_HYPER)
        hyper_scale = scale_of(bound(INDEX_PER_UNIT * self.hyper_index(hyper_level) + INDEX_OFFSET, 1.0, TABLES - 1.0))
        count = mixed_bits if hard else noisy_bits
        bits_z = count(z, z_hat, hyper_scale).sum(dim=(1, 2, 3))

        known, magnitudes = torch.zeros_like(whitened), torch.zeros_like(whitened)
        bits_y = torch.zeros_like(bits_z)
        for step in range(len(PASSES)):
            mu, unit = self.mean(step, known, psi, level), self.pass_unit(step, quality)
            residual = (take(whitened, step) - mu) * unit
            scale = scale_of(bound(self.index(step, magnitudes, psi, level), 0.0, TABLES - 1.0))
            q = quantise_by_scale(residual.detach(), scale.detach(), self.pass_weight(step, quality).detach())
            q_hat = straight_through(residual, q)
            bits_y = bits_y + count(residual, q, scale).sum(dim=(1, 2, 3, 4))
            known, magnitudes = known.clone(), magnitudes.clone()
            put(known, step, q_hat / unit + mu)
            put(magnitudes, step, magnitude_feature(q))
        return Forward(self.synthesise(known, quality), bits_y, bits_z)
