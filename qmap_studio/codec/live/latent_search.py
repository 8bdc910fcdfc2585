"""Better latents than the analysis gives: those of one picture, found by gradient descent.

The analysis is one network for all pictures. What a picture costs in all, bits + 255^2 * lambda * squared error, falls
further when its latents themselves are moved. What stands in the way is rounding: a latent is drawn to the integers
below and above it at random, by a softmax of how near they are whose temperature falls, so that the average over draws
has a slope everywhere and its end is rounding itself (stochastic Gumbel annealing).

Source: Yang, Bamler, Mandt 2020, "Improving Inference for Neural Image Compression".
"""

import copy
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from qmap_studio.codec.common.devices import fast_type
from qmap_studio.codec.common.entropy_tables import WIDEST, Tables
from qmap_studio.codec.common.passes.forward import code_latents
from qmap_studio.codec.common.passes.order import map_level
from qmap_studio.codec.live.network import LiveNetwork
from qmap_studio.core.cells import CELL_PX, MAX_LEVEL
from qmap_studio.core.rate import quality_to_lambda

STEPS = 40
LEARNING_RATE = 0.05
"""In steps of the quantiser, at first; it falls to a tenth."""
HOTTEST, COLDEST = 0.3, 0.1
"""Temperatures of the draws, at first and at the end."""
NEAREST = 1e-4
"""To an integer: nearer ones have no finite odds."""


class LatentSearch:
    """Finds latents with a network on a device."""

    def __init__(self, network: LiveNetwork, tables: Tables, device: torch.device) -> None:
        self._network = copy.deepcopy(network).to(device).requires_grad_(False)
        self._network.kind = fast_type(device)
        self._bits = torch.from_numpy(tables.bits).to(device)

    def find(
        self,
        x: Tensor,
        whitened: Tensor,
        psi: Tensor,
        map_cells: Tensor,
        coded: Tensor,
        inner: tuple[slice, slice],
        seed: int,
        checkpoint: Callable[[], object],
    ) -> Tensor:
        """Latents of the inner part that serve a part of a picture, and those around them, best.

        Args:
            x: (1, H, W, 3), centred at 0.
            whitened: the latents of the analysis, (1, H / 16, W / 16, N).
            psi: of the same cells, (1, H / 16, W / 16, F).
            map_cells: 16-bit qualities, (1, H / 16, W / 16, 1).
            coded: which cells are; laid out as `phases` does.
            inner: the part whose latents may move.
            seed: of the draws: the same gives the same.
            checkpoint: called at every step; what it raises ends the search.
        Returns:
            (1, inner rows, inner columns, N).
        """
        network, quality = self._network, map_cells / MAX_LEVEL
        weight = 255.0**2 / 3.0 * quality_to_lambda(quality)
        weight = weight.repeat_interleave(CELL_PX, dim=1).repeat_interleave(CELL_PX, dim=2)
        whole, (rows, columns) = whitened.shape, inner
        around = (0, 0, columns.start, whole[2] - columns.stop, rows.start, whole[1] - rows.stop)
        unit = network.gain(quality) * network.deviation
        moved = torch.zeros_like(whitened[:, rows, columns], requires_grad=True)
        generator = torch.Generator(x.device).manual_seed(seed)
        optimiser = torch.optim.Adam([moved], betas=(0.9, 0.99))
        for step in range(STEPS):
            checkpoint()
            done = step / STEPS
            temperature = HOTTEST * (COLDEST / HOTTEST) ** done
            optimiser.param_groups[0]["lr"] = LEARNING_RATE * (1.0 - 0.9 * done)
            symbols = partial(self._drawn, coded, temperature, generator)
            latents = whitened + F.pad(moved, around) / unit
            known, bits = code_latents(network, latents, psi, quality, map_level(map_cells), symbols)
            cost = bits.sum() + (weight * (network.synthesise(known, quality) - x).square()).sum()
            (moved.grad,) = torch.autograd.grad(cost, moved)
            optimiser.step()
        return (whitened[:, rows, columns] + moved / unit[:, rows, columns]).detach()

    def _drawn(
        self, coded: Tensor, temperature: float, generator: torch.Generator, _step: int, residual: Tensor, index: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Symbols between the integers around a residual, and their bits. See `passes.forward.Symbols`."""
        rows = (index + 0.5).int()
        counts = (rows > 0) & coded
        below = residual.detach().floor()
        part = (residual - below).clamp(NEAREST, 1.0 - NEAREST)
        chance = torch.rand(residual.shape, generator=generator, device=residual.device).clamp_(1e-6, 1.0 - 1e-6)
        odds = (torch.atanh(part) - torch.atanh(1.0 - part)) / temperature + torch.logit(chance)
        above = torch.sigmoid(odds).masked_fill(~counts, 0.0)
        low, high = (self._bits[rows, n.abs().int().clamp_max(WIDEST + 1)] for n in (below, below + 1.0))
        bits = (low + (high - low) * above).masked_fill(~counts, 0.0)
        return (below + above).masked_fill(~counts, 0.0), bits.flatten(1).sum(dim=1)
