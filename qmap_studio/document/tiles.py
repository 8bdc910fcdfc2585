"""Tiles: the squares in which levels and coverage of a layer are kept, and the map is composed."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect
from qmap_studio.document.blend import FULL, Plane, part_of
from qmap_studio.document.packing import pack_plane, unpack_plane

TILE_PX = 256
"""Pixels of a tile's side: a few planes of one tile stay in the processor's cache."""

TileIndex = tuple[int, int]
"""Column and row of a tile."""


def tile_rect(index: TileIndex, height: int, width: int) -> Rect:
    """The pixels of a tile in a map of this size."""
    return Rect(index[0] * TILE_PX, index[1] * TILE_PX, TILE_PX, TILE_PX).clipped(width, height)


def parts_of(rect: Rect) -> Iterator[tuple[TileIndex, Rect]]:
    """The tiles under a rectangle, each with the part of the rectangle that lies in it."""
    if rect.empty:
        return
    grid = rect.aligned(TILE_PX)
    for y in range(grid.y, grid.bottom, TILE_PX):
        for x in range(grid.x, grid.right, TILE_PX):
            yield (x // TILE_PX, y // TILE_PX), Rect(x, y, TILE_PX, TILE_PX).intersected(rect)


class MapTile:
    """Levels and coverage of one tile. They are not written to once a layer holds them, so layers share tiles.

    Args:
        levels, coverage: of the tile's size, or one number each.
    """

    __slots__ = ("_coverage", "_levels")

    def __init__(self, levels: Plane, coverage: Plane) -> None:
        self._levels: Plane | _Packed = levels
        self._coverage: Plane | _Packed = coverage

    @property
    def levels(self) -> Plane:
        levels = self._levels = _unpacked(self._levels)
        return levels  # which another thread may have packed again by now

    @property
    def coverage(self) -> Plane:
        coverage = self._coverage = _unpacked(self._coverage)
        return coverage

    @property
    def is_full(self) -> bool:
        """Whether it covers every pixel fully."""
        return isinstance(self._coverage, int) and self._coverage == FULL

    @property
    def is_empty(self) -> bool:
        """Whether it covers nothing."""
        return isinstance(self._coverage, int) and self._coverage == 0

    @property
    def size_bytes(self) -> int:
        """Memory that it takes now."""
        return sum(0 if isinstance(plane, int) else plane.nbytes for plane in (self._levels, self._coverage))

    @property
    def is_packed(self) -> bool:
        return not isinstance(self._levels, np.ndarray) and not isinstance(self._coverage, np.ndarray)

    def simplified(self) -> "MapTile":
        """The same with numbers in place of arrays of one value."""
        return MapTile(_simplified(self.levels), _simplified(self.coverage))

    def copied(self) -> "MapTile":
        """A tile of its own, for one that is still written to."""
        return MapTile(*(plane if isinstance(plane, int) else plane.copy() for plane in (self.levels, self.coverage)))

    def pack(self) -> None:
        """Makes it small until it is used again."""
        self._levels, self._coverage = _packed(self._levels), _packed(self._coverage)

    def part(self, rect: Rect) -> tuple[Plane, Plane]:
        """Levels and coverage of a rectangle within the tile, in pixels of the map."""
        rows, columns = rect.moved(-(rect.x // TILE_PX) * TILE_PX, -(rect.y // TILE_PX) * TILE_PX).slices
        return part_of(self.levels, (rows, columns)), part_of(self.coverage, (rows, columns))


class _Packed:
    """A compressed plane."""

    __slots__ = ("_data", "_shape")

    def __init__(self, plane: NDArray[np.uint16]) -> None:
        self._data, self._shape = pack_plane(plane), plane.shape

    @property
    def nbytes(self) -> int:
        return len(self._data)

    def unpacked(self) -> NDArray[np.uint16]:
        return unpack_plane(self._data, self._shape)


def _packed(plane: Plane | _Packed) -> Plane | _Packed:
    return _Packed(plane) if isinstance(plane, np.ndarray) else plane


def _unpacked(plane: Plane | _Packed) -> Plane:
    return plane.unpacked() if isinstance(plane, _Packed) else plane


def _simplified(plane: Plane) -> Plane:
    if isinstance(plane, int) or (plane != plane[0, 0]).any():
        return plane
    return int(plane[0, 0])
