"""The order of pixels: a lattice that gets finer, by halves, in three passes a level.

Of a level with step s, the pixels whose row and column are multiples of 2 s are known. Then follow

    x 2 x 2      1: row and column odd multiples of s, amid four known pixels on the diagonals
    3 1 3 1      2: only the column odd; four known neighbours at distance s
    x 2 x 2      3: only the row odd; the diagonal ones are known, too
    3 1 3 1

The pixels of a pass do not see each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

REACH = 3
"""How many steps away a neighbour may lie."""

_DIAGONAL = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
AMID = (*_DIAGONAL, (-3, -1), (-3, 1), (-1, -3), (-1, 3), (1, -3), (1, 3), (3, -1), (3, 1))
BETWEEN = (
    *[(-1, 0), (1, 0), (0, -1), (0, 1)],
    *_DIAGONAL,
    *[(-2, -1), (-2, 1), (2, -1), (2, 1), (-1, -2), (-1, 2), (1, -2), (1, 2)],
    *[(-3, 0), (3, 0), (0, -3), (0, 3)],
)
"""Neighbours of pass 1 and of pass 3, rows and columns in steps; the first four are the nearest."""


@dataclass(frozen=True)
class Pass:
    """Pixels that are coded at once.

    Attributes:
        step: of the level.
        row, column: of the first pixel; the others follow at twice the step.
        kind: 0 for pixels amid four, 1 for pixels between them.
        offsets: of the neighbours, rows and columns in steps.
    """

    step: int
    row: int
    column: int
    kind: int
    offsets: tuple[tuple[int, int], ...]


def passes(height: int, width: int) -> Iterator[Pass]:
    """All passes of a part of that size; the first has its corner alone."""
    step = 1 << (max(height, width) - 1).bit_length()
    yield Pass(step, 0, 0, 0, AMID)
    while step > 1:
        step //= 2
        yield Pass(step, step, step, 0, AMID)
        yield Pass(step, 0, step, 1, tuple((column, row) for row, column in BETWEEN))
        yield Pass(step, step, 0, 1, BETWEEN)
