import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.core.cells import (
    CELL_PX,
    MAX_LEVEL,
    cells_across,
    cells_of,
    level_of,
    levels_of,
    mean_of_cells,
    pixels_of_cells,
    qualities_of,
)
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


@pytest.mark.parametrize("kind", [np.uint16, np.float32])
def test_the_means_of_cells_count_the_pixels_that_they_have(kind):
    values = np.random.default_rng(0).integers(0, 65536, (37, 50)).astype(kind)
    means = mean_of_cells(values)
    assert means.shape == (3, 4)
    assert means[2, 3] == pytest.approx(values[32:, 48:].mean(dtype=np.float64))
    assert pixels_of_cells(37, 50).tolist() == [[256, 256, 256, 32], [256, 256, 256, 32], [80, 80, 80, 10]]
