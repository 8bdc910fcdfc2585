"""Convolutional networks over pictures of any size in bounded memory: tiles with a halo give the whole's numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER
from qmap_studio.core.threads import workers

Blocks = NDArray[np.bool_]
"""A bool for each block of 64 px, (rows, columns)."""
Area = tuple[slice, slice]
"""A rectangle of a grid, (rows, columns)."""


@dataclass(frozen=True)
class Tile:
    """A rectangle of latent cells; `outer` adds the halo, clipped at the grid's edges. Slices are (rows, columns)."""

    inner: Area
    outer: Area

    @property
    def blocks(self) -> Area:
        """The inner rectangle in blocks of 64 px, on whose grid it must lie."""
        return divided(self.inner, CELLS_PER_HYPER)

    def scaled_outer(self, factor: int) -> Area:
        """The outer rectangle in units `factor` times finer."""
        return scaled(self.outer, factor)

    def scaled_inner(self, factor: int) -> Area:
        return scaled(self.inner, factor)

    def crop(self, factor: int = 1) -> Area:
        """The inner rectangle within an array of the outer one, in units `factor` times finer than cells."""
        slices = []
        for inner, outer in zip(self.inner, self.outer, strict=True):
            start = (inner.start - outer.start) * factor
            slices.append(slice(start, start + (inner.stop - inner.start) * factor))
        return slices[0], slices[1]


def scaled(area: Area, by: int) -> Area:
    """A rectangle of a grid in units so many times finer."""
    return slice(area[0].start * by, area[0].stop * by), slice(area[1].start * by, area[1].stop * by)


def divided(area: Area, by: int) -> Area:
    """A rectangle of a grid in units so many times coarser; its edges must lie on their grid."""
    return slice(area[0].start // by, area[0].stop // by), slice(area[1].start // by, area[1].stop // by)


def widened(area: Area, halo: int, plane: Tensor) -> Area:
    """A part of (B, rows, columns, any) with a halo around it where there is room."""
    (rows, columns), (_, height, width, *_) = area, plane.shape
    return (
        slice(max(rows.start - halo, 0), min(rows.stop + halo, height)),
        slice(max(columns.start - halo, 0), min(columns.stop + halo, width)),
    )


def within(area: Area, other: Area) -> Area:
    """A part of a plane as a part of another part that contains it."""
    (rows, columns), (top, left) = area, (side.start for side in other)
    return slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)


def cropped(x: Tensor, area: Area | None, scale: int = 1) -> Tensor:
    """A part of (B, rows, columns, any), given in units `scale` times coarser; all of it without."""
    return x if area is None else x[:, *scaled(area, scale)]


def tiles_over(blocks: Blocks, largest: int, reach: int) -> Iterator[tuple[Tile, Blocks | None]]:
    """Tiles of at most `largest` blocks a side that cover the blocks, with a halo of `reach` blocks.

    With each come the blocks of its inner part that are meant, None where all are.
    """
    for part in parts(blocks, largest, reach):
        outer = tuple(
            slice(max(side.start - reach, 0), min(side.stop + reach, length))
            for side, length in zip(part, blocks.shape, strict=True)
        )
        meant = blocks[part]
        tile = Tile(scaled(part, CELLS_PER_HYPER), scaled((outer[0], outer[1]), CELLS_PER_HYPER))
        yield tile, None if meant.all() else meant.copy()


def parts(blocks: Blocks, largest: int, reach: int) -> Iterator[tuple[slice, slice]]:
    """Rectangles of at most `largest` blocks a side that cover the blocks, as many as keep all workers busy."""
    around = _around(blocks)
    if around is None:
        return
    height, width = (side.stop - side.start for side in around)
    least = -(-height // largest), -(-width // largest)

    def cost(cut: tuple[int, int]) -> int:
        rounds = -(-cut[0] * cut[1] // workers())
        return rounds * (-(-height // cut[0]) + 2 * reach) * (-(-width // cut[1]) + 2 * reach)

    downs, acrosses = (range(n, n + workers()) for n in least)
    down, across = min(product(downs, acrosses), key=cost)
    for top, bottom in _cut(around[0], down):
        for left, right in _cut(around[1], across):
            inside = _around(blocks[top:bottom, left:right])
            if inside is not None:
                rows, columns = inside
                yield slice(top + rows.start, top + rows.stop), slice(left + columns.start, left + columns.stop)


def _around(blocks: Blocks) -> tuple[slice, slice] | None:
    """The smallest rectangle around the blocks."""
    rows, columns = (np.flatnonzero(blocks.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _cut(side: slice, count: int) -> Iterator[tuple[int, int]]:
    edges = [side.start + (side.stop - side.start) * i // count for i in range(count + 1)]
    yield from pairwise(edges)
