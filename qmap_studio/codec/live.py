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

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.integers import (
    FINE,
    UNIT,
    IntegerDepthwise,
    IntegerLayer,
    IntegerPointwise,
    clamped,
)
from qmap_studio.codec.interface import CELL
from qmap_studio.codec.latent_grid import (
    CELLS_PER_HYPER,
    GROUPS,
    LEVELS,
    PASSES,
    by_phase,
    channels,
    coded_groups,
    hyper_level_of,
    interleaved,
    known_groups,
    level_of,
    phases,
    placed,
    put,
    take,
)
from qmap_studio.codec.layers import (
    SLOPE,
    Depthwise,
    Pointwise,
    SFTResidualBlock,
    bound,
    dct_basis,
    depth_to_space,
    enlarge,
    space_to_depth,
    start_at_zero,
    straight_through,
    transform,
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
    quantise_by_scale,
    scale_of,
)
from qmap_studio.codec.tiling import Area, cropped, widened, within
from qmap_studio.core.rate import LAMBDA_AT_ZERO, LAMBDA_GROWTH

CONDITION_BOUND = 1.5
"""Of a condition that sees the source: unbounded, it and the features that it steers are a polynomial that explodes."""
RESIDUAL_BOUND = 2.0
"""Of what the blocks add to a DCT coefficient."""
AROUND = 2
"""Cells that a context's second layer sees around one, even so that the phases stay."""
SUMS_PER_INDEX = FINE / UNIT / INDEX_PER_UNIT


@dataclass(frozen=True)
class LiveConfig:
    """Sizes of a `live` network; every count is in channels unless it says otherwise."""

    luma: int = 208
    chroma: int = 56
    width8: int = 128
    width16: int = 192
    blocks8: int = 5
    blocks16: int = 5
    condition: int = 32
    hyper_latent: int = 48
    hyper: int = 48
    context: int = 160

    @property
    def latent(self) -> int:
        return self.luma + 2 * self.chroma


def leaky(x: Tensor) -> Tensor:
    return F.leaky_relu(x, SLOPE)


class Blocks(nn.Module):
    """Residual blocks at one scale behind a condition made of the map and, in the encoder, of what enters."""

    def __init__(self, channels: int, blocks: int, condition: int, *, sees_source: bool = False) -> None:
        super().__init__()
        self.from_map = Pointwise(1, condition)
        self.from_source = Pointwise(channels, condition) if sees_source else None
        self.mix = Pointwise(condition, condition)
        self.blocks = nn.ModuleList(SFTResidualBlock(channels, condition) for _ in range(blocks))

    def forward(self, x: Tensor, quality: Tensor) -> Tensor:
        condition = self.from_map(quality.to(x.dtype))
        if self.from_source is not None:
            condition = condition + self.from_source(x)
        condition = leaky(self.mix(leaky(condition)))
        if self.from_source is not None:
            condition = bound(condition, -CONDITION_BOUND, CONDITION_BOUND)
        for block in self.blocks:
            x = block(x, condition)
        return x


def first_transform(config: LiveConfig) -> nn.Parameter:
    return nn.Parameter(dct_basis(config.luma, config.chroma)[interleaved(config.latent)])


