from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.core.cells import BLOCK_PX, cells_of
from qmap_studio.core.rect import Rect
from qmap_studio.engine.grid import blocks_of, narrowed, widened, window

sides = st.integers(1, 5000)


@st.composite
def parts(draw):
    """A picture and a part of it on the block grid."""
    whole = Rect.whole(draw(sides), draw(sides))
    x, y = draw(st.integers(0, whole.width - 1)), draw(st.integers(0, whole.height - 1))
    rect = Rect(x, y, draw(st.integers(1, whole.width - x)), draw(st.integers(1, whole.height - y)))
    return whole, widened(rect, 0, whole), (x, y)


@given(parts(), st.integers(BLOCK_PX**2, 400_000))
def test_a_window_is_a_part_on_the_grid_near_the_point_and_within_the_limit(case, limit_px):
    _, rect, (x, y) = case
    found = window(rect, (x, y), limit_px)
    assert 0 < found.area <= limit_px
    assert found.intersected(rect) == found
    assert found.x % BLOCK_PX == found.y % BLOCK_PX == 0
    assert not found.intersected(Rect(x, y, 1, 1)).empty


def test_a_long_thin_part_keeps_its_height_in_a_window():
    found = window(Rect(0, 64, 6400, 128), (3200, 100), 150_000)
    assert (found.y, found.height) == (64, 128)
    assert found.width == 1152
    assert abs(found.x + found.width // 2 - 3200) <= BLOCK_PX // 2


@given(parts(), st.integers(0, 200))
def test_what_a_margin_adds_it_takes_away_again(case, margin_px):
    whole, rect, _ = case
    inner = narrowed(widened(rect, margin_px, whole), margin_px, whole)
    assert inner.intersected(rect) == rect


def test_cells_at_the_edge_of_a_picture_are_counted_whole():
    assert cells_of(Rect(64, 0, 17, 16)) == Rect(4, 0, 2, 1)
    assert blocks_of(Rect(64, 0, 65, 64)) == (slice(0, 1), slice(1, 3))
