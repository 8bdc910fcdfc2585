import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.core.rect import Rect
from qmap_studio.document.blend import FULL
from qmap_studio.document.shapes import (
    Ellipse,
    Frame,
    Mask,
    Polygon,
    Rectangle,
    boxes_coverage,
    padded,
    pixels,
    reach_of,
)
from qmap_studio.document.shapes.frame import HANDLES, around_frames

WHOLE = Rect(0, 0, 120, 80)
STAR = ((60.0, 10.0), (70.0, 60.0), (30.0, 25.0), (90.0, 25.0), (50.0, 60.0))
DISC = np.hypot(*(np.mgrid[:31, :31] - 15)) <= 15
SHAPES = {
    "rectangle": Rectangle(20.5, 10.25, 50, 40),
    "ellipse": Ellipse(20, 10, 60, 40),
    "flat ellipse": Ellipse(30, 40, 48, 6),
    "polygon": Polygon(((20.0, 10.0), (95.5, 30.0), (40.0, 70.0))),
    "star": Polygon(STAR),
    "mask": Mask(40, 20, DISC),
    "turned rectangle": Rectangle(30.5, 20.25, 50, 30, 33),
    "turned ellipse": Ellipse(30, 25, 60, 20, -70),
    "turned polygon": Polygon(((20.0, 10.0), (95.5, 30.0), (40.0, 70.0)), 12),
    "turned mask": Mask(40, 20, DISC).in_frame(Frame(35, 15, 55, 40, 20)),
}
each_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


@given(st.integers(-40, 130), st.integers(-40, 130), st.integers(1, 100), st.integers(1, 100), st.floats(0, 40))
def test_a_feather_fades_by_the_distance_to_the_rectangle(x, y, width, height, feather_px):
    rect = Rect(x, y, width, height)
    coverage = Rectangle.of(rect).coverage(WHOLE, feather_px)
    column, row = np.arange(120), np.arange(80)[:, None]
    across = np.maximum(np.maximum(x - column, column - rect.right + 1), 0)
    down = np.maximum(np.maximum(y - row, row - rect.bottom + 1), 0)
    distance = np.maximum(np.hypot(across, down) - 0.5, 0)  # from the middles of the pixels inside
    ramp = np.clip(1 - distance / feather_px, 0, 1) if feather_px > 0.5 else (distance == 0).astype(float)
    np.testing.assert_allclose(coverage / FULL, ramp * ramp * (3 - 2 * ramp), atol=1e-4)


@given(st.lists(st.tuples(st.floats(-40, 130), st.floats(-40, 90), st.floats(0, 50), st.floats(0, 50)), min_size=1),
       st.sampled_from([0.0, 0.7, 12.0, 60.0]))  # fmt: skip
@settings(deadline=None)
def test_many_boxes_cover_what_each_of_them_covers(boxes, feather_px):
    shapes = [Rectangle(*box) for box in boxes]
    bounds = np.array([(r.x, r.y, r.right, r.bottom) for r in (shape.bounds for shape in shapes)])
    each = np.max([shape.coverage(WHOLE, feather_px) for shape in shapes], axis=0)
    np.testing.assert_array_equal(boxes_coverage(bounds, WHOLE, feather_px), each)


@each_shape
@pytest.mark.parametrize("feather_px", [0.6, 3, 7.5, 16, 20])
def test_short_feathers_are_what_distances_make_of_them(monkeypatch, shape, feather_px):
    short = shape.coverage(WHOLE, feather_px)
    monkeypatch.setattr(pixels, "SHORT_PX", 0)
    assert np.array_equal(short, shape.coverage(WHOLE, feather_px))


def test_a_box_covers_every_pixel_it_touches():
    coverage = Rectangle(10.2, 20.0, 5.1, 3.0).coverage(WHOLE)
    assert np.argwhere(coverage == FULL).min(axis=0).tolist() == [20, 10]
    assert np.argwhere(coverage == FULL).max(axis=0).tolist() == [22, 15]