class Analysis(nn.Module):
    """g_a: picture (B, H, W, 3), centred at 0, and map (B, H/16, W/16, 1) to coefficients (B, H/16, W/16, N)."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.transform = first_transform(config)
        self.enter = Pointwise(192, config.width8)
        self.at8 = Blocks(config.width8, config.blocks8, config.condition, sees_source=True)
        self.down = Pointwise(4 * config.width8, config.width16)
        self.at16 = Blocks(config.width16, config.blocks16, config.condition, sees_source=True)
        self.leave = Pointwise(config.width16, config.latent)
        start_at_zero(self.leave)

    def forward(self, x: Tensor, quality: Tensor, kind: torch.dtype, inner: Area | None = None) -> Tensor:
        h = self.at8(self.enter(space_to_depth(x.to(kind), 8)), enlarge(quality))
        near = inner and widened(inner, len(self.at16.blocks), quality)
        h = self.at16(self.down(space_to_depth(cropped(h, near, 2), 2)), cropped(quality, near))
        h = self.leave(cropped(h, near and inner and within(inner, near)))
        linear = transform(space_to_depth(cropped(x, inner, CELL), CELL), self.transform.flatten(1))
        return linear + bound(h.float(), -RESIDUAL_BOUND, RESIDUAL_BOUND)


class Synthesis(nn.Module):
    """g_s: coefficients (B, H/16, W/16, N) and map to the picture (B, H, W, 3), centred at 0."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.transform = first_transform(config)
        self.enter = Pointwise(config.latent, config.width16)
        self.at16 = Blocks(config.width16, config.blocks16, config.condition)
        self.up = Pointwise(config.width16, 4 * config.width8)
        self.at8 = Blocks(config.width8, config.blocks8, config.condition)
        self.leave = Pointwise(config.width8, 192)
        start_at_zero(self.leave)

    def forward(
        self, whitened: Tensor, deviation: Tensor, quality: Tensor, kind: torch.dtype, inner: Area | None = None
    ) -> Tensor:
        h = self.at16(self.enter(whitened.to(kind)), quality)
        near = inner and widened(inner, -(-len(self.at8.blocks) // 2), quality)
        h = self.at8(depth_to_space(self.up(cropped(h, near)), 2), enlarge(cropped(quality, near)))
        h = self.leave(cropped(h, near and inner and within(inner, near), 2))
        coefficients = cropped(whitened, inner) * deviation
        linear = depth_to_space(transform(coefficients, self.transform.flatten(1).t()), CELL)
        return torch.add(linear, depth_to_space(h.to(linear.dtype), 8), alpha=0.1)


class HyperAnalysis(nn.Module):
    """h_a: what 4x4 cells have in common, (B, H/16, W/16, N) to z (B, H/64, W/64, C). Sees those cells alone."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.reduce = Pointwise(config.latent, 64)
        self.from_map = Pointwise(1, 64)
        self.mix = Pointwise(64 * CELLS_PER_HYPER**2, 128)
        self.leave = Pointwise(128, config.hyper_latent)

    def forward(self, y: Tensor, quality: Tensor, kind: torch.dtype) -> Tensor:
        h = leaky(self.reduce(torch.log2(1.0 + y.abs()).to(kind)) + self.from_map(quality.to(kind)))
        h = leaky(self.mix(space_to_depth(h, CELLS_PER_HYPER)))
        return 4.0 * self.leave(h).float()


class HyperSynthesis(nn.Module):
    """h_s, of integers: z_hat (B, H/64, W/64, C) to the activations psi (B, H/16, W/16, F)."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        self.enter = IntegerPointwise(config.hyper_latent, 128, relu=True, unit=1.0)
        self.spread = IntegerPointwise(128, CELLS_PER_HYPER**2 * config.hyper, relu=True)
        self.smooth = IntegerDepthwise(config.hyper, 3)

    def forward(self, z_hat: Tensor) -> Tensor:
        h = depth_to_space(self.spread(self.enter(z_hat)), CELLS_PER_HYPER)
        return clamped(h + self.smooth(h))


class MeanContext(nn.Module):
    """Predicts mu of every latent from hyper features, map and the values known so far; one of the four passes."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        n, width, later = config.latent, config.context, range(len(PASSES) - 1)
        self.first = nn.Parameter(torch.zeros(n))
        self.near = nn.ModuleList(Depthwise(n, 5) for _ in later)
        self.from_hyper = nn.ModuleList(Pointwise(config.hyper + 1 + GROUPS, width) for _ in PASSES)
        self.from_known = nn.ModuleList(Pointwise(2 * n, width) for _ in later)
        self.around = Depthwise(width, 3)
        self.mix = Pointwise(width, width)
        self.leave = Pointwise(width, n)
        start_at_zero(self.leave, self.near)

    def forward(
        self, step: int, known: Tensor, psi: Tensor, level: Tensor, kind: torch.dtype, inner: Area | None = None
    ) -> Tensor:
        """From whitened y_hat (B, rows, columns, N), 0 where not known yet, to whitened mu as `take` takes it.

        Args:
            psi, level: as real numbers, (B, rows, columns, F or 1).
        """
        area = inner and widened(inner, AROUND, level)
        psi, level = cropped(psi, area), cropped(level, area)
        given = torch.cat((psi, level, known_groups(step, level)), dim=-1)
        h = self.from_hyper[step](given.to(kind))
        if step:
            near, known = cropped(self.near[step - 1](known), area), cropped(known, area)
            h = h + self.from_known[step - 1](torch.cat((known.to(kind), near.to(kind)), dim=-1))
        else:
            near = self.first.expand(*h.shape[:-1], -1)
        h = F.relu(h)
        own = area and inner and within(inner, area)
        h = cropped(h, own) + F.relu(self.mix(cropped(self.around(h), own)))
        like, h = h, by_phase(h).float()
        weight, bias = self.leave.weight.view(GROUPS, -1, h.shape[-1]), self.leave.bias.view(GROUPS, 1, -1)
        order = coded_groups(step)
        near = take(cropped(near, own), step)
        return placed(torch.baddbmm(bias[order], h, weight[order].transpose(1, 2)), like) + near


class IndexContext(nn.Module):
    """Picks the table of every latent from psi, map and the magnitudes known so far, all integers; in four passes."""

    def __init__(self, config: LiveConfig) -> None:
        super().__init__()
        n, width, later = config.latent, config.context, range(len(PASSES) - 1)
        given = config.hyper + 1 + GROUPS
        self.near = nn.ModuleList(IntegerDepthwise(n, 5) for _ in later)
        self.enter = nn.ModuleList(
            [IntegerPointwise(given, width, relu=True)]
            + [IntegerPointwise(2 * n + given, width, relu=True) for _ in later]
        )
        self.around = IntegerDepthwise(width, 3)
        self.mix = IntegerPointwise(width, width, relu=True)
        self.leave = IntegerPointwise(width, n, fine=True)
        self.level = IntegerPointwise(1, n, fine=True, unit=1.0 / LEVELS)
        start_at_zero(self.near, self.leave)

    def forward(self, step: int, magnitudes: Tensor, psi: Tensor, level: Tensor, inner: Area | None = None) -> Tensor:
        """Sums, 64 of which are a table index, from activations (B, rows, columns, any), as `take` takes them."""
        area = inner and widened(inner, AROUND, level)
        psi, level = cropped(psi, area), cropped(level, area)
        given = torch.cat((psi, level, known_groups(step, level) / UNIT), dim=-1)
        own = area and inner and within(inner, area)
        if step:
            near = cropped(self.near[step - 1](magnitudes), area).contiguous()
            h = self.enter[step](cropped(magnitudes, area).contiguous(), near, given)
            near = cropped(near, own)
        else:
            h = self.enter[step](given)
        h = cropped(h, own) + self.mix(cropped(self.around(h), own).contiguous())
        h, level = by_phase(clamped(h, 0.0)), cropped(level, own)
        order = coded_groups(step)
        sums = self.leave.grouped(h, order) + self.level.grouped(by_phase(level), order)
        sums = placed(sums, level)
        return sums + FINE * take(near, step) if step else sums


def _index(sums: Tensor) -> Tensor:
    """Table indices, to be rounded down, from sums of fine outputs."""
    return sums / SUMS_PER_INDEX + (INDEX_OFFSET + 0.5)


ROW_GROUPS = {"sft.weight": 2, "sft.bias": 2, "g_s.up.weight": 4, "g_s.up.bias": 4}
COLUMN_GROUPS = {"g_a.down.weight": 4}
"""Of layers whose channels are several of the same ones, one after the other."""
NOT_GROWN = ("log_gain", "h_s.enter.weight", "h_s.smooth.weight")
"""What tells the number of latents, of hyper latents and of hyper features."""


def _grown(name: str, old: Tensor, new: Tensor) -> Tensor:
    """A parameter of a wider network: the old numbers, 0 for new inputs, the new network's own for new outputs."""
    if old.shape == new.shape:
        return old
    rows = next((n for end, n in ROW_GROUPS.items() if name.endswith(end)), 1)
    columns = next((n for end, n in COLUMN_GROUPS.items() if name.endswith(end)), 1)
    grown = new.clone().view(rows, -1, columns, new[0].numel() // columns)
    before = old.reshape(rows, -1, columns, old[0].numel() // columns)
    if before.dim() != grown.dim() or any(a > b for a, b in zip(before.shape, grown.shape, strict=True)):
        raise ValueError(f"{name} has {tuple(old.shape)} weights, and must have no more than {tuple(new.shape)}")
    grown[:, : before.shape[1], :, before.shape[3] :] = 0.0
    grown[:, : before.shape[1], :, : before.shape[3]] = before
    return grown.view(new.shape)


@dataclass
class Forward:
    """What a training step needs: the reconstruction (centred) and the bits of every picture (B,)."""

    x_hat: Tensor
    bits_y: Tensor
    bits_z: Tensor


class LiveNetwork(nn.Module):
    """All parameters of `live`. See the module's docstring for the data flow.

    Attributes:
        kind: the type in which the floating-point blocks compute; the codec's is float32.
    """

    deviation: Tensor

    def __init__(self, config: LiveConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or LiveConfig()
        self.kind = torch.float32
        n = config.latent
        finest = math.sqrt(18.0 / (math.log(2.0) * LAMBDA_AT_ZERO)) / 255.0  # best step for quality 0
        self.g_a = Analysis(config)
        self.g_s = Synthesis(config)
        self.h_a = HyperAnalysis(config)
        self.h_s = HyperSynthesis(config)
        self.mean_context = MeanContext(config)
        self.index_context = IndexContext(config)
        self.hyper_level = IntegerPointwise(1, config.hyper_latent, fine=True, unit=1.0 / LEVELS)
        self.log_gain = nn.Parameter(torch.full((n,), -math.log(finest)))
        self.log_gain_slope = nn.Parameter(torch.full((n,), LAMBDA_GROWTH / 2.0))
        self.register_buffer("deviation", torch.ones(n))
        start_at_zero(self.hyper_level)

    @torch.no_grad()
    def start_from(self, pictures: Tensor) -> None:
        """Fits deviations and first table indices to pictures (B, H, W, 3), centred: a plain transform coder."""
        coefficients = F.linear(space_to_depth(pictures, CELL), self.g_a.transform.flatten(1))
        self.deviation.copy_(coefficients.flatten(0, -2).std(dim=0).clamp_min(1e-3))
        level = self.index_context.level
        level.weight.fill_(LAMBDA_GROWTH / 2.0 / LOG_RATIO / INDEX_PER_UNIT)
        index = torch.log(self.deviation * torch.exp(self.log_gain) / 2.5 / SCALE_MIN) / LOG_RATIO
        level.bias.copy_((index - INDEX_OFFSET) / INDEX_PER_UNIT)

    @torch.no_grad()
    def grow_from(self, weights: dict[str, Tensor]) -> None:
        """Takes over a network with fewer blocks or smaller widths without changing what it computes.

        New blocks give nothing yet, and nothing reads new channels yet: only what makes them is random.

        Raises:
            ValueError: that network is larger in something, has what this one lacks, or codes other latents.
        """
        state = self.state_dict()
        if other := [name for name in NOT_GROWN if weights[name].shape != state[name].shape]:
            raise ValueError(f"latents and hyper features cannot change: {', '.join(other)}")
        if foreign := sorted(set(weights) - set(state)):
            raise ValueError(f"these weights have no place in the network: {', '.join(foreign)}")
        for name, own in state.items():
            if name in weights:
                own.copy_(_grown(name, weights[name], own))
            elif ".project." in name:
                own.zero_()

    def integer_layers(self) -> dict[str, IntegerLayer]:
        """The layers that pick tables, by name."""
        return {name: module for name, module in self.named_modules() if isinstance(module, IntegerLayer)}

    def to_device(self, device: torch.device) -> None:
        """Moves what may be floating point; the integer layers stay on the CPU."""
        for module in (self.g_a, self.g_s, self.h_a, self.mean_context):
            module.to(device)
        for parameter in (self.log_gain, self.log_gain_slope, self.deviation):
            parameter.data = parameter.data.to(device)

    def gain(self, quality: Tensor) -> Tensor:
        """Steps per unit of a coefficient, (B, rows, columns, N)."""
        return torch.exp(torch.addcmul(self.log_gain, self.log_gain_slope, quality))

    def pass_gain(self, step: int, quality: Tensor) -> Tensor:
        """The gain of the latents that a pass codes; laid out as `take` does."""
        return torch.exp(channels(self.log_gain, step) + channels(self.log_gain_slope, step) * phases(quality))

    def pass_weight(self, quality: Tensor, gain: Tensor) -> Tensor:
        """Bits that a squared error of one step is worth: 255^2 lambda / 3 / gain^2 for an orthonormal transform."""
        lambda_255 = LAMBDA_AT_ZERO * 255.0**2 / 3.0 * torch.exp(LAMBDA_GROWTH * phases(quality))
        return lambda_255 / gain.square()

    def unit(self, step: int, gain: Tensor) -> Tensor:
        """Steps per unit of a whitened latent that a pass codes, from its gain."""
        return gain * channels(self.deviation, step)

    def index(self, step: int, magnitudes: Tensor, psi: Tensor, level: Tensor, inner: Area | None = None) -> Tensor:
        """Table indices that a pass needs, to be rounded down and clamped; laid out as `take` does.

        Args:
            inner: the part whose indices are wanted, here and below: what is given reaches further by a halo.
        """
        return _index(self.index_context(step, magnitudes, psi, level, inner))

    def hyper_index(self, level: Tensor) -> Tensor:
        """Table indices of z, to be rounded down and clamped, from the map's level (B, rows, columns, 1)."""
        return _index(self.hyper_level(hyper_level_of(level)))

    def mean(self, step: int, known: Tensor, psi: Tensor, level: Tensor, inner: Area | None = None) -> Tensor:
        """The whitened mu of the latents that a pass codes, from the whitened y_hat; laid out as `take` does."""
        return self.mean_context(step, known, psi * UNIT, level / LEVELS, self.kind, inner)

    def analyse(self, x: Tensor, quality: Tensor, inner: Area | None = None) -> tuple[Tensor, Tensor]:
        """The whitened latents (B, rows, columns, N) and z of pictures (B, H, W, 3), centred at 0."""
        coefficients = self.g_a(x, quality, self.kind, inner)
        quality = cropped(quality, inner)
        z = bound(self.h_a(coefficients * self.gain(quality), quality, self.kind), -HYPER_BOUND, HYPER_BOUND)
        return coefficients / self.deviation, z

    def synthesise(self, whitened: Tensor, quality: Tensor, inner: Area | None = None) -> Tensor:
        """Pictures (B, H, W, 3), centred at 0, from whitened y_hat."""
        return self.g_s(whitened, self.deviation, quality, self.kind, inner)

    def forward(self, x: Tensor, map_cells: Tensor) -> Forward:
        """One pass as the codec does it, differentiable; the bits are those of `mixed_bits`.

        Args:
            x: (B, H, W, 3), centred at 0, sides multiples of 64.
            map_cells: (B, H/16, W/16, 1), 16-bit cell qualities.
        """
        for layer in self.integer_layers().values():
            layer.forget()
        quality, level = map_cells / 65535.0, straight_through(map_cells / 256.0, level_of(map_cells))
        whitened, z = self.analyse(x, quality)
        z_hat = straight_through(z, torch.round(z))
        psi = self.h_s(z_hat)
        bits_z = mixed_bits(z, z_hat, bound(self.hyper_index(level) - 0.5, 1.0, TABLES - 1.0))

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
