"""The layers of one aspect from below, composed tile by tile into its levels."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.opencv import cv2
from qmap_studio.core.rect import Rect, around
from qmap_studio.document.layers.layer import Layer, differing
from qmap_studio.document.tiles import TILE_PX, TileIndex, parts_of, tile_rect

Layers = tuple[Layer, ...]
"""From below."""


class Stack:
    """Layers of quality and what they come to.

    Args:
        height, width: of the map, in pixels.
        layers: to begin with; the first covers everything.
    """

    _BLANK: ClassVar[int] = 0  # the level where nothing covers
    _TYPE: ClassVar[type[np.unsignedinteger[Any]]] = np.uint16

    def __init__(self, height: int, width: int, layers: Layers) -> None:
        self.values: NDArray[Any] = np.full((height, width), self._BLANK, self._TYPE)
        """uint16 (H, W), the composed levels; written by `compose` and `show` alone."""
        self.layers = layers
        """Who puts others here, and not by `show`, composes where they differ."""
        self._below: Layers = ()
        self._kept_below: dict[TileIndex, NDArray[np.uint16]] = {}
        if layers:
            self.compose(Rect.whole(height, width))

    def show(self, layers: Layers) -> bool:
        """Takes other layers and composes where they differ; tells whether any level has changed."""
        parts, known = self.difference(layers), self.layers
        self.layers = layers
        if _begins_with(layers, known):  # what lies over all others is laid over what they come to
            changed = [self._lay(part, layers[len(known) :]) for part in parts]
        else:
            changed = [self.compose(part) for part in parts]
        return any(changed)

    def keep_below(self, layers: Layers) -> None:
        """Keeps what some lowest layers come to, of each tile that is composed: they will stay while others change."""
        if len(self._below) != len(layers) or not _begins_with(layers, self._below):
            self._below, self._kept_below = layers, {}

    def compose(self, rect: Rect) -> bool:
        """Brings the levels of a rectangle up to date with the layers; tells whether any has changed."""
        # One layer alone is composed as fast as it is copied.
        is_kept = len(self._below) > 1 and _begins_with(self.layers, self._below)
        changed = False
        for index, part in parts_of(rect):
            lowest = _lowest_seen(self.layers, part)
            if is_kept and lowest < len(self._below):
                lowest, composed = len(self._below), self._composed_below(index, part)
            else:
                composed = self._blank(part)
            changed |= self._compose(self.layers[lowest:], part, composed)
        return changed

    def difference(self, layers: Layers) -> list[Rect]:
        """Where other layers may come to other levels."""
        height, width = self.values.shape
        before, after = differing(self.layers, layers)
        if len(before) == len(after) == 1:
            return before[0].difference(after[0], height, width)
        return [around(layer.reach(height, width) for layer in (*before, *after))]

    def _lay(self, rect: Rect, layers: Layers) -> bool:
        """Lays layers over the levels as they are."""
        changed = False
        for _, part in parts_of(rect):
            changed |= self._compose(layers, part, self.values[part.slices].astype(np.uint16))
        return changed

    def _compose(self, layers: Layers, part: Rect, levels: NDArray[np.uint16]) -> bool:
        """Lays layers over levels of a part of a tile, which become the map's; tells whether any is another."""
        for layer in layers:
            layer.compose(part, levels)
        values, levels = self.values[part.slices], levels.astype(self._TYPE, copy=False)
        if cv2.norm(values, levels, cv2.NORM_INF) == 0:  # the largest difference, in less than half of NumPy's time
            return False
        values[...] = levels
        return True

    def _composed_below(self, index: TileIndex, part: Rect) -> NDArray[np.uint16]:
        """A copy of what the kept layers come to in a part of a tile."""
        tile = tile_rect(index, *self.values.shape)
        levels = self._kept_below.get(index)
        if levels is None:
            levels = self._blank(tile)
            for layer in self._below[_lowest_seen(self._below, tile) :]:
                layer.compose(tile, levels)
            self._kept_below[index] = levels
        return levels[part.moved(-tile.x, -tile.y).slices].copy()

    def _blank(self, part: Rect) -> NDArray[np.uint16]:
        return np.full((part.height, part.width), self._BLANK, np.uint16)


class BoundStack(Stack):
    """Layers of error bounds and what they come to, uint8 (H, W); nothing is bounded where none covers."""

    _BLANK = UNBOUNDED
    _TYPE = np.uint8

    def __init__(self, height: int, width: int, layers: Layers) -> None:
        # How many pixels have each bound: of the tiles that have ever changed, and of all of them.
        self._counts: dict[TileIndex, NDArray[np.int64]] = {}
        self._count = np.zeros(UNBOUNDED + 1, np.int64)
        super().__init__(height, width, layers)

    @property
    def bounds(self) -> Bounds | None:
        """The composed bounds, uint8 (H, W); None where no pixel has one."""
        return self.values if self.held else None

    @property
    def held(self) -> tuple[int, ...]:
        """The bounds that some pixels have, from the strictest."""
        return tuple(np.flatnonzero(self._count[:UNBOUNDED]).tolist())

    def _compose(self, layers: Layers, part: Rect, levels: NDArray[np.uint16]) -> bool:
        changed = super()._compose(layers, part, levels)
        if changed:
            index = part.x // TILE_PX, part.y // TILE_PX
            tile = self.values[tile_rect(index, *self.values.shape).slices]
            counts = cv2.calcHist([tile], [0], None, [UNBOUNDED + 1], [0, UNBOUNDED + 1])[:, 0].astype(np.int64)
            self._count += counts - self._counts.get(index, 0)
            self._counts[index] = counts
        return changed


def _begins_with(layers: Layers, lowest: Layers) -> bool:
    return len(layers) >= len(lowest) and all(a is b for a, b in zip(layers, lowest, strict=False))


def _lowest_seen(layers: Layers, part: Rect) -> int:
    """The first layer that matters in a part of a tile."""
    return next((i for i in range(len(layers) - 1, 0, -1) if layers[i].hides_below(part)), 0)