@each_shape
def test_what_is_covered_is_what_a_click_hits(shape):
    coverage = shape.coverage(WHOLE)
    hit = np.array([[shape.contains(x + 0.5, y + 0.5) for x in range(120)] for y in range(80)])
    # A shape may cover more than the pixels whose middle is in it: those that its edge touches.
    assert (coverage[hit] == FULL).all()
    assert 1 <= (coverage == FULL).sum() / hit.sum() < 1.25
    assert set(np.unique(coverage)) <= {0, FULL}


@each_shape
@pytest.mark.parametrize("feather_px", [0.0, 12.0, 47.28862])
def test_nothing_is_covered_beyond_the_reach_and_parts_are_the_whole(shape, feather_px):
    coverage = shape.coverage(WHOLE, feather_px)
    reach = reach_of(shape, feather_px)
    outside = coverage.copy()
    outside[reach.clipped(120, 80).slices] = 0
    assert not outside.any()
    for part in (Rect(0, 0, 33, 29), Rect(33, 29, 60, 51), Rect(93, 0, 27, 80), Rect(1, 1, 118, 3), Rect(70, 5, 1, 74)):
        np.testing.assert_array_equal(shape.coverage(part, feather_px), coverage[part.slices])


@each_shape
def test_a_feather_falls_from_full_to_nothing_over_its_width(shape):
    hard, soft = shape.coverage(WHOLE), shape.coverage(WHOLE, 10)
    assert (soft[hard == FULL] == FULL).all()
    ys, xs = np.nonzero(hard)
    for y, x in ((2, 2), (40, 110), (78, 40)):
        distance = np.hypot(xs - x, ys - y).min() - 0.5
        ramp = np.clip(1 - distance / 10, 0, 1)
        assert soft[y, x] / FULL == pytest.approx(ramp * ramp * (3 - 2 * ramp), abs=0.06)


@each_shape
def test_a_moved_shape_is_the_same_elsewhere(shape):
    moved = shape.moved(7, -5)
    inner = Rect(20, 20, 60, 50)
    np.testing.assert_array_equal(moved.coverage(inner.moved(7, -5), 6), shape.coverage(inner, 6))
    assert moved.bounds == shape.bounds.moved(7, -5)
    assert moved.moved(-7, 5).bounds == shape.bounds


def test_every_other_part_of_a_line_that_crosses_itself_is_inside():
    assert not Polygon(STAR).contains(60, 35)
    assert Polygon(STAR).contains(60, 18)


def test_two_points_are_no_polygon():
    with pytest.raises(ValueError, match="three points"):
        Polygon(((0.0, 0.0), (5.0, 5.0)))


@each_shape
def test_a_shape_in_its_own_frame_is_itself(shape):
    again = shape.in_frame(shape.frame)
    assert abs(again.coverage(WHOLE).astype(int) - shape.coverage(WHOLE)).astype(bool).sum() <= 2
    assert again.frame.middle == pytest.approx(shape.frame.middle)


@each_shape
def test_a_turned_shape_is_turned_and_can_be_turned_back(shape):
    turned = shape.in_frame(shape.frame.turned(90))
    expected = np.hypot(*(np.subtract(turned.frame.middle, shape.frame.middle)))
    assert expected == pytest.approx(0, abs=1e-9)
    assert turned.bounds.width == pytest.approx(shape.bounds.height, abs=2)
    back = turned.in_frame(turned.frame.turned(-90))
    # An upright rectangle covers what it touches, a turned one what lies in it.
    assert (back.coverage(WHOLE) != shape.coverage(WHOLE)).sum() <= 0.02 * WHOLE.area


@each_shape
def test_a_shape_twice_as_large_covers_four_times_as_much(shape):
    frame = shape.frame
    larger = shape.in_frame(frame.scaled(2, 2, frame.middle))
    everywhere = Rect(-100, -100, 320, 280)
    covered = [(one.coverage(everywhere) == FULL).sum() for one in (shape, larger)]
    assert covered[1] / covered[0] == pytest.approx(4, rel=0.12)


frames = st.builds(
    Frame, st.floats(-100, 100), st.floats(-100, 100), st.floats(2, 200), st.floats(2, 200), st.floats(-180, 180)
)
places = st.tuples(st.floats(-300, 300), st.floats(-300, 300))


