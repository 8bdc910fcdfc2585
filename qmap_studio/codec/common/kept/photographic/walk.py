"""One walk over kept pixels, pass by pass and plane by plane, that coder, decoder and training share."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.kept.photographic.neighbours import (
    FRACTION,
    NEAREST,
    UNKNOWN,
    Floats,
    Neighbourhood,
    in_spreads,
    look,
)
from qmap_studio.codec.common.kept.photographic.order import REACH, Pass, passes

_KNOWN, _COUNT = 64, 8  # what a known neighbour, and each of their number, is to the networks


@dataclass(frozen=True)
class Question:
    """n pixels whose values in a plane are to be told.

    Attributes:
        plane, kind: which network answers.
        rows, columns: integers (n,), the pixels.
        around: their neighbours in the plane.
        features: float32 (features, n), whole numbers from -255 to 255.
    """

    plane: int
    kind: int
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    around: Neighbourhood
    features: Floats


Answer = Callable[[Question], tuple[Floats, Floats]]
"""Gives the values, (n,) in levels, and what they were expected to be, (n,) in eighths."""


@dataclass(frozen=True)
class _Told:
    """A plane that is known already at the pixels that are asked for."""

    around: Neighbourhood
    error: Floats


def walk(kept: NDArray[np.bool_], means: Sequence[int], answer: Answer) -> None:
    """Asks for the kept pixels, bool (H, W), in as many planes as there are means."""
    height, width = kept.shape
    values = np.full((len(means), height, width), UNKNOWN, np.float32)
    errors = np.zeros_like(values)
    for part in passes(height, width):
        lattice = np.s_[part.row :: 2 * part.step, part.column :: 2 * part.step]
        rows, columns = np.nonzero(kept[lattice])
        if not rows.size:
            continue
        rows, columns = part.row + 2 * part.step * rows, part.column + 2 * part.step * columns
        where = _Places(kept.shape, part, rows, columns)
        told: list[_Told] = []
        for plane, mean in enumerate(means):
            around = look(where.around(values[plane], part.offsets, UNKNOWN), mean)
            before = where.around(errors[plane], part.offsets[:NEAREST], 0)
            features = _features(around, before, told)
            new, expected = answer(Question(plane, part.kind, rows, columns, around, features))
            values[plane, rows, columns] = new
            error = FRACTION * new - expected
            errors[plane, rows, columns] = error
            told.append(_Told(around, error))


class _Places:
    """Where the neighbours of a pass's pixels are."""

    def __init__(self, shape: tuple[int, ...], part: Pass, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> None:
        self._step, margin = part.step, REACH
        self._width = -(-shape[1] // part.step) + 2 * margin
        self._at = (rows // part.step + margin) * self._width + columns // part.step + margin

    def around(self, plane: Floats, offsets: Sequence[tuple[int, int]], outside: float) -> Floats:
        """The neighbours' values, (offsets, n)."""
        lattice = np.pad(plane[:: self._step, :: self._step], REACH, constant_values=outside)
        moves = np.array([row * self._width + column for row, column in offsets])
        return lattice.ravel()[moves[:, None] + self._at]


def _features(around: Neighbourhood, before: Floats, told: Sequence[_Told]) -> Floats:
    def parts() -> Iterator[Floats]:
        yield around.differences
        yield in_spreads(before, around.spread)
        yield _KNOWN * around.known[:NEAREST].astype(np.float32)
        yield _COUNT * around.known.sum(axis=0, keepdims=True, dtype=np.float32)
        yield around.log_spread[None]
        for plane in told:
            yield in_spreads(plane.error, plane.around.spread)[None]
            yield in_spreads(plane.error, around.spread)[None]
            yield plane.around.differences[:NEAREST]
            yield plane.around.log_spread[None]

    return np.concatenate(list(parts()))
