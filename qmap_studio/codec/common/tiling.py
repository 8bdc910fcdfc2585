"""Convolutional networks over pictures of any size in bounded memory: tiles with a halo give the whole's numbers."""

from dataclasses import dataclass

from torch import Tensor

from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER

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
