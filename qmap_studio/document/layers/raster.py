"""Layers of pixels: what was painted, and maps that were imported or found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import NOWHERE, Rect
from qmap_studio.document.blend import FULL
from qmap_studio.document.layers.layer import Layer, Rendered
from qmap_studio.document.tiles import TILE_PX, Tile, TileIndex, parts_of, tile_rect


@dataclass(frozen=True, eq=False)
class RasterLayer(Layer):
    """Levels and coverage by tile; tiles that are not there cover nothing.

    A later version of a layer shares the tiles in which nothing changed with the one before.
    """

    tiles: Mapping[TileIndex, Tile] = field(default_factory=dict)

    def reach(self, height: int, width: int) -> Rect:
        return _around(self.tiles, height, width)

    def difference(self, other: Layer, height: int, width: int) -> Rect:
        if not isinstance(other, RasterLayer) or (other.opacity, other.rule) != (self.opacity, self.rule):
            return super().difference(other, height, width)
        places = self.tiles.keys() | other.tiles.keys()
        return _around([p for p in places if self.tiles.get(p) is not other.tiles.get(p)], height, width)

    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered | None:
        tile = self._tile(rect)
        return Rendered(*tile.part(rect)) if tile is not None else None

    def covers(self, rect: Rect) -> bool:
        tile = self._tile(rect)
        return tile is not None and tile.is_full

    def _tile(self, rect: Rect) -> Tile | None:
        return self.tiles.get((rect.x // TILE_PX, rect.y // TILE_PX))


class BrushLayer(RasterLayer):
    """What was painted by strokes."""


class MaskLayer(RasterLayer):
    """A whole map, as it was imported or found."""

    @classmethod
    def of(cls, values: NDArray[np.uint16]) -> Self:
        """A layer of a map's levels.

        Args:
            values: uint16 (H, W), of the map's size; taken over, not to be written to any more.
        """
        parts = parts_of(Rect.whole(*values.shape))
        return cls(tiles={index: Tile(values[rect.slices], FULL).simplified() for index, rect in parts})


def _around(places: Iterable[TileIndex], height: int, width: int) -> Rect:
    rect = NOWHERE
    for index in places:
        rect = rect.united(tile_rect(index, height, width))
    return rect
