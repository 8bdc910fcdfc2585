import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.geometry import (
    Point,
    Size,
    ViewTransform,
    box_between,
    columns_for,
    distance,
    fitted,
    straightened,
)

coordinates = st.floats(-5000, 5000)
lengths = st.floats(1, 5000)
zooms = st.floats(0.01, 64)
points = st.builds(Point, coordinates, coordinates)
sizes = st.builds(Size, lengths, lengths)
views = st.builds(ViewTransform, coordinates, coordinates, zooms)


@given(views, points, sizes)
def test_pane_and_picture_points_are_each_others_inverse(view: ViewTransform, at: Point, pane: Size) -> None:
    assert distance(view.to_picture(view.to_pane(at, pane), pane), at) < 1e-6 * (1 + 1 / view.zoom)


@given(views, zooms, points)
def test_zooming_keeps_the_anchor_in_place(view: ViewTransform, zoom: float, anchor: Point) -> None:
    zoomed = view.zoomed(zoom, anchor)
    assert zoomed.zoom == zoom
    assert (anchor.x - zoomed.x) * zoom == pytest.approx((anchor.x - view.x) * view.zoom, abs=1e-4)
    assert (anchor.y - zoomed.y) * zoom == pytest.approx((anchor.y - view.y) * view.zoom, abs=1e-4)


@given(st.integers(1, 5000), st.integers(1, 5000), sizes)
def test_fitting_shows_the_whole_picture(width: int, height: int, pane: Size) -> None:
    view = fitted(Size(width, height), pane)
    assert view.visible(Size(width, height), pane) == Rect(0, 0, width, height)


def test_picture_follows_the_hand() -> None:
    assert ViewTransform(100, 100, 2).panned(10, -4) == ViewTransform(95, 102, 2)


def test_at_100_percent_pixels_of_picture_and_screen_coincide() -> None:
    origin = ViewTransform(33.37, 21.9, 1.0).origin(Size(801, 500))
    assert origin == (round(origin.x), round(origin.y))


def test_zoom_and_place_are_limited() -> None:
    limited = ViewTransform(-50, 900, 1e6).limited(Size(400, 300))
    assert limited == ViewTransform(0, 300, 64.0)


def test_three_panes_of_a_tall_picture_stand_side_by_side() -> None:
    assert columns_for(3, Size(500, 800), Size(1500, 900)) == 3
    assert columns_for(2, Size(1600, 300), Size(1000, 1000)) == 1
    assert columns_for(4, Size(768, 512), Size(1500, 1000)) == 2
    assert columns_for(1, Size(768, 512), Size(1500, 1000)) == 1


@given(points, points, st.booleans())
def test_boxes_stay_inside_the_picture(start: Point, end: Point, square: bool) -> None:
    box = box_between(start, end, Size(300, 200), square)
    assert box.empty or (box.x >= 0 and box.y >= 0 and box.right <= 300 and box.bottom <= 200)


def test_a_box_holds_every_pixel_it_touches() -> None:
    assert box_between(Point(10.5, 20.5), Point(3.2, 25.0), Size(100, 100)) == Rect(3, 20, 8, 5)
    assert box_between(Point(10, 10), Point(30, 15), Size(100, 100), square=True) == Rect(10, 10, 20, 20)


def test_lines_turn_to_steps_of_15_degrees() -> None:
    end = straightened(Point(0, 0), Point(100, 5))
    assert end == pytest.approx((distance(Point(0, 0), Point(100, 5)), 0))
