"""In which order a picture is coded exactly: piece by piece, from where the user looks."""

import math

import numpy as np
import numpy.typing as npt

from qmap_studio.core.cells import BLOCK_PX
from qmap_studio.core.rect import Rect
from qmap_studio.engine.grid import blocks_of

PIECE_BLOCKS = 16  # the largest side of the parts that are brought up to date at once
SMALLEST_PIECE_BLOCKS, LEAST_PIECES = 8, 12


def side_of_pieces(blocks: int) -> int:
    """The side of a piece, in blocks; of a large picture of so many blocks there are a dozen pieces at least."""
    side = math.ceil(math.sqrt(blocks / LEAST_PIECES))
    return min(PIECE_BLOCKS, max(SMALLEST_PIECE_BLOCKS, side))


def first_rectangle(blocks: npt.NDArray[np.bool_]) -> Rect | None:
    """The topmost run of blocks, and as many rows below as it goes on in; in pixels, None without any."""
    places = np.argwhere(blocks)
    if not len(places):
        return None
    row, column = places[0].tolist()
    width = _run(blocks[row, column:])
    height = _run(blocks[row:, column : column + width].all(axis=1))
    return Rect(column * BLOCK_PX, row * BLOCK_PX, width * BLOCK_PX, height * BLOCK_PX)


def _run(flags: npt.NDArray[np.bool_]) -> int:
    """How many are True from the first on."""
    return len(flags) if flags.all() else int(flags.argmin())


def next_piece(stale: npt.NDArray[np.bool_], visible: Rect, focus: tuple[int, int], side: int) -> Rect | None:
    """The part to be coded exactly next: what is stale nearest to the focus, what is visible first.

    While most is stale every other piece comes first, as on a chessboard: so estimates of the rest are better.

    Args:
        stale: bool, for each block of the picture.
        visible: in pixels, within the picture; may be empty.
        focus: x and y of the pixel where the user looks.
        side: of a piece at most, in blocks.
    Returns:
        whole blocks, in pixels, which may reach beyond the picture; None if nothing is stale.
    """
    if not stale.any():
        return None
    seen = np.zeros_like(stale)
    if not visible.empty:
        seen[blocks_of(visible)] = True
    places = np.argwhere(stale & seen if (stale & seen).any() else stale)
    x, y = focus
    middle = np.array((y // BLOCK_PX, x // BLOCK_PX))
    distance = np.abs(places - middle).max(axis=1)
    # From a fixed lattice, so that the pieces do not overlap.
    pieces = places // side
    if np.mean(stale) > 0.5:
        distance += stale.size * ((pieces - middle // side).sum(axis=1) % 2)
    row, column = (pieces[distance.argmin()] * side).tolist()
    part = stale[row : row + side, column : column + side]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    top, left = row + int(rows[0]), column + int(columns[0])
    height, width = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    return Rect(left * BLOCK_PX, top * BLOCK_PX, width * BLOCK_PX, height * BLOCK_PX)
