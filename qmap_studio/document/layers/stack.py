"""The layers of one aspect from below, composed tile by tile into its levels."""

from collections.abc import Iterator
from math import inf
from time import perf_counter
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.opencv import cv2
from qmap_studio.core.rect import NOWHERE, Rect, around
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
        self._stale: set[TileIndex] = set()  # tiles that are not composed yet
        self._turn = 0, 0  # row and column of the one whose turn it is
        self._below: Layers = ()
        self._kept_below: dict[TileIndex, NDArray[np.uint16]] = {}
        if layers:
            self.compose(Rect.whole(height, width))

    def show(self, layers: Layers, until: float = inf) -> Rect:
        """Takes other layers and composes where they differ.

        Args:
            until: when to stop, by the clock of `perf_counter`; what is left is for `catch_up`.
        Returns:
            Around the parts in which a level has changed.
        """
        parts, known = self.difference(layers), self.layers
        self.layers = layers
        added = layers[len(known) :]
        if not self._stale and _begins_with(layers, known) and not any(map(_looks_around_below, added)):
            # What lies over all others is laid over what they come to, which takes no time worth speaking of.
            return around([self._lay(part, added, until) for part in parts])
        if until == inf and not self._stale:
            return around(part for part in parts if self.compose(part))
        for part in parts:
            self._stale.update(index for index, _ in parts_of(part))
        return self.catch_up(until)

    @property
    def is_behind(self) -> bool:
        """Whether some levels are still those of other layers."""
        return bool(self._stale)

    def catch_up(self, until: float = inf) -> Rect:
        """Composes what was left, as `show` does; for a moment only, that is a band of the map, and then the next."""
        changed = self._compose_band(until)
        while self._stale and until == inf:
            changed = changed.united(self._compose_band(until))
        return changed

    def _compose_band(self, until: float) -> Rect:
        changed = NOWHERE
        for index in self._next_stale():
            self._stale.discard(index)
            tile = tile_rect(index, *self.values.shape)
            if self.compose(tile):
                changed = changed.united(tile)
            if perf_counter() >= until:
                break
        return changed

    def _next_stale(self) -> Iterator[TileIndex]:
        """By rows, on from where it was left, to the last one; then from the first."""
        by_rows = sorted(self._stale, key=lambda index: index[::-1])
        rest = [index for index in by_rows if index[::-1] >= self._turn] or by_rows
        for index in rest:
            self._turn = index[::-1]
            yield index
        self._turn = 0, 0

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
            changed |= self._compose(self.layers, lowest, part, composed)
        return changed

    def difference(self, layers: Layers) -> list[Rect]:
        """Where other layers may come to other levels."""
        height, width = self.values.shape
        before, after = differing(self.layers, layers)
        if len(before) == len(after) == 1:
            changed = before[0].difference(after[0], height, width)
        else:
            changed = [around(layer.reach(height, width) for layer in (*before, *after))]
        return [self._seen_in(rect, layers) for rect in changed]

    def reached(self, rect: Rect, layer: Layer) -> Rect:
        """Where levels may change once what a layer holds has changed within a rectangle."""
        height, width = self.values.shape
        return self._seen_in(rect.expanded(layer.margin_px).clipped(width, height), self.layers)

    def _seen_in(self, rect: Rect, layers: Layers) -> Rect:
        """Where what has changed in a rectangle is seen by layers that look around below them."""
        margin = sum(layer.margin_px for layer in layers if layer.reads_below)
        height, width = self.values.shape
        return rect.expanded(margin).clipped(width, height) if margin and not rect.empty else rect

    def _lay(self, rect: Rect, layers: Layers, until: float) -> Rect:
        """Lays layers, none of which looks around below it, over the levels as they are; gives where any has changed.

        When the time has come, what is left is for `catch_up`.
        """
        changed = NOWHERE
        for index, part in parts_of(rect):
            if perf_counter() >= until:
                self._stale.add(index)
            elif self._compose(layers, 0, part, self.values[part.slices].astype(np.uint16)):
                changed = changed.united(part)
        return changed

    def _compose(self, layers: Layers, first: int, part: Rect, levels: NDArray[np.uint16]) -> bool:
        """Lays layers from the first on over levels, which become the map's; tells whether any is another."""
        levels = self._laid(layers, first, part, levels)
        values, levels = self.values[part.slices], levels.astype(self._TYPE, copy=False)
        if cv2.norm(values, levels, cv2.NORM_INF) == 0:  # the largest difference, in less than half of NumPy's time
            return False
        values[...] = levels
        return True

    def _laid(self, layers: Layers, first: int, part: Rect, levels: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """Lays layers from the first on over the levels of a part of a tile, in place, and gives them."""
        whole = Rect.whole(*self.values.shape)
        for i in range(first, len(layers)):
            below = levels
            if _looks_around_below(layers[i]):
                below = self._levels(layers[:i], part.expanded(layers[i].margin_px).intersected(whole))
            layers[i].compose(part, whole, levels, below)
        return levels

    def _levels(self, layers: Layers, rect: Rect) -> NDArray[np.uint16]:
        """What layers come to in a rectangle."""
        levels = self._blank(rect)
        is_kept = len(layers) == len(self._below) > 1 and _begins_with(layers, self._below)
        for index, part in parts_of(rect):
            place = part.moved(-rect.x, -rect.y).slices
            if is_kept:
                levels[place] = self._composed_below(index, part)
            else:
                levels[place] = self._laid(layers, _lowest_seen(layers, part), part, self._blank(part))
        return levels

    def _composed_below(self, index: TileIndex, part: Rect) -> NDArray[np.uint16]:
        """A copy of what the kept layers come to in a part of a tile."""
        tile = tile_rect(index, *self.values.shape)
        levels = self._kept_below.get(index)
        if levels is None:
            levels = self._laid(self._below, _lowest_seen(self._below, tile), tile, self._blank(tile))
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

    def _compose(self, layers: Layers, first: int, part: Rect, levels: NDArray[np.uint16]) -> bool:
        changed = super()._compose(layers, first, part, levels)
        if changed:
            index = part.x // TILE_PX, part.y // TILE_PX
            tile = self.values[tile_rect(index, *self.values.shape).slices]
            counts = cv2.calcHist([tile], [0], None, [UNBOUNDED + 1], [0, UNBOUNDED + 1])[:, 0].astype(np.int64)
            self._count += counts - self._counts.get(index, 0)
            self._counts[index] = counts
        return changed


def _begins_with(layers: Layers, lowest: Layers) -> bool:
    return len(layers) >= len(lowest) and all(a is b for a, b in zip(layers, lowest, strict=False))


def _looks_around_below(layer: Layer) -> bool:
    return layer.reads_below and layer.margin_px > 0


def _lowest_seen(layers: Layers, part: Rect) -> int:
    """The first layer that matters in a part of a tile."""
    return next((i for i in range(len(layers) - 1, 0, -1) if layers[i].hides_below(part)), 0)
