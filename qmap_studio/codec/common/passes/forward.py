"""The four passes as they are trained: differentiable, with the rounding of the codec."""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from qmap_studio.codec.common.exact.integers import IntegerLayer
from qmap_studio.codec.common.gradients import bound, straight_through
from qmap_studio.codec.common.passes.contexts import table_index
from qmap_studio.codec.common.passes.order import PASSES, hyper_map_level, map_level, put, take
from qmap_studio.codec.common.passes.quantisation import is_coded, mixed_bits, quantise_by_index
from qmap_studio.codec.common.passes.symbols import TABLES, magnitude_feature


class CodesInPasses(Protocol):
    """A `PassesDecoderNetwork` with what its encoder needs besides."""

    def integer_layers(self) -> dict[str, IntegerLayer]: ...

    def h_s(self, z_hat: Tensor) -> Tensor: ...

    def hyper_level(self, level: Tensor) -> Tensor: ...

    def mean(self, step: int, known: Tensor, psi: Tensor, level: Tensor) -> Tensor: ...

    def index(self, step: int, magnitudes: Tensor, psi: Tensor, level: Tensor) -> Tensor: ...

    def unit(self, step: int, quality: Tensor) -> Tensor: ...

    def rounding_weight(self, step: int, quality: Tensor) -> Tensor:
        """Bits that a squared error of one step is worth to `quantise`; infinite where it rounds to the nearest."""
        ...


def code(
    network: CodesInPasses, latents: Tensor, z: Tensor, quality: Tensor, map_cells: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Codes latents (B, rows, columns, N) and z (B, rows / 4, columns / 4, C) under a map (B, rows, columns, 1).

    Args:
        quality: of the cells in [0, 1]; `map_cells` the same in 65535ths.
    Returns:
        y_hat in the units of the latents, bits of y and bits of z (B,), those of `mixed_bits`.
    """
    for layer in network.integer_layers().values():
        layer.forget()
    level = straight_through(map_cells / 256.0, map_level(map_cells))
    z_hat = straight_through(z, torch.round(z))
    psi = network.h_s(z_hat)
    bits_z = mixed_bits(z, z_hat, bound(_smooth_hyper_index(network, level) - 0.5, 1.0, TABLES - 1.0))

    def symbols(step: int, residual: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            q = quantise_by_index(residual, index, network.rounding_weight(step, quality))
        # What is not coded costs nothing and reaches no decoder, so it learns from neither. Networks use channels that
        # are never coded to tell h_a something: with a gradient of the noisy rate their gains grow without end, and
        # that gradient drowns all others.
        residual = torch.where(is_coded(index), residual, residual.detach())
        return straight_through(residual, q), mixed_bits(residual, q, index)

    known, bits_y = code_latents(network, latents, psi, quality, level, symbols)
    return known, bits_y, bits_z


Symbols = Callable[[int, Tensor, Tensor], tuple[Tensor, Tensor]]
"""Of a pass: from y - mu in steps and table indices, both laid out as `take` does, to symbols and their bits (B,)."""


def code_latents(
    network: CodesInPasses, latents: Tensor, psi: Tensor, quality: Tensor, level: Tensor, symbols: Symbols
) -> tuple[Tensor, Tensor]:
    """The four passes alone, behind a hyper synthesis, with any way to make symbols of numbers.

    Args:
        level: the map as the integer networks see it.
    Returns:
        y_hat in the units of the latents, and the bits of y (B,).
    """
    known, magnitudes, bits = torch.zeros_like(latents), torch.zeros_like(latents), latents.new_zeros(len(latents))
    for step in range(len(PASSES)):
        mu, unit = network.mean(step, known, psi, level), network.unit(step, quality)
        index = bound(network.index(step, magnitudes, psi, level) - 0.5, 0.0, TABLES - 1.0)
        q, bits_of_pass = symbols(step, (take(latents, step) - mu) * unit, index)
        bits = bits + bits_of_pass
        if step:
            known, magnitudes = known.clone(), magnitudes.clone()
        put(known, step, q / unit + mu)
        put(magnitudes, step, magnitude_feature(q.detach()))
    return known, bits


def _smooth_hyper_index(network: CodesInPasses, level: Tensor) -> Tensor:
    """`PassesDecoderNetwork.hyper_index`, past whose rounding gradients pass."""
    mean = hyper_map_level(level)
    return table_index(network.hyper_level(straight_through(mean, torch.floor(mean))))
