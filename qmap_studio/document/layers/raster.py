"""Layers of pixels: what was painted, and maps that were imported or found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect, around
from qmap_studio.document.blend import FULL
from qmap_studio.document.layers.layer import Layer, Rendered
from qmap_studio.document.tiles import TILE_PX, MapTile, TileIndex, parts_of, tile_rect


@dataclass(frozen=True, eq=False)
class RasterLayer(Layer):
    """Levels and coverage by tile; tiles that are not there cover nothing.

    A later version of a layer shares the tiles in which nothing changed with the one before.
    """

    tiles: Mapping[TileIndex, MapTile] = field(default_factory=dict)

    def reach(self, height: int, width: int) -> Rect:
        return around(tile_rect(index, height, width) for index in self.tiles)

    def difference(self, other: Layer, height: int, width: int) -> list[Rect]:
        if not isinstance(other, RasterLayer) or (other.opacity, other.rule) != (self.opacity, self.rule):
            return super().difference(other, height, width)
        places = self.tiles.keys() | other.tiles.keys()
        return [tile_rect(p, height, width) for p in places if self.tiles.get(p) is not other.tiles.get(p)]

    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered | None:
        tile = self._tile(rect)
        return Rendered(*tile.part(rect)) if tile is not None else None

    def covers(self, rect: Rect) -> bool:
        tile = self._tile(rect)
        return tile is not None and tile.is_full

    def _tile(self, rect: Rect) -> MapTile | None:
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
        return cls(tiles={index: MapTile(values[rect.slices], FULL).simplified() for index, rect in parts})
