"""From the real weights that a network learns to the whole multiples that its exact layers compute with."""

import torch
from torch import Tensor

LARGEST = 255.0
"""Of activations and of weights, in units of their own."""
SUM_BOUND = 2.0**24
FINEST = 14
"""No row of weights is of multiples of less than 2^-14, so that 16-bit floats hold it."""


def as_multiples(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Rows of real weights (outputs, ...) and biases, both in units of the output, as multiples of powers of two.

    Of each row the finest power for which every sum of products with activations stays below 2^24 of it.

    Returns:
        The weights, the biases with the half for rounding, and the rows' powers of two.
    """
    rows, bias = weight.flatten(1).double(), bias.double()
    largest, total = rows.abs().amax(dim=1), rows.abs().sum(dim=1)
    left = SUM_BOUND - LARGEST * (0.5 * rows.shape[1] + 2.0)  # without what rounding can add
    room = torch.minimum(LARGEST / largest.clamp_min(1e-30), left / (LARGEST * total + bias.abs() + 1.0))
    fit = (0.5 * room).clamp_max(1.0)  # rows too large for even half units are made smaller
    exponent = (torch.frexp(room).exponent - 1).clamp(1, FINEST)  # of the power of two below
    step = torch.tensor([2.0**-k for k in range(FINEST + 1)], dtype=torch.float64, device=room.device)[exponent]
    multiples = torch.floor(rows * (fit / step)[:, None] + 0.5).clamp_(-LARGEST, LARGEST)
    offset = torch.floor((bias * fit + 0.5) / step + 0.5)
    weight, bias, step = (t.float() for t in ((multiples * step[:, None]).view_as(weight), offset * step, step))
    return weight, bias, step
