import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.core.cells import MAX_LEVEL, level_of
from qmap_studio.core.rect import Rect, around
from qmap_studio.document.brush import Brush, brush_tip
from qmap_studio.document.layers.raster import BrushLayer
from qmap_studio.document.layers.stack import Stack
from qmap_studio.document.layers.uniform import UniformLayer
from qmap_studio.document.stroke import Stroke

sizes = st.floats(0.5, 60)
shares = st.floats(0, 1)


class Canvas:
    """A stroke over a map of one level."""

    def __init__(self, height: int, width: int, level: int = 10000, layer: BrushLayer | None = None) -> None:
        self.level, self.size, self._before = level, (height, width), layer or BrushLayer()

    def stroke(self, brush: Brush) -> Stroke:
        self.drawn = Stroke(brush, self._before, *self.size)
        return self.drawn

    def values(self) -> np.ndarray:
        return Stack(*self.size, (UniformLayer(self.level / MAX_LEVEL), self.drawn.layer)).values


def test_one_dab_with_full_flow_shows_the_tip():
    canvas = Canvas(100, 120, level=0)
    rect = around(canvas.stroke(Brush(40, hardness=0.2, quality=1.0)).dab(60, 50))
    assert rect == Rect(40, 30, 40, 40)
    values = canvas.values()
    np.testing.assert_array_equal(values[rect.slices], brush_tip(40, 0.2))
    values[rect.slices] = 0
    assert not values.any()


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
    rect = around(stroke.dab(x, y))
    assert rect == rect.clipped(width, height)
    assert stroke.rect == rect
    changed = canvas.values() != canvas.level
    changed[rect.slices] = False
    assert not changed.any()


@given(st.lists(st.tuples(st.floats(-10, 70), st.floats(-10, 70)), min_size=1, max_size=5), st.floats(0.05, 1), shares)
@settings(max_examples=40)
def test_a_stroke_lies_between_the_map_and_its_target(points, flow, quality):
    canvas = Canvas(60, 60, level=30000)
    stroke = canvas.stroke(Brush(20, 0.3, flow, quality))
    for x, y in points:
        earlier = canvas.values().astype(int)
        stroke.line_to(x, y)
        moved = (canvas.values() - earlier) * np.sign(level_of(quality) - 30000)
        assert (moved >= 0).all()
    assert canvas.values().min() >= min(30000, level_of(quality))
    assert canvas.values().max() <= max(30000, level_of(quality))


def test_going_over_it_again_builds_up_with_less_flow_and_keeps_the_edge_soft():
    canvas = Canvas(100, 300, level=0)
    stroke = canvas.stroke(Brush(40, hardness=0.0, flow=0.05, quality=1.0))
    stroke.line_to(50, 50)
    middles = []
    for _ in range(40):
        stroke.line_to(250, 50)
        stroke.line_to(50, 50)
        middles.append(int(canvas.values()[50, 150]))
    assert middles[0] < middles[1] < middles[2]
    assert middles[-1] > 0.97 * MAX_LEVEL
    profile = brush_tip(40, 0.0)[:, 20]
    assert (canvas.values()[30:70, 150].astype(int) <= profile + 1).all()


def test_going_over_it_again_changes_nothing_with_full_flow():
    canvas = Canvas(100, 300)
    stroke = canvas.stroke(Brush(40, hardness=0.0, flow=1.0))
    stroke.line_to(50, 50)
    stroke.line_to(250, 50)
    once = canvas.values().copy()
    stroke.dab(50, 50)
    stroke.line_to(250, 50)
    np.testing.assert_array_equal(canvas.values(), once)


def test_a_line_is_even_however_many_events_it_comes_in():
    whole, pieces = Canvas(120, 600), Canvas(120, 600)
    brush = Brush(60, hardness=0.5, flow=0.4)
    stroke = whole.stroke(brush)
    stroke.line_to(60, 60)
    stroke.line_to(540, 60)
    stroke = pieces.stroke(brush)
    for x in np.arange(60, 541, 1.5):
        stroke.line_to(float(x), 60)
    difference = np.abs(whole.values().astype(int) - pieces.values())[:, :500]
    # The positions agree up to rounding, which may move a dab by a pixel.
    assert difference.max() < 0.06 * MAX_LEVEL
    ripple = whole.values()[60, 150:450]
    assert np.ptp(ripple) < 0.01 * MAX_LEVEL


def test_a_line_shorter_than_the_spacing_waits():
    stroke = Canvas(200, 200).stroke(Brush(100))
    assert stroke.dab(100, 100)
    assert not stroke.line_to(102, 100)
    assert stroke.line_to(106, 100)


def test_a_long_line_reports_all_it_changed():
    canvas = Canvas(400, 900)
    stroke = canvas.stroke(Brush(30, hardness=1.0))
    parts = [*stroke.dab(20, 20), *stroke.line_to(880, 380)]
    values = canvas.values()
    assert around(parts) == stroke.rect
    unreported = values != canvas.level
    for part in parts:
        unreported[part.slices] = False
    assert not unreported.any()
    assert values[200, 450] == level_of(0.9)


def test_a_long_thin_line_reports_far_less_than_the_box_around_it():
    stroke = Canvas(2000, 3000).stroke(Brush(10))
    stroke.dab(5, 5)
    assert sum(part.area for part in stroke.line_to(2995, 1995)) < 0.2 * stroke.rect.area


def test_a_stroke_over_what_was_painted_leaves_the_layer_before_as_it_was():
    first = Canvas(300, 600)
    first.stroke(Brush(80, 0.2, 0.4, 0.9)).line_to(250, 100)
    layer = first.drawn.finished()
    kept = {index: (np.copy(tile.levels), np.copy(tile.coverage)) for index, tile in layer.tiles.items()}
    second = Canvas(300, 600, layer=layer)
    stroke = second.stroke(Brush(60, 0.5, 0.7, 0.2))
    stroke.dab(200, 110)
    stroke.line_to(300, 90)
    for index, (levels, coverage) in kept.items():
        np.testing.assert_array_equal(layer.tiles[index].levels, levels)
        np.testing.assert_array_equal(layer.tiles[index].coverage, coverage)
    shown = second.values()
    finished = Stack(300, 600, (UniformLayer(10000 / MAX_LEVEL), stroke.finished())).values
    np.testing.assert_array_equal(shown, finished)


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 60), shares), min_size=2, max_size=5))
@settings(max_examples=30)
def test_strokes_in_one_layer_come_to_what_they_come_to_one_after_the_other(dabs):
    layer, painted = BrushLayer(), np.full((60, 60), 10000, np.uint16)
    for x, y, quality in dabs:
        brush = Brush(40, 0.1, 0.6, quality)
        stroke = Stroke(brush, layer, 60, 60)
        stroke.dab(x, y)
        layer = stroke.finished()
        alone = Stroke(brush, BrushLayer(), 60, 60)
        alone.dab(x, y)
        alone.finished().compose(Rect(0, 0, 60, 60), Rect.whole(60, 60), painted, painted)
    composed = Stack(60, 60, (UniformLayer(10000 / MAX_LEVEL), layer)).values
    np.testing.assert_allclose(composed, painted.astype(int), atol=2 * len(dabs))
