"""Convolutional networks over pictures of any size in bounded memory: tiles with a halo give the whole's numbers."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Tile:
    """A rectangle of latent cells; `outer` adds the halo, clipped at the grid's edges. Slices are (rows, columns)."""

    inner: tuple[slice, slice]
    outer: tuple[slice, slice]

    def scaled_outer(self, factor: int) -> tuple[slice, slice]:
        """The outer rectangle in units `factor` times finer."""
        return scaled(self.outer, factor)

    def scaled_inner(self, factor: int) -> tuple[slice, slice]:
        return scaled(self.inner, factor)

    def crop(self, factor: int = 1) -> tuple[slice, slice]:
        """The inner rectangle within an array of the outer one, in units `factor` times finer than cells."""
        slices = []
        for inner, outer in zip(self.inner, self.outer, strict=True):
            start = (inner.start - outer.start) * factor
            slices.append(slice(start, start + (inner.stop - inner.start) * factor))
        return slices[0], slices[1]


def scaled(area: tuple[slice, slice], by: int) -> tuple[slice, slice]:
    """A rectangle of a grid in units so many times finer."""
    return slice(area[0].start * by, area[0].stop * by), slice(area[1].start * by, area[1].stop * by)


def divided(area: tuple[slice, slice], by: int) -> tuple[slice, slice]:
    """A rectangle of a grid in units so many times coarser; its edges must lie on their grid."""
    return slice(area[0].start // by, area[0].stop // by), slice(area[1].start // by, area[1].stop // by)


def tiles(rows: int, columns: int, size: int, halo: int) -> Iterator[Tile]:
    """Covers a grid of cells with tiles of `size` cells a side; both numbers even, so that 2x2 phases stay."""
    for top in range(0, rows, size):
        for left in range(0, columns, size):
            bottom, right = min(top + size, rows), min(left + size, columns)
            yield Tile(
                (slice(top, bottom), slice(left, right)),
                (
                    slice(max(top - halo, 0), min(bottom + halo, rows)),
                    slice(max(left - halo, 0), min(right + halo, columns)),
                ),
            )
