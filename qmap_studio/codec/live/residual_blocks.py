"""Residual blocks, each behind a spatial feature transform (SFT) whose condition is made of map and source."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.common.gradients import bound
from qmap_studio.codec.live.convolutions import SLOPE, Depthwise, Pointwise, depthwise, leaky, start_at_zero

CONDITION_BOUND = 1.5
"""Of a condition that sees the source: unbounded, it and the features that it steers are a polynomial that explodes."""


class SFTParameters(Pointwise):
    """What a spatial feature transform `x (1 + gamma) + beta` takes from its condition: 1 + gamma, then beta.

    Starts as the identity. Source: Song et al. 2021, eq. 2.
    """

    def __init__(self, channels: int, condition_channels: int) -> None:
        super().__init__(condition_channels, 2 * channels)
        start_at_zero(self)


class _ResidualBlock(torch.autograd.Function):
    """The arithmetic of `SFTResidualBlock` with its gradients by hand: half the time of separate operations."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, condition: Tensor, *parameters: Tensor) -> Tensor:
        affine, offset, kernel, kernel_bias, expand, expand_bias, project, project_bias = (
            p.to(x.dtype) for p in parameters
        )
        c = x.shape[-1]
        offset = torch.cat((offset[:c] + 1.0, offset[c:]))
        steer = torch.addmm(offset, condition.flatten(0, 2), affine.t())
        steered = torch.addcmul(steer[:, c:], x.flatten(0, 2), steer[:, :c])
        mixed = depthwise(steered.view(x.shape), kernel, kernel_bias).flatten(0, 2)
        hidden = F.leaky_relu_(torch.addmm(expand_bias, mixed, expand.t()), SLOPE)
        y = torch.addmm(x.flatten(0, 2), hidden, project.t()).add_(project_bias)
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(x, condition, steer, steered, mixed, hidden, affine, kernel, expand, project)
        return y.view(x.shape)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, condition, steer, steered, mixed, hidden, affine, kernel, expand, project = ctx.saved_tensors
        c, learns = x.shape[-1], ctx.needs_input_grad[2]
        flat = grad.reshape(-1, c)
        of_hidden = torch.ops.aten.leaky_relu_backward(flat @ project, hidden, SLOPE, True)
        of_mixed = (of_hidden @ expand).view(x.shape).permute(0, 3, 1, 2)
        reach = kernel.shape[-1] // 2
        of_steered, of_kernel, of_kernel_bias = torch.ops.aten.convolution_backward(
            of_mixed, steered.view(x.shape).permute(0, 3, 1, 2), kernel, [c], [1, 1], [reach, reach], [1, 1], False,
            [0, 0], c, [True, learns, learns],
        )  # fmt: skip
        of_steered = of_steered.permute(0, 2, 3, 1).reshape(-1, c)
        of_x = torch.addcmul(flat, of_steered, steer[:, :c]).view(x.shape)
        of_steer = torch.empty_like(steer)
        torch.mul(of_steered, x.flatten(0, 2), out=of_steer[:, :c])
        of_steer[:, c:] = of_steered
        of_condition = (of_steer @ affine).view(condition.shape) if ctx.needs_input_grad[1] else None
        if not learns:
            return of_x, of_condition, *(None,) * 8
        of_parameters = (
            of_steer.t() @ condition.flatten(0, 2), of_steer.sum(dim=0), of_kernel, of_kernel_bias,
            of_hidden.t() @ mixed, of_hidden.sum(dim=0), flat.t() @ hidden, flat.sum(dim=0),
        )  # fmt: skip
        return of_x, of_condition, *(g.float() for g in of_parameters)


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
        return _ResidualBlock.apply(x.contiguous(), condition.contiguous(), *parameters)


class ConditionedBlocks(nn.Module):
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
