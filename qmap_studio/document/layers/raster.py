"""Layers of pixels: what was painted, and maps that were imported or found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.language import N_
from qmap_studio.core.rect import Rect, around
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.blend import FULL
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.rendered import Rendered
from qmap_studio.document.tiles import TILE_PX, MapTile, TileIndex, parts_of, tile_rect


@dataclass(frozen=True, eq=False)
class RasterLayer(Layer):
    """Levels and coverage by tile; tiles that are not there cover nothing.

    A later version of a layer shares the tiles in which nothing changed with the one before.
    """

    tiles: Mapping[TileIndex, MapTile] = field(default_factory=dict)
    aspect: Aspect = Aspect.QUALITY

    def extent(self, height: int, width: int) -> Rect:
        return around(tile_rect(index, height, width) for index in self.tiles)

    def difference(self, other: Layer, height: int, width: int) -> list[Rect]:
        if not isinstance(other, RasterLayer) or not self.shows_as(other, besides="tiles"):
            return super().difference(other, height, width)
        places = self.tiles.keys() | other.tiles.keys()
        changed = (tile_rect(p, height, width) for p in places if self.tiles.get(p) is not other.tiles.get(p))
        return [rect.expanded(self.margin_px).clipped(width, height) for rect in changed]

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

    kind = "brush"
    title = N_("Brush")


class MaskLayer(RasterLayer):
    """A whole map, as it was imported or found."""

    kind = "mask"
    title = N_("Map")

    @classmethod
    def of(cls, values: NDArray[np.uint16] | Bounds, aspect: Aspect = Aspect.QUALITY, name: str = "") -> Self:
        """A layer of a map's levels.

        Args:
            values: uint16 (H, W) qualities or uint8 (H, W) bounds, of the map's size; taken over, not to be written
                to any more.
            aspect: what they are.
            name: of the layer.
        """
        tiles = {}
        for index, rect in parts_of(Rect.whole(*values.shape)):
            levels: NDArray[np.uint16] = values[rect.slices].astype(np.uint16, copy=False)
            tiles[index] = MapTile(levels, FULL).simplified()
        return cls(tiles, aspect, name=name)
