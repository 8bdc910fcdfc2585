"""Rearrangements between space and channels of planes (B, rows, columns, channels)."""

from torch import Tensor


def space_to_depth(x: Tensor, side: int) -> Tensor:
    """(B, rows, columns, C) to (B, rows / side, columns / side, side side C)."""
    b, h, w, c = x.shape
    cells = x.reshape(b, h // side, side, w // side, side, c).transpose(2, 3)
    return cells.reshape(b, h // side, w // side, side * side * c)


def depth_to_space(x: Tensor, side: int) -> Tensor:
    """The inverse of `space_to_depth`."""
    b, h, w, c = x.shape
    cells = x.reshape(b, h, w, side, side, c // side**2).transpose(2, 3)
    return cells.reshape(b, h * side, w * side, c // side**2)


def enlarge(x: Tensor) -> Tensor:
    """(B, rows, columns, C) to twice the rows and columns, each value four times."""
    b, h, w, c = x.shape
    return x[:, :, None, :, None].expand(b, h, 2, w, 2, c).reshape(b, 2 * h, 2 * w, c)
