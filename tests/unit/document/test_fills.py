import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.core.rect import Rect
from qmap_studio.document import MAX_LEVEL, fills, level_of

heights = st.integers(1, 200)
points = st.tuples(st.floats(-50, 250), st.floats(-50, 250))
shares = st.floats(0, 1)


def quality(values):
    return values / MAX_LEVEL


def a_map(height=80, width=120, level=20000):
    return np.full((height, width), level, np.uint16)


def test_uniform():
    values = a_map()
    assert fills.uniform(values, 0.25) == Rect(0, 0, 120, 80)
    assert (values == level_of(0.25)).all()


def test_invert_twice_is_the_identity():
    values = np.random.default_rng(0).integers(0, MAX_LEVEL, (50, 70), np.uint16, endpoint=True)
    before = values.copy()
    fills.invert(values)
    np.testing.assert_array_equal(values.astype(int) + before, MAX_LEVEL)
    fills.invert(values)
    np.testing.assert_array_equal(values, before)


@given(heights, heights, points, points, shares, shares)
def test_a_linear_gradient_is_the_projection_on_its_axis(height, width, start, end, quality_from, quality_to):
    values = a_map(height, width)
    before = values.copy()
    rect = fills.linear_gradient(values, start, end, quality_from, quality_to)
    axis = np.subtract(end, start)
    if axis @ axis < 1:
        assert rect.empty
        np.testing.assert_array_equal(values, before)
        return
    y, x = np.mgrid[:height, :width] + 0.5
    share = np.clip(((x - start[0]) * axis[0] + (y - start[1]) * axis[1]) / (axis @ axis), 0, 1)
    np.testing.assert_allclose(quality(values), quality_from + share * (quality_to - quality_from), atol=1e-4)


@given(heights, heights, points, st.floats(1, 200), shares, shares)
def test_a_radial_gradient_follows_the_distance(height, width, centre, radius, inside, outside):
    values = a_map(height, width)
    fills.radial_gradient(values, centre, radius, inside, outside)
    y, x = np.mgrid[:height, :width] + 0.5
    share = np.clip(np.hypot(x - centre[0], y - centre[1]) / radius, 0, 1)
    np.testing.assert_allclose(quality(values), inside + share * (outside - inside), atol=1e-4)


def test_a_radial_gradient_without_a_radius_changes_nothing():
    values = a_map()
    assert fills.radial_gradient(values, (40, 40), 0.5, 1, 0).empty
    assert (values == 20000).all()


def test_gradients_reach_both_qualities_exactly():
    values = a_map()
    fills.linear_gradient(values, (30, 0), (90, 0), 0.0, 1.0)
    assert (values[:, :30] == 0).all()
    assert (values[:, 90:] == MAX_LEVEL).all()
    fills.radial_gradient(values, (60, 40), 20, 1.0, 0.0)
    assert values[0, 0] == 0


def test_a_rectangle_without_feather_is_sharp():
    values = a_map()
    assert fills.rectangle(values, Rect(10, 20, 30, 5), 0.8) == Rect(10, 20, 30, 5)
    expected = a_map()
    expected[20:25, 10:40] = level_of(0.8)
    np.testing.assert_array_equal(values, expected)


@given(st.integers(-40, 130), st.integers(-40, 130), st.integers(1, 100), st.integers(1, 100), st.floats(0, 40), shares)
def test_a_feather_fades_by_the_distance_to_the_rectangle(x, y, width, height, feather_px, target):
    values = a_map()
    rect = Rect(x, y, width, height)
    changed = fills.rectangle(values, rect, target, feather_px)
    column, row = np.arange(120) + 0.5, np.arange(80)[:, None] + 0.5
    across = np.maximum(np.maximum(x - column, column - rect.right), 0)
    down = np.maximum(np.maximum(y - row, row - rect.bottom), 0)
    distance = np.hypot(across, down)
    ramp = np.clip(1 - distance / feather_px, 0, 1) if feather_px > 0.5 else (distance == 0).astype(float)
    coverage = ramp * ramp * (3 - 2 * ramp)
    np.testing.assert_allclose(values, 20000 + coverage * (level_of(target) - 20000), atol=2)
    untouched = values == 20000
    untouched[changed.slices] = True
    assert untouched.all()


def test_overlapping_rectangles_take_the_larger_coverage():
    first, second = Rect(20, 20, 30, 30), Rect(40, 30, 40, 20)
    both, one, other = a_map(), a_map(), a_map()
    changed = fills.rectangles(both, [first, second], 0.9, 12)
    fills.rectangle(one, first, 0.9, 12)
    fills.rectangle(other, second, 0.9, 12)
    np.testing.assert_array_equal(both, np.maximum(one, other))
    assert changed == first.united(second).expanded(12).clipped(120, 80)


def test_the_order_of_rectangles_does_not_matter_when_quality_falls_either():
    rects = [Rect(20, 20, 30, 30), Rect(40, 30, 40, 20)]
    forwards, backwards = a_map(), a_map()
    fills.rectangles(forwards, rects, 0.1, 12)
    fills.rectangles(backwards, rects[::-1], 0.1, 12)
    np.testing.assert_array_equal(forwards, backwards)
    assert (forwards[35:45, 45:48] == level_of(0.1)).all()


@pytest.mark.parametrize("rect", [Rect(200, 0, 10, 10), Rect(-50, -50, 20, 20), Rect(10, 10, 0, 5)])
def test_a_rectangle_off_the_picture_changes_nothing(rect):
    values = a_map()
    assert fills.rectangle(values, rect, 0.9, 5).empty
    assert (values == 20000).all()
