import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.document.blend import FULL, blend, cover, filled
from qmap_studio.document.brush import Brush, brush_tip

sizes = st.floats(0.5, 60)
shares = st.floats(0, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"size_px": 0}, {"size_px": float("nan")}, {"hardness": 1.1}, {"flow": 0}, {"flow": 1.5}, {"quality": -0.1}],
)
def test_a_brush_outside_its_ranges_is_a_programming_error(wrong):
    with pytest.raises(ValueError, match=r"brush|hardness|flow|quality"):
        Brush(**{"size_px": 10.0, **wrong})


@given(sizes, shares)
def test_the_tip_is_round_and_falls_outwards(size_px, hardness):
    tip = brush_tip(size_px, hardness)
    assert tip.shape[0] == tip.shape[1] == int(np.ceil(size_px))
    np.testing.assert_array_equal(tip, tip.T)
    np.testing.assert_array_equal(tip, tip[::-1])
    middle = tip[len(tip) // 2].astype(int)
    assert (np.diff(middle[len(tip) // 2 :]) <= 0).all()


def test_the_tip_is_full_within_its_hardness_and_half_covered_between():
    tip = brush_tip(200, 0.5)
    distance = np.hypot(*(np.mgrid[:200, :200] - 99.5))
    assert (tip[distance <= 50] == FULL).all()
    assert tip[distance > 100.5].max(initial=0) == 0
    assert tip[99, 175] == pytest.approx(FULL / 2, rel=0.01)


def test_a_hard_tip_covers_the_area_of_its_circle():
    for size_px in (1, 2, 3, 10, 51, 200):
        area = brush_tip(size_px, 1.0).sum() / FULL
        assert area == pytest.approx(np.pi * size_px**2 / 4, rel=0.01, abs=1)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, MAX_LEVEL), st.integers(0, 2**32 - 1))
def test_blend_is_the_rounded_mean_and_exact_at_both_ends(height, width, level, seed):
    random = np.random.default_rng(seed)
    base = random.integers(0, MAX_LEVEL, (height, width), np.uint16, endpoint=True)
    coverage = random.choice(np.array([0, 1, 20000, 40000, FULL], np.uint16), (height, width))
    out = np.empty_like(base)
    blend(base, coverage, level, out=out)
    expected = base + (level - base.astype(np.float64)) * coverage / FULL
    np.testing.assert_allclose(out, expected, atol=0.51)
    assert (out[coverage == 0] == base[coverage == 0]).all()
    assert (out[coverage == FULL] == level).all()
    blend(base, coverage, level, out=base)
    np.testing.assert_array_equal(base, out)


planes = st.one_of(st.sampled_from([0, FULL]), st.integers(0, FULL), st.just("array"))


@given(planes, planes, st.integers(0, MAX_LEVEL), st.integers(0, 2**32 - 1))
def test_what_is_covered_twice_is_what_blending_twice_gives(levels, coverage, level, seed):
    random = np.random.default_rng(seed)

    def plane(kind):
        return random.integers(0, FULL, (5, 7), np.uint16, endpoint=True) if kind == "array" else kind

    levels, coverage, more, below = plane(levels), plane(coverage), plane("array"), plane("array")
    both = cover(levels, coverage, more, level)
    once, twice, expected = (np.empty_like(below) for _ in range(3))
    blend(below, filled(coverage, below.shape), filled(levels, below.shape), out=expected)
    blend(expected, more, level, out=expected)
    blend(below, filled(both[1], below.shape), filled(both[0], below.shape), out=once)
    np.testing.assert_allclose(once, expected.astype(int), atol=2)
    blend(below, both[1], both[0], out=twice)
    np.testing.assert_array_equal(once, twice)
