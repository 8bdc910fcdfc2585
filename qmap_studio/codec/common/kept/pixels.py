"""The kept pixels of a picture while it is encoded: those with error bounds, and cells that are chosen tile by tile."""

import threading
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.kept import codes as kept_codes
from qmap_studio.codec.common.kept.bits import CellBits
from qmap_studio.codec.common.kept.chunk import pack_tiles
from qmap_studio.codec.common.kept.codes import CHOSEN, NOT_KEPT, Codes
from qmap_studio.codec.common.kept.fill import filled
from qmap_studio.codec.common.kept.graphics import GraphicCells, graphic_cells
from qmap_studio.codec.common.kept.tile import pack_tile
from qmap_studio.codec.common.kept.tiles import TileGrid
from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.cells import CELL_PX, cells_of
from qmap_studio.core.rect import Rect

Levels = NDArray[np.float32]
"""(rows, columns), the cells' qualities in 65535ths."""


@dataclass
class _Tile:
    """What is known of a tile.

    Attributes:
        graphics: its cells that may be chosen.
        decided_for: the codes that were asked for and the levels for which `codes` were found.
        codes: uint8 (H, W), all of what is kept; None where nothing is.
        stream: of the kept pixels, once it is asked for.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    is_found: bool = False
    graphics: GraphicCells | None = None
    decided_for: tuple[Codes | None, Levels] | None = None
    codes: Codes | None = None
    stream: bytes | None = None


class KeptPixels:
    """Which pixels are kept, what the networks see instead, and the streams of the tiles.

    A tile is looked at when a part of it is first prepared. Several threads may work on tiles.

    Args:
        pixels: uint8 (H, W, 3), the picture.
        levels: of its cells.
        bounds: that were asked for.

    Attributes:
        seen: uint8 (H, W, 3), the picture as the networks see it, where it was prepared.
    """

    def __init__(self, pixels: NDArray[np.uint8], levels: Levels, bounds: Bounds | None) -> None:
        self._pixels, self._levels, self._bounds = pixels, levels, bounds
        self.seen = pixels
        self._grid = TileGrid(*pixels.shape[:2])
        self._tiles = [_Tile() for _ in range(self._grid.count)]
        self._bits = CellBits(self._grid)
        self._lock = threading.Lock()

    def prepare(self, rect: Rect) -> None:
        """Decides what is kept in the tiles under a rectangle that were not looked at yet."""
        for index in self._grid.touching(rect):
            tile = self._tiles[index]
            with tile.lock:
                if not tile.is_found:
                    tile.graphics = graphic_cells(self._pixels[self._grid.rect(index).slices])
                    self._decide(index)
                    tile.is_found = True

    def change(self, levels: Levels, bounds: Bounds | None) -> NDArray[np.bool_]:
        """Goes on with other qualities and bounds.

        Returns:
            bool (rows, columns), the cells of which something else is kept now.
        """
        changed = np.zeros(levels.shape, bool)
        self._levels, self._bounds = levels, bounds
        for index, tile in enumerate(self._tiles):
            if tile.is_found:
                changed[cells_of(self._grid.rect(index)).slices] = self._decide(index)
        return changed

    def put_into(self, pixels: NDArray[np.uint8], rect: Rect) -> None:
        """Writes the kept pixels of a rectangle into the part of a picture that lies there, uint8 (H, W, 3)."""
        for index in self._grid.touching(rect):
            codes, whole = self._tiles[index].codes, self._grid.rect(index)
            if codes is not None:
                part = whole.intersected(rect)
                codes = codes[part.moved(-whole.x, -whole.y).slices]
                values = kept_codes.restored(kept_codes.stored(self._pixels[part.slices], codes), codes)
                there = pixels[part.moved(-rect.x, -rect.y).slices]
                np.copyto(there, values, where=(codes != NOT_KEPT)[..., None])

    def as_kept(self, rect: Rect) -> NDArray[np.uint8]:
        """A rectangle of the picture, kept pixels as a file holds them, uint8 (H, W, 3); only to be read."""
        pixels = self._pixels[rect.slices]
        if any(self._tiles[index].codes is not None for index in self._grid.touching(rect)):
            pixels = pixels.copy()
            self.put_into(pixels, rect)
        return pixels

    def write(self, rect: Rect) -> None:
        """Makes the streams of the tiles under a rectangle."""
        for index in self._grid.touching(rect):
            tile = self._tiles[index]
            with tile.lock:
                if tile.codes is not None and tile.stream is None:
                    pixels = self.as_kept(self._grid.rect(index))
                    tile.stream = pack_tile(pixels, tile.codes)
                    self._bits.set(index, pixels, tile.codes, len(tile.stream))

    def cell_bits(self) -> NDArray[np.float32]:
        """Bits of each cell, (rows, columns), where the streams are made."""
        return self._bits.values

    def chunk(self) -> bytes:
        """What a file holds of the tiles, whose streams are made; no bytes at all where nothing is kept."""
        return pack_tiles({index: tile.stream for index, tile in enumerate(self._tiles) if tile.stream is not None})

    def _decide(self, index: int) -> NDArray[np.bool_] | np.bool_:
        """Finds what is kept in a tile; gives the cells in which that is something else now."""
        tile, part = self._tiles[index], self._grid.rect(index)
        asked, levels = self._asked(part), self._levels[cells_of(part).slices]
        if not _is_other(tile.decided_for, (asked, levels)):
            return np.False_
        tile.decided_for = asked, levels.copy()
        codes = np.zeros((part.height, part.width), np.uint8) if asked is None else asked.copy()
        if tile.graphics is not None:
            kept = tile.graphics.worthwhile(levels) & (_by_cell(codes) == 0)
            codes[_of_cells(kept)[: part.height, : part.width]] = CHOSEN
        changed = _by_cell(codes != (0 if tile.codes is None else tile.codes)) > 0
        if changed.any():
            tile.codes, tile.stream = codes if codes.any() else None, None
            if tile.codes is None:  # else its cells cost about what they did until the new stream is made
                self._bits.clear(index)
            self._show(part, codes != NOT_KEPT)
        return changed

    def _asked(self, part: Rect) -> Codes | None:
        """The codes that bounds ask for in a part, None where they ask for nothing."""
        if self._bounds is None or (self._bounds[part.slices] == UNBOUNDED).all():
            return None
        return kept_codes.codes_of(self._bounds[part.slices])

    def _show(self, part: Rect, kept: NDArray[np.bool_]) -> None:
        """What the networks see of a tile."""
        with self._lock:
            if self.seen is self._pixels:
                self.seen = self._pixels.copy()
        self.seen[part.slices] = filled(self._pixels[part.slices], kept)


def _is_other(before: tuple[Codes | None, Levels] | None, now: tuple[Codes | None, Levels]) -> bool:
    if before is None or not np.array_equal(before[1], now[1]):
        return True
    asked, asks = before[0], now[0]
    return asked is not asks if asked is None or asks is None else not np.array_equal(asked, asks)


def _by_cell(pixels: NDArray[np.generic]) -> NDArray[np.int64]:
    """How many pixels of each cell are not 0."""
    counts = (pixels != 0).astype(np.int64)
    for axis in (0, 1):
        counts = np.add.reduceat(counts, np.arange(0, counts.shape[axis], CELL_PX), axis=axis)
    return counts


def _of_cells(cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return cells.repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)
