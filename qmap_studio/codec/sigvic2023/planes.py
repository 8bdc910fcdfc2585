"""How the planes of both transforms lie: four stages, each at half of the size of the one before."""

import torch.nn.functional as F
from torch import Tensor

STAGES = 4


def enlarged(rd_map: Tensor, factor: int) -> Tensor:
    """The map (B, 1, rows, columns) with each value so many times in both directions."""
    return rd_map if factor == 1 else F.interpolate(rd_map, scale_factor=factor)
