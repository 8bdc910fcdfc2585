"""The parts of a picture that are coded by themselves.

They begin on the grid of blocks, so that their cells, of both latents, are those of the whole picture.
"""

from math import isqrt

import numpy as np
import numpy.typing as npt

from qmap_studio.core.cells import BLOCK_PX, CELLS_PER_BLOCK
from qmap_studio.core.rect import Rect

GOLDEN = (5**0.5 - 1) / 2  # its multiples, of which only the fraction counts, stay apart


def blocks_of(rect: Rect) -> tuple[slice, slice]:
    """The rows and columns of blocks under a rectangle within the picture."""
    rows = slice(rect.y // BLOCK_PX, -(-rect.bottom // BLOCK_PX))
    return rows, slice(rect.x // BLOCK_PX, -(-rect.right // BLOCK_PX))


def spread_over_cells(blocks: npt.NDArray[np.bool_], rows: int, columns: int) -> npt.NDArray[np.bool_]:
    """What holds for a block, for each of its cells: (rows, columns)."""
    return blocks.repeat(CELLS_PER_BLOCK, axis=0).repeat(CELLS_PER_BLOCK, axis=1)[:rows, :columns]


def widened(rect: Rect, margin_px: int, whole: Rect) -> Rect:
    """A part with a margin around it, on the block grid, within the picture."""
    return rect.expanded(margin_px).aligned(BLOCK_PX).intersected(whole)


def narrowed(rect: Rect, margin_px: int, whole: Rect) -> Rect:
    """A part without its margin; the picture's own edges need none."""
    left = rect.x if rect.x == whole.x else rect.x + margin_px
    top = rect.y if rect.y == whole.y else rect.y + margin_px
    right = rect.right if rect.right == whole.right else rect.right - margin_px
    bottom = rect.bottom if rect.bottom == whole.bottom else rect.bottom - margin_px
    return Rect(left, top, max(0, right - left), max(0, bottom - top))


def window(rect: Rect, point: tuple[int, int], max_area_px: int) -> Rect:
    """The part of a rectangle around a point, of at most so many pixels (at least a block), on the block grid."""
    if rect.area <= max_area_px:
        return rect
    height = min(rect.height, _on_grid(isqrt(max_area_px)))
    width = min(rect.width, _on_grid(max_area_px // height))
    height = min(rect.height, _on_grid(max_area_px // width))
    x = _centred(point[0], width, rect.x, rect.right)
    y = _centred(point[1], height, rect.y, rect.bottom)
    return Rect(x, y, width, height).intersected(rect)


def samples(rect: Rect, blocks: npt.NDArray[np.bool_], side_px: int, count: int, turn: int) -> list[Rect]:
    """Parts of a rectangle, of so many pixels a side, around blocks that are spread evenly; others at each turn."""
    rows, columns = blocks_of(rect)
    places = np.argwhere(blocks[rows, columns])
    shares = ((np.arange(count) + 0.5) / count + turn * GOLDEN) % 1
    chosen = places[(shares * len(places)).astype(int)] + (rows.start, columns.start)
    middles = [(column * BLOCK_PX + BLOCK_PX // 2, row * BLOCK_PX + BLOCK_PX // 2) for row, column in chosen.tolist()]
    return [window(rect, middle, side_px**2) for middle in middles]


def _on_grid(length: int) -> int:
    return max(BLOCK_PX, length // BLOCK_PX * BLOCK_PX)


def _centred(middle: int, length: int, low: int, high: int) -> int:
    """The grid line from which `length` pixels lie about `middle`, within low and high."""
    first = -(-low // BLOCK_PX) * BLOCK_PX
    last = max(first, -(-(high - length) // BLOCK_PX) * BLOCK_PX)
    return min(max(round((middle - length / 2) / BLOCK_PX) * BLOCK_PX, first), last)
