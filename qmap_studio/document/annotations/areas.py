"""Whether the values of a raster are labels of areas, or amounts: a mask or a heat map.

Labels lie in areas of one value, next to any other value. Amounts rise and fall: neighbours differ by little, and
values of soft edges or noise have no area of their own. So values are labels if

- there are two, or one: a mask of something;
- or there are few (64 of 8 bits, 1024 wider ones, 256 colours or numbers of a palette), at least half of the pixels
  equal both their right and their lower neighbour, and so does a quarter of the pixels of three values in four (a few
  stray pixels do no harm: of all values but two);
- and, of greys, not more than 8 of them, or at most three in four changes from a pixel to the next are to the next
  higher or lower value: a heat map of few levels looks like a staircase.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect

_MOST_GREYS, _MOST_NUMBERS, _MOST_COLOURS = 64, 1024, 256
_FEWEST_FLAT, _FEWEST_FLAT_OF_VALUE, _MOST_WITHOUT_AREA, _STRAY = 0.5, 0.25, 0.25, 2
_MOST_WITHOUT_ORDER, _MOST_STEPS = 8, 0.75
_STRIP_PIXELS = 2**20


@dataclass(frozen=True)
class Areas:
    """Where each value of a raster lies.

    Attributes:
        values: the different ones, ascending.
        numbers: uint16 (H, W), the place of each pixel's value among them.
    """

    values: tuple[int, ...]
    numbers: NDArray[np.uint16]


def find_areas(values: NDArray[Any], is_ordered: bool) -> Areas | None:
    """The areas of integers (H, W); None if they are amounts.

    Args:
        is_ordered: one value is more than another; of colours and the numbers of a palette none is.
    """
    most = _MOST_COLOURS if not is_ordered else _MOST_GREYS if values.dtype.itemsize == 1 else _MOST_NUMBERS
    find = _found_by_table if values.dtype.kind == "u" and values.dtype.itemsize <= 2 else _found_by_order
    areas = find(values, most)
    if areas is None or (len(areas.values) > 2 and not _are_labels(areas.numbers, len(areas.values), is_ordered)):
        return None
    return areas


def _found_by_table(values: NDArray[Any], most: int) -> Areas | None:
    """Of values up to 65535; None if there are too many."""
    is_there = np.zeros(np.iinfo(values.dtype).max + 1, bool)
    for rows in _strips(values):
        is_there[values[rows]] = True
    different = np.flatnonzero(is_there)
    if len(different) > most:
        return None
    places = (np.cumsum(is_there) - 1).astype(np.uint16)
    numbers = np.empty(values.shape, np.uint16)
    for rows in _strips(values):
        numbers[rows] = places[values[rows]]
    return Areas(tuple(map(int, different)), numbers)


def _found_by_order(values: NDArray[Any], most: int) -> Areas | None:
    """Of any values; None if there are too many, or hardly two pixels in a row are equal."""
    different, changes = values[:0, 0], 0
    for rows in _strips(values):
        strip = values[rows]
        changed = strip[:, 1:] != strip[:, :-1]
        changes += np.count_nonzero(changed)
        different = np.unique(np.concatenate([different, strip[:, 0], strip[:, 1:][changed]]))
        if len(different) > most or (len(different) > 2 and changes > (1 - _FEWEST_FLAT) * values.size):
            return None
    numbers = np.empty(values.shape, np.uint16)
    for rows in _strips(values):
        numbers[rows] = np.searchsorted(different, values[rows])
    return Areas(tuple(map(int, different)), numbers)


def _are_labels(numbers: NDArray[np.uint16], count: int, is_ordered: bool) -> bool:
    pixels, flat = np.zeros(count, np.int64), np.zeros(count, np.int64)
    changes = steps = 0
    for rows in _strips(numbers):
        strip = numbers[rows.start : rows.stop + 1]
        here, right, below = strip[:-1, :-1], strip[:-1, 1:], strip[1:, :-1]
        pixels += np.bincount(here.ravel(), minlength=count)
        flat += np.bincount(here[(here == right) & (here == below)], minlength=count)
        changes += int(np.count_nonzero(here != right))
        steps += int(np.count_nonzero((here == right + np.uint16(1)) | (right == here + np.uint16(1))))
    is_flat = flat.sum() >= _FEWEST_FLAT * pixels.sum()
    without_area = np.count_nonzero(flat < _FEWEST_FLAT_OF_VALUE * np.maximum(pixels, 1))
    is_staircase = is_ordered and count > _MOST_WITHOUT_ORDER and steps > _MOST_STEPS * changes
    return bool(is_flat and without_area <= max(_STRAY, _MOST_WITHOUT_AREA * count) and not is_staircase)


def bounds_of(areas: Areas) -> list[Rect]:
    """The rectangle around each value."""
    height, width = areas.numbers.shape
    in_row, in_column = (np.zeros((len(areas.values), side), bool) for side in (height, width))
    columns = np.arange(width)
    for rows in _strips(areas.numbers):
        strip = areas.numbers[rows]
        in_row[strip, np.arange(height)[rows, None]] = True
        in_column[strip, columns] = True
    bounds = []
    for ys, xs in zip(map(np.flatnonzero, in_row), map(np.flatnonzero, in_column), strict=True):
        bounds.append(Rect(int(xs[0]), int(ys[0]), int(xs[-1] - xs[0]) + 1, int(ys[-1] - ys[0]) + 1))
    return bounds


def connected(pixels: NDArray[np.bool_], most: int) -> Iterator[tuple[NDArray[np.bool_], Rect]]:
    """The connected parts of a mask, each cut to the rectangle where it lies; the whole mask if there are too many.

    Pixels that touch at a corner are connected.
    """
    from qmap_studio.core.opencv import cv2

    count, parts, statistics, _ = cv2.connectedComponentsWithStats(pixels.view(np.uint8), connectivity=8)
    rects = [Rect(*map(int, row[:4])) for row in statistics[1 : most + 2]]
    if count - 1 > most or sum(rect.area for rect in rects) > 2 * pixels.size:
        yield pixels, Rect.whole(*pixels.shape)
        return
    for number, rect in enumerate(rects, 1):
        yield parts[rect.slices] == number, rect


def _strips(values: NDArray[Any]) -> Iterator[slice]:
    rows = max(1, _STRIP_PIXELS // values.shape[1])
    return (slice(top, top + rows) for top in range(0, values.shape[0], rows))
