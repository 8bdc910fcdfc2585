"""The stroke that a brush draws into a layer.

A stroke keeps, for each pixel, how far it is covered. A dab moves the coverage towards the brush tip's own profile
by the share `flow` of what is missing, and never past it:

    coverage <- coverage + flow * max(0, tip - coverage)
    layer    <- before the stroke, and the brush's quality over it by the coverage

So with flow 1 a stroke shows the tip's exact profile at once, and going over it again changes nothing. With less flow
it builds up, dab by dab and each time the stroke comes back, towards the target quality, while its soft edge stays as
soft as the tip however often it is gone over. The eraser is a brush with another quality, or one that takes from the
layer's own coverage, as far as it covers. A brush that paints a bound does the same, and the bound holds where the
coverage has come to at least half.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import floor, hypot

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.opencv import cv2
from qmap_studio.core.rect import NOWHERE, Rect
from qmap_studio.document.blend import Plane, filled
from qmap_studio.document.brush import Brush, brush_tip
from qmap_studio.document.layers.raster import RasterLayer
from qmap_studio.document.tiles import MapTile, TileIndex, parts_of, tile_rect

_SPACING = 0.05
"""Distance between dabs, as a share of the diameter: the softest brush ripples by less than 1 % of its coverage."""


class Stroke:
    """A stroke in progress: dabs of one brush, all on top of a layer as it was before.

    Args:
        brush: what to draw with.
        layer: as it was before, of what the brush paints.
        height, width: of the map, in pixels.
    """

    def __init__(self, brush: Brush, layer: RasterLayer, height: int, width: int) -> None:
        if layer.aspect is not brush.aspect:
            raise ValueError(f"a brush for {brush.aspect.value} does not paint into a layer of {layer.aspect.value}")
        self._tiles = dict(layer.tiles)
        self.layer = replace(layer, tiles=self._tiles)
        """Shows the stroke as far as it is drawn."""
        self.rect = NOWHERE
        """Around everything that the stroke has touched."""
        self._brush = brush
        self._tip = brush_tip(brush.size_px, brush.hardness)
        self._aspect, self._level = layer.aspect, brush.level
        self._before: Mapping[TileIndex, MapTile] = layer.tiles
        self._size = height, width
        self._coverage: dict[TileIndex, NDArray[np.uint16]] = {}
        # Of the tiles that were not empty: levels and coverage, written to as long as the stroke goes on.
        self._drawn: dict[TileIndex, tuple[NDArray[np.uint16], NDArray[np.uint16]]] = {}
        self._last: tuple[float, float, float] | None = None
        self._distance_left = 0.0

    def dab(self, x: float, y: float, pressure: float = 1.0) -> list[Rect]:
        """Puts one dab centred at a point; the next line starts there.

        Args:
            x, y: in pixels; the first pixel spans 0 to 1.
            pressure: of the pen, in [0, 1]; scales the brush's flow.
        Returns:
            The parts of the map that were written, none off the picture.
        """
        self._last = (x, y, pressure)
        self._distance_left = self._spacing
        touched: dict[TileIndex, Rect] = {}
        self._cover(x, y, pressure, touched)
        return self._paint(touched)

    def line_to(self, x: float, y: float, pressure: float = 1.0) -> list[Rect]:
        """Puts evenly spaced dabs from where the stroke is to a point; the first call puts one dab.

        Args:
            x, y: in pixels; the first pixel spans 0 to 1.
            pressure: of the pen at the point, in [0, 1]; changes evenly on the way there.
        Returns:
            The parts of the map that were written, none while the next dab is not due yet.
        """
        if self._last is None:
            return self.dab(x, y, pressure)
        start_x, start_y, start_pressure = self._last
        length = hypot(x - start_x, y - start_y)
        touched: dict[TileIndex, Rect] = {}
        position = self._distance_left
        while position <= length:
            share = position / length
            self._cover(
                start_x + share * (x - start_x),
                start_y + share * (y - start_y),
                start_pressure + share * (pressure - start_pressure),
                touched,
            )
            position += self._spacing
        self._last = (x, y, pressure)
        self._distance_left = position - length
        return self._paint(touched)

    def so_far(self) -> RasterLayer:
        """The layer as the stroke has left it by now, whatever is drawn later."""
        drawn = {index: self._tiles[index].copied() for index in self._coverage if index in self._tiles}
        return replace(self.layer, tiles={**self._before, **drawn})

    def finished(self) -> RasterLayer:
        """The layer with the stroke in it, which is over."""
        drawn = {index: tile.simplified() for index in self._coverage if (tile := self._tiles.get(index)) is not None}
        tiles = {**self._before, **drawn}
        return replace(self.layer, tiles={index: tile for index, tile in tiles.items() if not tile.is_empty})

    @property
    def _spacing(self) -> float:
        return max(1.0, _SPACING * self._brush.size_px)

    def _cover(self, x: float, y: float, pressure: float, touched: dict[TileIndex, Rect]) -> None:
        """Adds one dab to the coverage, and where it lies to what it touches."""
        height, width = self._size
        side = len(self._tip)
        left, top = floor(x - side / 2 + 0.5), floor(y - side / 2 + 0.5)
        flow = self._brush.flow * pressure
        if not flow:
            return
        for index, part in parts_of(Rect(left, top, side, side).clipped(width, height)):
            tile = tile_rect(index, height, width)
            if index not in self._coverage:
                self._coverage[index] = np.zeros((tile.height, tile.width), np.uint16)
            coverage = self._coverage[index][part.moved(-tile.x, -tile.y).slices]
            tip = self._tip[part.moved(-left, -top).slices]
            if flow == 1:
                cv2.max(tip, coverage, dst=coverage)
            else:
                missing = cv2.subtract(tip, coverage)  # saturates at 0
                cv2.addWeighted(missing, flow, coverage, 1.0, 0.0, dst=coverage)
            touched[index] = touched.get(index, NOWHERE).united(part)

    def _paint(self, touched: dict[TileIndex, Rect]) -> list[Rect]:
        """Brings the layer up to date with the coverage."""
        for index, part in touched.items():
            self.rect = self.rect.united(part)
            coverage, before = self._coverage[index], self._before.get(index)
            if before is None:
                if not self._brush.erases:
                    self._tiles[index] = MapTile(self._level, coverage)
                continue
            if index not in self._drawn:
                levels = filled(before.levels, coverage.shape).copy()
                self._drawn[index] = levels, filled(before.coverage, coverage.shape).copy()
                self._tiles[index] = MapTile(*self._drawn[index])
            tile = tile_rect(index, *self._size)
            within = part.moved(-tile.x, -tile.y).slices
            planes = self._laid(*before.part(part), coverage[within])
            for drawn, plane in zip(self._drawn[index], planes, strict=True):
                drawn[within] = plane
        return list(touched.values())

    def _laid(self, levels: Plane, covered: Plane, more: NDArray[np.uint16]) -> tuple[Plane, Plane]:
        """Levels and coverage of the layer once the stroke is in it."""
        if not self._brush.erases:
            return self._aspect.cover(levels, covered, more, self._level)
        left = np.empty_like(more)
        self._aspect.blend(filled(covered, more.shape), more, 0, out=left)
        return levels, left
