"""SFFM, the shallow feature fusion module: a U-shaped network of residual channel attention blocks. Figure 4."""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.common.tiling import Area
from qmap_studio.codec.common.transform_layers import convolution, upsampling

WINDOW_CELLS, HALO_CELLS = 16, 2
"""Windows of 256 px, each seen with 32 px around it: what channel attention averages over."""
REDUCTION, LEAST_SQUEEZED = 8, 4


class ChannelAttentionBlock(nn.Module):
    """RCAB: x + a * (3x3 -> ReLU -> 3x3), a from the channels' means. Source: Zhang et al. 2018, section 3.3."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        squeezed = max(channels // REDUCTION, LEAST_SQUEEZED)
        self.body = nn.Sequential(convolution(channels, channels, 3), nn.ReLU(), convolution(channels, channels, 3))
        self.attention = nn.Sequential(
            convolution(channels, squeezed, 1), nn.ReLU(), convolution(squeezed, channels, 1), nn.Sigmoid()
        )

    def forward(self, x: Tensor) -> Tensor:
        h = self.body(x)
        return torch.addcmul(x, h, self.attention(h.mean(dim=(2, 3), keepdim=True)))


class ShallowFeatureFusion(nn.Module):
    """Refines the decoder's last features with shallow ones, both at half of the picture's size."""

    def __init__(self, channels: int, shallow: int, width: int) -> None:
        super().__init__()
        self.enter = convolution(channels + shallow, width, 3)
        self.down = nn.ModuleList(ChannelAttentionBlock(width) for _ in range(2))
        self.shrink = nn.ModuleList(convolution(width, width, 3, 2) for _ in range(2))
        self.middle = nn.Sequential(ChannelAttentionBlock(width), ChannelAttentionBlock(width))
        self.grow = nn.ModuleList(upsampling(width, width, 3) for _ in range(2))
        self.up = nn.ModuleList(ChannelAttentionBlock(width) for _ in range(2))
        self.leave = convolution(width, channels, 3)

    def forward(self, f: Tensor, shallow: Tensor) -> Tensor:
        """f (B, channels, rows, columns) refined; rows and columns are multiples of 4."""
        h, passed = self.enter(torch.cat((f, shallow), dim=1)), []
        for block, shrink in zip(self.down, self.shrink, strict=True):
            passed.append(block(h))
            h = shrink(passed[-1])
        h = self.middle(h)
        for grow, block in zip(self.grow, self.up, strict=True):
            h = block(grow(F.relu(h)) + passed.pop())
        return f + self.leave(h)


def windows(inner: Area, outer: Area) -> Iterator[tuple[Area, Area]]:
    """The windows of the picture's grid that touch the inner part of a tile, in cells.

    Returns:
        Of each the part that is wanted, and what the fusion sees for it: the window with its halo, within the outer
        part, whose edges must be those of the grid or lie beyond.
    """
    for rows, seen_rows in _along(inner[0], outer[0]):
        for columns, seen_columns in _along(inner[1], outer[1]):
            yield (rows, columns), (seen_rows, seen_columns)


def _along(inner: slice, outer: slice) -> Iterator[tuple[slice, slice]]:
    for start in range(inner.start // WINDOW_CELLS * WINDOW_CELLS, inner.stop, WINDOW_CELLS):
        stop = start + WINDOW_CELLS
        wanted = slice(max(start, inner.start), min(stop, inner.stop))
        yield wanted, slice(max(start - HALO_CELLS, outer.start), min(stop + HALO_CELLS, outer.stop))
