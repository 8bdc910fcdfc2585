"""Gradients by hand of the layers that training spends its time in; what the layers compute stands beside them."""

from typing import Any

import torch
from torch import Tensor

from qmap_studio.codec.common.devices import fast_type
from qmap_studio.codec.common.exact.gradients import of_depthwise


class ResidualBlock(torch.autograd.Function):
    """Of `residual_blocks.compute`: x, the condition, and the eight parameters in their order."""

    @staticmethod
    def forward(ctx: Any, compute: Any, slope: float, x: Tensor, condition: Tensor, *parameters: Tensor) -> Tensor:
        affine, _, kernel, _, expand, _, project, _ = used = [p.to(x.dtype) for p in parameters]
        y, *steps = compute(x, condition, *used)
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(x, condition, *steps, affine, kernel, expand, project)
            ctx.slope = slope
        result: Tensor = y
        return result

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, condition, steer, steered, mixed, hidden, affine, kernel, expand, project = ctx.saved_tensors
        c, learns = x.shape[-1], ctx.needs_input_grad[4]
        flat = grad.reshape(-1, c)
        of_hidden = torch.ops.aten.leaky_relu_backward(flat @ project, hidden, ctx.slope, True)
        of_mixed = (of_hidden @ expand).view(x.shape)
        of_steered, of_kernel, of_kernel_bias = of_depthwise(
            of_mixed, steered.view(x.shape), kernel, wants_x=True, learns=learns
        )
        of_steered = of_steered.reshape(-1, c)
        of_x = torch.addcmul(flat, of_steered, steer[:, :c]).view(x.shape)
        of_steer = torch.empty_like(steer)
        torch.mul(of_steered, x.flatten(0, 2), out=of_steer[:, :c])
        of_steer[:, c:] = of_steered
        of_condition = (of_steer @ affine).view(condition.shape) if ctx.needs_input_grad[3] else None
        if not learns:
            return None, None, of_x, of_condition, *(None,) * 8
        of_parameters = (
            of_steer.t() @ condition.flatten(0, 2), of_steer.sum(dim=0), of_kernel, of_kernel_bias,
            of_hidden.t() @ mixed, of_hidden.sum(dim=0), flat.t() @ hidden, flat.sum(dim=0),
        )  # fmt: skip
        return None, None, of_x, of_condition, *(g.float() for g in of_parameters)


class Linear(torch.autograd.Function):
    """A linear map whose numbers need all of float32, and whose gradients do not: the matrix is (outputs, inputs)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, matrix: Tensor) -> Tensor:
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(x, matrix)
        return torch.nn.functional.linear(x, matrix)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, matrix = ctx.saved_tensors
        kind = fast_type(x.device)
        flat = grad.reshape(-1, grad.shape[-1]).to(kind)
        of_x = (flat @ matrix.to(kind)).float().view(x.shape) if ctx.needs_input_grad[0] else None
        of_matrix = (flat.t() @ x.reshape(-1, x.shape[-1]).to(kind)).float() if ctx.needs_input_grad[1] else None
        return of_x, of_matrix
