"""Residual blocks, each behind a spatial feature transform (SFT) whose condition is made of the map."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.common.exact.planes import SLOPE, Depthwise, Pointwise, depthwise, leaky, start_at_zero
from qmap_studio.codec.common.tiling import Area, cropped, widened, within
from qmap_studio.codec.live import gradients

STRIP = 512
"""Positions whose widest features `compute_in_strips` has in memory at once; 1024 and 2048 were slower."""


class SFTParameters(Pointwise):
    """What a spatial feature transform `x (1 + gamma) + beta` takes from its condition: gamma, then beta.

    Starts as the identity. Source: Song et al. 2021, eq. 2.
    """

    def __init__(self, channels: int, condition_channels: int) -> None:
        super().__init__(condition_channels, 2 * channels)
        start_at_zero(self)


def compute(
    x: Tensor,
    condition: Tensor,
    affine: Tensor,
    offset: Tensor,
    kernel: Tensor,
    kernel_bias: Tensor,
    expand: Tensor,
    expand_bias: Tensor,
    project: Tensor,
    project_bias: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """What an `SFTResidualBlock` makes of x; then 1 + gamma and beta, and the steered, mixed and hidden features."""
    c = x.shape[-1]
    offset = torch.cat((offset[:c] + 1.0, offset[c:]))
    steer = torch.addmm(offset, condition.flatten(0, 2), affine.t())
    steered = torch.addcmul(steer[:, c:], x.flatten(0, 2), steer[:, :c])
    mixed = depthwise(steered.view(x.shape), kernel, kernel_bias).flatten(0, 2)
    hidden = F.leaky_relu_(torch.addmm(expand_bias, mixed, expand.t()), SLOPE)
    y = torch.addmm(x.flatten(0, 2), hidden, project.t()).add_(project_bias)
    return y.view(x.shape), steer, steered, mixed, hidden


def compute_in_strips(x: Tensor, condition: Tensor, *parameters: Tensor) -> Tensor:
    """The y of `compute`, whose widest features whole would ask the system for new memory: made a strip at a time."""
    affine, offset, kernel, kernel_bias, expand, expand_bias, project, project_bias = parameters
    c, flat, condition = x.shape[-1], x.flatten(0, 2), condition.flatten(0, 2)
    strips = [slice(start, start + STRIP) for start in range(0, len(flat), STRIP)]
    offset = torch.cat((offset[:c] + 1.0, offset[c:]))
    steered, y = torch.empty_like(flat), torch.empty_like(flat)
    for strip in strips:
        steer = torch.addmm(offset, condition[strip], affine.t())
        torch.addcmul(steer[:, c:], flat[strip], steer[:, :c], out=steered[strip])
    mixed = depthwise(steered.view(x.shape), kernel, kernel_bias).flatten(0, 2)
    for strip in strips:
        hidden = F.leaky_relu_(torch.addmm(expand_bias, mixed[strip], expand.t()), SLOPE)
        torch.addmm(flat[strip], hidden, project.t(), out=y[strip]).add_(project_bias)
    return y.view(x.shape)


class SFTResidualBlock(nn.Module):
    """x -> SFT -> depthwise 3x3 -> pointwise -> leaky ReLU -> pointwise -> + x."""

    def __init__(self, channels: int, condition_channels: int, *, expansion: int = 2) -> None:
        super().__init__()
        self.sft = SFTParameters(channels, condition_channels)
        self.depthwise = Depthwise(channels, 3)
        self.expand = Pointwise(channels, expansion * channels)
        self.project = Pointwise(expansion * channels, channels)
        with torch.no_grad():
            self.project.weight.mul_(0.1)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        layers = (self.sft, self.depthwise, self.expand, self.project)
        parameters = (p for layer in layers for p in (layer.weight, layer.bias))
        if not torch.is_grad_enabled():
            return compute_in_strips(x, condition, *(p.to(x.dtype) for p in parameters))
        return gradients.ResidualBlock.apply(compute, SLOPE, x.contiguous(), condition.contiguous(), *parameters)


class ConditionedBlocks(nn.Module):
    """Residual blocks at one scale behind a condition made of the map."""

    def __init__(self, channels: int, blocks: int, condition: int) -> None:
        super().__init__()
        self.from_map = Pointwise(1, condition)
        self.mix = Pointwise(condition, condition)
        self.blocks = nn.ModuleList(SFTResidualBlock(channels, condition) for _ in range(blocks))

    def forward(self, x: Tensor, quality: Tensor, inner: Area | None = None) -> Tensor:
        """The inner part, all of it without: each block sees one position further than the next."""
        condition = self.condition(x, quality)
        for done, block in enumerate(self.blocks):
            if inner is not None and done % 2 == 0:  # each time would copy more than it saves
                area = widened(inner, len(self.blocks) - done, x)
                x, condition, inner = cropped(x, area), cropped(condition, area), within(inner, area)
            x = block(x, condition)
        return cropped(x, inner)

    def condition(self, x: Tensor, quality: Tensor) -> Tensor:
        """Of the blocks, from the map (B, rows, columns, 1)."""
        return leaky(self.mix(leaky(self.from_map(quality.to(x.dtype)))))
