"""The chunk of an .sfc file that holds kept pixels: the tiles that have any. SFC.md specifies it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.fields import FieldReader, number
from qmap_studio.codec.common.kept.bits import CellBits
from qmap_studio.codec.common.kept.codes import NOT_KEPT, bounds_of
from qmap_studio.codec.common.kept.tile import TileContent, unpack_tile
from qmap_studio.codec.common.kept.tiles import TileGrid
from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr


def pack_tiles(tiles: Mapping[int, bytes]) -> bytes:
    """The chunk of the tiles' streams, by their numbers; no bytes at all without a tile."""
    parts, before = [], -1
    for index in sorted(tiles):
        parts += [number(index - before - 1), number(len(tiles[index])), tiles[index]]
        before = index
    return b"".join(parts)


@dataclass(frozen=True)
class KeptFile:
    """The kept pixels of a file.

    Attributes:
        tiles: what is kept, and the length of its stream in bytes, by the tile's number.
    """

    grid: TileGrid
    tiles: Mapping[int, tuple[TileContent, int]]

    @classmethod
    def unpack(cls, data: bytes, height: int, width: int) -> "KeptFile":
        """Of a picture of that size.

        Raises:
            BitstreamError: the bytes are no such chunk.
        """
        grid, reader, index = TileGrid(height, width), FieldReader(data), -1
        tiles: dict[int, tuple[TileContent, int]] = {}
        while not reader.ended:
            index += reader.take_number() + 1
            if index >= grid.count:
                raise BitstreamError(tr("The .sfc file is damaged: a part without loss lies outside of the picture."))
            stream = reader.take_sized()
            rect = grid.rect(index)
            tiles[index] = unpack_tile(stream, rect.height, rect.width), len(stream)
        return cls(grid, tiles)

    def put_into(self, pixels: NDArray[np.uint8]) -> None:
        """Writes the kept pixels into the picture, uint8 (H, W, 3)."""
        for index, (content, _) in self.tiles.items():
            part = pixels[self._part(index, content)]
            np.copyto(part, content.pixels, where=(content.codes != NOT_KEPT)[..., None])

    @property
    def bounds(self) -> Bounds | None:
        """The bounds that were asked for, None if nothing was."""
        bounds = np.full((self.grid.height, self.grid.width), UNBOUNDED, np.uint8)
        for index, (content, _) in self.tiles.items():
            bounds[self._part(index, content)] = bounds_of(content.codes)
        return bounds if (bounds != UNBOUNDED).any() else None

    def cell_bits(self) -> NDArray[np.float32]:
        """Bits of the picture's cells, (rows, columns)."""
        bits = CellBits(self.grid)
        for index, (content, size) in self.tiles.items():
            rect = self.grid.rect(index)
            pixels = np.zeros((rect.height, rect.width, 3), np.uint8)
            codes = np.zeros((rect.height, rect.width), np.uint8)
            part = np.s_[content.y : content.y + len(content.codes), content.x : content.x + content.codes.shape[1]]
            pixels[part], codes[part] = content.pixels, content.codes
            bits.set(index, pixels, codes, size)
        return bits.values

    def _part(self, index: int, content: TileContent) -> tuple[slice, slice]:
        rect, (height, width) = self.grid.rect(index), content.codes.shape
        top, left = rect.y + content.y, rect.x + content.x
        return slice(top, top + height), slice(left, left + width)
