"""How a picture is parted into tiles for kept pixels."""

from collections.abc import Iterator
from dataclasses import dataclass

from qmap_studio.codec.common.kept.tile import TILE_PX
from qmap_studio.core.rect import Rect


@dataclass(frozen=True)
class TileGrid:
    """Squares of TILE_PX from the top left, numbered row by row.

    >>> grid = TileGrid(height=300, width=600)
    >>> grid.count, grid.rect(5)
    (6, Rect(x=512, y=256, width=88, height=44))
    >>> list(grid.touching(Rect(250, 0, 10, 10)))
    [0, 1]
    """

    height: int
    width: int

    @property
    def columns(self) -> int:
        return -(-self.width // TILE_PX)

    @property
    def count(self) -> int:
        return self.columns * -(-self.height // TILE_PX)

    def rect(self, index: int) -> Rect:
        """The pixels of a tile."""
        row, column = divmod(index, self.columns)
        return Rect(column * TILE_PX, row * TILE_PX, TILE_PX, TILE_PX).clipped(self.width, self.height)

    def touching(self, rect: Rect) -> Iterator[int]:
        """The tiles under a rectangle."""
        grid = rect.clipped(self.width, self.height).aligned(TILE_PX)
        for top in range(grid.y, grid.bottom, TILE_PX):
            for left in range(grid.x, grid.right, TILE_PX):
                yield top // TILE_PX * self.columns + left // TILE_PX
