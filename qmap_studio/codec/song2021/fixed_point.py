"""h_s in fixed point: scales and means that are the same on every machine, because they pick the entropy tables."""

import copy

import torch
from torch import Tensor, nn

ACTIVATION_STEP = 2.0**-10
WEIGHT_STEP = 2.0**-16
WEIGHT_BOUND = 8.0 - WEIGHT_STEP
ACTIVATION_BOUND = 1024.0
LEAKY_SLOPE = 10486 / 2.0**20
"""0.01 as a dyadic number."""


def round_half_up(x: Tensor, step: float) -> Tensor:
    """Rounds to multiples of `step`, a power of two; exact in float64, so the same on every machine."""
    return torch.floor(x * (1.0 / step) + 0.5) * step


class FixedPointHyperSynthesis:
    """A copy of h_s whose weights are multiples of 2^-16 within +-8, evaluated in float64 on the CPU.

    Every layer's output is rounded to a multiple of 2^-10 and clamped to +-1024. Products are then multiples of 2^-26
    below 2^13, and their sums over up to 2^14 inputs stay below 2^53 steps: float64 holds each without error, so that
    neither the order of the sums nor threads nor fused operations can matter.

    Attributes:
        layers: the copy.
    """

    def __init__(self, h_s: nn.Sequential) -> None:
        self.layers = copy.deepcopy(h_s).cpu().double().requires_grad_(False)
        for name, value in self.layers.named_parameters():
            if name.endswith("weight"):
                value.copy_(round_half_up(value, WEIGHT_STEP).clamp(-WEIGHT_BOUND, WEIGHT_BOUND))
            else:
                value.copy_(_to_activation(value))

    @torch.inference_mode()
    def __call__(self, z_hat: Tensor) -> tuple[Tensor, Tensor]:
        """Scales and means, float64 multiples of 2^-10.

        Args:
            z_hat: float64 (B, N, rows, columns), multiples of 2^-10.
        """
        h = _to_activation(z_hat)
        for layer in self.layers:
            is_leaky = isinstance(layer, nn.LeakyReLU)
            h = _to_activation(torch.where(h < 0.0, h * LEAKY_SLOPE, h) if is_leaky else layer(h))
        scales, means = h.chunk(2, dim=1)
        return scales, means


def _to_activation(x: Tensor) -> Tensor:
    return round_half_up(x, ACTIVATION_STEP).clamp(-ACTIVATION_BOUND, ACTIVATION_BOUND)