@given(frames, st.sampled_from(HANDLES), places, st.booleans())
def test_the_handle_opposite_stays_where_it_is(frame, handle, to, keeps_ratio):
    resized = frame.resized(handle, to, keeps_ratio=keeps_ratio)
    opposite = 1 - handle[0], 1 - handle[1]
    assert resized.at(opposite) == pytest.approx(frame.at(opposite), abs=1e-6)
    assert min(resized.width, resized.height) >= 1
    assert resized.angle == frame.angle
    if keeps_ratio and min(resized.width, resized.height) > 1:
        assert resized.width / resized.height == pytest.approx(frame.width / frame.height)
    from_middle = frame.resized(handle, to, from_middle=True)
    assert from_middle.middle == pytest.approx(frame.middle, abs=1e-6)


@given(frames, st.sampled_from([handle for handle in HANDLES if 0.5 not in handle]))
def test_a_corner_follows_the_pointer(frame, handle):
    towards = frame.at((2 * handle[0] - 0.5, 2 * handle[1] - 0.5))  # outwards
    assert frame.resized(handle, towards).at(handle) == pytest.approx(towards, abs=1e-6)


@given(frames, places, st.floats(-400, 400))
def test_turning_keeps_distances_and_the_angle_small(frame, about, degrees):
    turned = frame.turned(degrees, about)
    before, after = (np.hypot(*np.subtract(one.middle, about)) for one in (frame, turned))
    assert after == pytest.approx(before, abs=1e-6)
    assert -180 < turned.angle <= 180
    assert frame.contains(*frame.middle)
    assert around_frames([frame, turned]).bounds.width >= 1


def test_a_line_drawn_by_hand_becomes_a_polygon_of_few_points():
    angles = np.linspace(0, 2 * np.pi, 500)
    circle = Polygon.by_hand([(50 + 30 * np.cos(a), 40 + 30 * np.sin(a)) for a in angles], 0.5)
    assert 8 <= len(circle.points) <= 40
    disc = Ellipse(20, 10, 60, 60).coverage(WHOLE)
    assert (circle.coverage(WHOLE) != disc).sum() < 0.05 * (disc > 0).sum()
    assert Polygon.by_hand([(1, 1), (2, 2)], 1) is None
    assert Polygon.by_hand([(1, 1)] * 50, 1) is None


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_shapes_have_finite_numbers(wrong):
    for make in (
        lambda: Rectangle(wrong, 0, 5, 5),
        lambda: Rectangle(0, 0, -5, 5),
        lambda: Ellipse(0, 0, 5, wrong),
        lambda: Ellipse(0, 0, 5, 0),
        lambda: Polygon(((0, 0), (5, 5), (wrong, 5))),
        lambda: Mask(0, 0, DISC, Frame(0, 0, wrong, 5)),
    ):
        with pytest.raises(ValueError, match=r"finite|sides above 0"):
            make()


@each_shape
@pytest.mark.parametrize("by_px", [6.0, -6.0])
def test_padding_adds_as_much_on_every_side_or_takes_it_away(shape, by_px):
    before, after = (one.coverage(WHOLE) == FULL for one in (shape, padded(shape, by_px)))
    distance = reach_px(before) if by_px > 0 else reach_px(~before)
    if by_px > 0:
        assert after[distance <= by_px - 1.5].all()
        corner = 2**0.5 if isinstance(shape, Rectangle | Ellipse) else 1.0  # boxes stay boxes
        assert not after[distance > corner * by_px + 1.5].any()
    else:
        assert not after[distance < -by_px - 1.5].any()
        assert after[distance > -1.5 * by_px + 1.5].all()


def reach_px(inside):
    """How far each pixel is from the nearest one inside."""
    rows, columns = np.nonzero(inside)
    y, x = np.mgrid[: inside.shape[0], : inside.shape[1]]
    return np.array([np.hypot(rows - a, columns - b).min() for a, b in zip(y.flat, x.flat, strict=True)]).reshape(
        y.shape
    )
