"""The contexts: what a pass knows of a latent before it is coded, its mean and its table."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.common.exact.integers import FINE, UNIT, IntegerDepthwise, IntegerPointwise, clamped
from qmap_studio.codec.common.exact.planes import Depthwise, Pointwise, start_at_zero
from qmap_studio.codec.common.passes.order import (
    GROUPS,
    LEVELS,
    PASSES,
    by_phase,
    coded_groups,
    known_groups,
    placed,
    take,
)
from qmap_studio.codec.common.passes.sizes import PassSizes
from qmap_studio.codec.common.passes.symbols import INDEX_OFFSET, INDEX_PER_UNIT
from qmap_studio.codec.common.tiling import Area, cropped, widened, within

AROUND = 2
"""Cells that a context's second layer sees around one, even so that the phases stay."""
SUMS_PER_INDEX = FINE / UNIT / INDEX_PER_UNIT


class MeanContext(nn.Module):
    """Predicts mu of every latent from hyper features, map and the values known so far; in four passes."""

    def __init__(self, sizes: PassSizes) -> None:
        super().__init__()
        n, width, later = sizes.latent, sizes.context, range(len(PASSES) - 1)
        self.first = nn.Parameter(torch.zeros(n))
        self.near = nn.ModuleList(Depthwise(n, 5) for _ in later)
        self.from_hyper = nn.ModuleList(Pointwise(sizes.hyper + 1 + GROUPS, width) for _ in PASSES)
        self.from_known = nn.ModuleList(Pointwise(2 * n, width) for _ in later)
        self.around = Depthwise(width, 3)
        self.mix = Pointwise(width, width)
        self.leave = Pointwise(width, n)
        start_at_zero(self.leave, self.near)

    def forward(
        self, step: int, known: Tensor, psi: Tensor, level: Tensor, kind: torch.dtype, inner: Area | None = None
    ) -> Tensor:
        """From y_hat (B, rows, columns, N), 0 where not known yet, to mu as `take` takes it.

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

    def __init__(self, sizes: PassSizes) -> None:
        super().__init__()
        n, width, later = sizes.latent, sizes.context, range(len(PASSES) - 1)
        given = sizes.hyper + 1 + GROUPS
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


def table_index(sums: Tensor) -> Tensor:
    """Table indices, to be rounded down, from sums of fine outputs."""
    return sums / SUMS_PER_INDEX + (INDEX_OFFSET + 0.5)
