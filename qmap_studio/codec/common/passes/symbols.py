"""What a symbol's table and its neighbours' tables have to do with it: numbers that encoder and decoder share."""

import torch
from torch import Tensor

from qmap_studio.codec.common.exact.integer_rounding import LARGEST
from qmap_studio.codec.common.exact.integers import UNIT

TABLES = 64
INDEX_PER_UNIT, INDEX_OFFSET = 8.0, 24.0
"""A table index is 8 t + 24 for a network's output t."""
HYPER_BOUND = 60
"""Of the magnitude of a symbol of z."""


def magnitude_feature(q: Tensor) -> Tensor:
    """log2(1 + |q|) as an activation of the integer layers."""
    return torch.floor(torch.log2(1.0 + q.abs()) / UNIT + 0.5).clamp_max(LARGEST)
