import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.core.rect import Rect
from qmap_studio.document import MAX_LEVEL, Brush, Stroke, level_of
from qmap_studio.document.blend import FULL, blend
from qmap_studio.document.brush import brush_tip

sizes = st.floats(0.5, 60)
shares = st.floats(0, 1)


class Canvas:
    """A map and what a stroke over it needs."""

    def __init__(self, height: int, width: int, level: int = 10000) -> None:
        self.before = np.full((height, width), level, np.uint16)
        self.values = self.before.copy()
        self.coverage = np.zeros_like(self.before)

    def stroke(self, brush: Brush) -> Stroke:
        return Stroke(brush, self.before, self.values, self.coverage)


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


def test_blend_of_a_map_larger_than_one_block():
    base = np.random.default_rng(0).integers(0, MAX_LEVEL, (700, 300), np.uint16)
    out = np.zeros_like(base)
    blend(base, np.full_like(base, FULL // 3), 50000, out=out)
    np.testing.assert_allclose(out, base + (50000 - base.astype(float)) / 3, atol=0.51)


def test_one_dab_with_full_flow_shows_the_tip():
    canvas = Canvas(100, 120, level=0)
    rect = canvas.stroke(Brush(40, hardness=0.2, quality=1.0)).dab(60, 50)
    assert rect == Rect(40, 30, 40, 40)
    np.testing.assert_array_equal(canvas.values[rect.slices], brush_tip(40, 0.2))
    canvas.values[rect.slices] = 0
    assert not canvas.values.any()


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.floats(-60, 100),
    st.floats(-60, 100),
    sizes,
    shares,
    st.floats(0.01, 1),
    shares,
)
def test_a_dab_anywhere_stays_within_its_rectangle(height, width, x, y, size_px, hardness, flow, quality):
    canvas = Canvas(height, width)
    stroke = canvas.stroke(Brush(size_px, hardness, flow, quality))
    rect = stroke.dab(x, y)
    assert rect == rect.clipped(width, height)
    assert stroke.rect == rect
    changed = canvas.values != canvas.before
    changed[rect.slices] = False
    assert not changed.any()
    stroke.clear()
    assert not canvas.coverage.any()


@given(st.lists(st.tuples(st.floats(-10, 70), st.floats(-10, 70)), min_size=1, max_size=5), st.floats(0.05, 1), shares)
@settings(max_examples=40)
def test_a_stroke_lies_between_the_map_and_its_target(points, flow, quality):
    canvas = Canvas(60, 60, level=30000)
    stroke = canvas.stroke(Brush(20, 0.3, flow, quality))
    for x, y in points:
        earlier = canvas.values.astype(int)
        stroke.line_to(x, y)
        moved = (canvas.values - earlier) * np.sign(level_of(quality) - 30000)
        assert (moved >= 0).all()
    assert canvas.values.min() >= min(30000, level_of(quality))
    assert canvas.values.max() <= max(30000, level_of(quality))


def test_going_over_it_again_builds_up_with_less_flow_and_keeps_the_edge_soft():
    canvas = Canvas(100, 300, level=0)
    stroke = canvas.stroke(Brush(40, hardness=0.0, flow=0.05, quality=1.0))
    stroke.line_to(50, 50)
    middles = []
    for _ in range(40):
        stroke.line_to(250, 50)
        stroke.line_to(50, 50)
        middles.append(int(canvas.values[50, 150]))
    assert middles[0] < middles[1] < middles[2]
    assert middles[-1] > 0.97 * MAX_LEVEL
    profile = brush_tip(40, 0.0)[:, 20]
    assert (canvas.values[30:70, 150].astype(int) <= profile + 1).all()


def test_going_over_it_again_changes_nothing_with_full_flow():
    canvas = Canvas(100, 300)
    stroke = canvas.stroke(Brush(40, hardness=0.0, flow=1.0))
    stroke.line_to(50, 50)
    stroke.line_to(250, 50)
    once = canvas.values.copy()
    stroke.dab(50, 50)
    stroke.line_to(250, 50)
    np.testing.assert_array_equal(canvas.values, once)


def test_a_line_is_even_however_many_events_it_comes_in():
    whole, pieces = Canvas(120, 600), Canvas(120, 600)
    brush = Brush(60, hardness=0.5, flow=0.4)
    stroke = whole.stroke(brush)
    stroke.line_to(60, 60)
    stroke.line_to(540, 60)
    stroke = pieces.stroke(brush)
    for x in np.arange(60, 541, 1.5):
        stroke.line_to(float(x), 60)
    difference = np.abs(whole.values.astype(int) - pieces.values)[:, :500]
    # The positions agree up to rounding, which may move a dab by a pixel.
    assert difference.max() < 0.06 * MAX_LEVEL
    ripple = whole.values[60, 150:450]
    assert np.ptp(ripple) < 0.01 * MAX_LEVEL


def test_a_line_shorter_than_the_spacing_waits():
    stroke = Canvas(200, 200).stroke(Brush(100))
    assert not stroke.dab(100, 100).empty
    assert stroke.line_to(102, 100).empty
    assert not stroke.line_to(106, 100).empty


def test_a_long_line_reports_all_it_changed():
    canvas = Canvas(400, 900)
    stroke = canvas.stroke(Brush(30, hardness=1.0))
    changed = stroke.dab(20, 20).united(stroke.line_to(880, 380))
    rows, columns = np.nonzero(canvas.values != canvas.before)
    assert changed == stroke.rect
    assert Rect(columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1) == changed.intersected(
        Rect(columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    )
    assert canvas.values[200, 450] == level_of(0.9)
