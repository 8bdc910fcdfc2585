"""Rectangles against sets of pixels."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.core.rect import NOWHERE, Rect

SIDE = 12
rects = st.builds(Rect, *[st.integers(0, SIDE)] * 2, *[st.integers(0, SIDE)] * 2)


def pixels_of(rect: Rect) -> set[tuple[int, int]]:
    return {(x, y) for x in range(rect.x, rect.right) for y in range(rect.y, rect.bottom)}


@given(rects, rects)
def test_intersection_is_the_shared_pixels(a: Rect, b: Rect) -> None:
    assert pixels_of(a.intersected(b)) == pixels_of(a) & pixels_of(b)


@given(rects, rects)
def test_union_holds_both_and_an_empty_one_adds_nothing(a: Rect, b: Rect) -> None:
    both = pixels_of(a) | pixels_of(b)
    union = a.united(b)
    assert both <= pixels_of(union)
    if both:
        assert union.x == min(x for x, _ in both)
        assert union.bottom == max(y for _, y in both) + 1
    else:
        assert union.empty


@given(rects, st.integers(1, 5))
def test_aligned_is_the_smallest_on_the_grid(rect: Rect, step: int) -> None:
    aligned = rect.aligned(step)
    assert pixels_of(rect) <= pixels_of(aligned)
    assert aligned.x % step == aligned.y % step == aligned.right % step == aligned.bottom % step == 0
    assert rect.x - aligned.x < step
    assert aligned.bottom - rect.bottom < step


def test_slices_index_rows_first() -> None:
    values = np.zeros((5, 8))
    values[Rect(1, 2, 3, 1).slices] = 1
    assert np.argwhere(values).tolist() == [[2, 1], [2, 2], [2, 3]]
    assert values[Rect.whole(5, 8).slices].shape == (5, 8)


def test_expanded_and_clipped() -> None:
    assert Rect(2, 3, 4, 5).expanded(2) == Rect(0, 1, 8, 9)
    assert Rect(2, 3, 4, 5).expanded(-3).empty
    assert Rect(-5, 3, 10, 50).clipped(4, 10) == Rect(0, 3, 4, 7)
    assert Rect(20, 20, 5, 5).clipped(4, 4).empty


def test_area_counts_pixels_and_an_empty_rectangle_has_none():
    assert Rect(3, 4, 5, 6).area == 30
    assert Rect(3, 4, -5, -6).area == 0 == NOWHERE.area


def test_moved_back_and_forth_is_where_it_was():
    rect = Rect(3, 4, 5, 6)
    assert rect.moved(-3, -4) == Rect(0, 0, 5, 6)
    assert rect.moved(7, -2).moved(-7, 2) == rect
