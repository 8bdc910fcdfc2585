import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.core.cells import CELL_PX, MAX_LEVEL, cells_across, cells_of, level_of, levels_of, qualities_of
from qmap_studio.core.rect import Rect


def test_every_level_comes_back_from_its_quality():
    levels = np.arange(MAX_LEVEL + 1, dtype=np.uint16)
    np.testing.assert_array_equal(levels_of(qualities_of(levels)), levels)
    assert level_of(float(qualities_of(levels)[12345])) == 12345


@pytest.mark.parametrize("quality", [-0.01, 1.01, float("nan")])
def test_what_is_no_quality_has_no_level(quality):
    with pytest.raises(ValueError, match="0 to 1"):
        level_of(quality)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 200), st.integers(1, 200))
def test_cells_of_a_rectangle_are_the_smallest_that_cover_it(x, y, width, height):
    cells = cells_of(Rect(x, y, width, height))
    assert cells.x * CELL_PX <= x < (cells.x + 1) * CELL_PX
    assert (cells.bottom - 1) * CELL_PX < y + height <= cells.bottom * CELL_PX


def test_the_last_cell_may_be_cut():
    assert [cells_across(length) for length in (1, 16, 17)] == [1, 1, 2]
