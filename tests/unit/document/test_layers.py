from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.core.cells import MAX_LEVEL, level_of
from qmap_studio.core.rect import NOWHERE, Rect, around
from qmap_studio.document.blend import FULL
from qmap_studio.document.layers.adjust import AdjustLayer
from qmap_studio.document.layers.adjustments import Blur, Grow, Invert, Levels, Limits, Shift, Strength
from qmap_studio.document.layers.gradient import LinearGradient, RadialGradient
from qmap_studio.document.layers.layer import Rule
from qmap_studio.document.layers.raster import BrushLayer, MaskLayer
from qmap_studio.document.layers.shape import PlacedShape, ShapeLayer
from qmap_studio.document.layers.stack import Stack
from qmap_studio.document.layers.uniform import UniformLayer
from qmap_studio.document.shapes import Ellipse, Polygon, Rectangle
from qmap_studio.document.tiles import MapTile

HEIGHT, WIDTH = 300, 420  # of more than one tile
heights = st.integers(1, 200)
points = st.tuples(st.floats(-50, 250), st.floats(-50, 250))
shares = st.floats(0, 1)


def composed(*layers, height=HEIGHT, width=WIDTH, base=0.3):
    return Stack(height, width, (UniformLayer(base), *layers)).values


def rectangles(*rects, quality=0.9, feather_px=0.0):
    return ShapeLayer(tuple(PlacedShape(Rectangle.of(rect), quality, feather_px) for rect in rects))


SHAPES = ShapeLayer(
    (
        PlacedShape(Rectangle(100, 100, 50, 50), 0.9, 60),
        PlacedShape(Rectangle(200, 20, 40, 10), 0.2, 60),
        PlacedShape(Ellipse(180, 100, 50, 50), 0.9, 60),
        PlacedShape(Polygon(((220.0, 200.0), (400.0, 230.0), (300.0, 290.0))), 0.9, 20),
    )
)
"""Two regions of one quality, with one of another between them that reaches few of their pixels."""


def noise(seed=0):
    return np.random.default_rng(seed).integers(0, MAX_LEVEL, (HEIGHT, WIDTH), np.uint16, endpoint=True)


def test_a_mask_is_what_it_was_made_of_also_where_it_is_flat():
    values = noise()
    values[:256, :256] = 77
    layer = MaskLayer.of(values)
    np.testing.assert_array_equal(composed(layer), values)
    assert layer.tiles[0, 0].size_bytes == 0


@given(heights, heights, points, points, shares, shares)
def test_a_linear_gradient_is_the_projection_on_its_axis(height, width, start, end, quality_from, quality_to):
    axis = np.subtract(end, start)
    if axis @ axis < 1:
        with pytest.raises(ValueError, match="a pixel apart"):
            LinearGradient(start, end, quality_from, quality_to)
        return
    values = composed(LinearGradient(start, end, quality_from, quality_to), height=height, width=width)
    y, x = np.mgrid[:height, :width] + 0.5
    share = np.clip(((x - start[0]) * axis[0] + (y - start[1]) * axis[1]) / (axis @ axis), 0, 1)
    np.testing.assert_allclose(values / MAX_LEVEL, quality_from + share * (quality_to - quality_from), atol=1e-4)


@given(heights, heights, points, st.floats(1, 200), shares, shares)
def test_a_radial_gradient_follows_the_distance(height, width, centre, radius, inside, outside):
    rim = centre[0], centre[1] + radius * 1.000001
    values = composed(RadialGradient(centre, rim, inside, outside), height=height, width=width)
    y, x = np.mgrid[:height, :width] + 0.5
    share = np.clip(np.hypot(x - centre[0], y - centre[1]) / radius, 0, 1)
    np.testing.assert_allclose(values / MAX_LEVEL, inside + share * (outside - inside), atol=2e-4)


def test_gradients_reach_both_qualities_exactly():
    values = composed(LinearGradient((30, 0), (90, 0), 0.0, 1.0))
    assert (values[:, :30] == 0).all()
    assert (values[:, 90:] == MAX_LEVEL).all()
    assert composed(RadialGradient((60, 40), (80, 40), 1.0, 0.0))[0, 0] == 0


def test_inverting_is_exact_and_twice_is_the_identity():
    values = noise()
    once = composed(MaskLayer.of(values), AdjustLayer.of(Invert()))
    np.testing.assert_array_equal(once.astype(int) + values, MAX_LEVEL)
    twice = composed(MaskLayer.of(values), AdjustLayer.of(Invert()), AdjustLayer.of(Invert()))
    np.testing.assert_array_equal(twice, values)


def test_strength_spreads_around_the_mean_and_a_shift_adds_within_the_range():
    values = np.full((HEIGHT, WIDTH), level_of(0.2), np.uint16)
    values[:, WIDTH // 2 :] = level_of(0.6)
    spread = composed(MaskLayer.of(values), AdjustLayer.of(Strength(2.0, 0.4))) / MAX_LEVEL
    np.testing.assert_allclose(spread[0, [0, -1]], [0.0, 0.8], atol=1e-4)
    raised = composed(MaskLayer.of(values), AdjustLayer.of(Shift(0.5))) / MAX_LEVEL
    np.testing.assert_allclose(raised[0, [0, -1]], [0.7, 1.0], atol=1e-4)


def test_a_rectangle_without_feather_is_sharp():
    expected = composed()
    expected[20:265, 10:340] = level_of(0.8)
    np.testing.assert_array_equal(composed(rectangles(Rect(10, 20, 330, 245), quality=0.8)), expected)


def test_overlapping_shapes_of_one_quality_take_the_larger_coverage_in_any_order():
    first, second = Rect(220, 220, 60, 60), Rect(240, 230, 80, 40)
    both = composed(rectangles(first, second, feather_px=12))
    one, other = (composed(rectangles(rect, feather_px=12)) for rect in (first, second))
    np.testing.assert_array_equal(both, np.maximum(one, other))
    np.testing.assert_array_equal(both, composed(rectangles(second, first, feather_px=12)))


def test_a_later_shape_of_another_quality_lies_over_the_earlier():
    low, high = PlacedShape(Rectangle(50, 50, 90, 90), 0.1, 20), PlacedShape(Ellipse(100, 60, 80, 60), 0.9, 8)
    expected = composed(ShapeLayer((low,)), ShapeLayer((high,)))
    np.testing.assert_allclose(composed(ShapeLayer((low, high))), expected.astype(int), atol=2)


@pytest.mark.parametrize("rect", [Rect(900, 0, 10, 10), Rect(-50, -50, 20, 20)])
def test_a_shape_off_the_picture_changes_nothing(rect):
    assert (composed(rectangles(rect, feather_px=5)) == level_of(0.3)).all()


RULES = {
    Rule.REPLACE: lambda below, levels: levels,
    Rule.MAXIMUM: np.maximum,
    Rule.MINIMUM: np.minimum,
    Rule.ADD: lambda below, levels: np.minimum(below + levels, 1),
    Rule.MULTIPLY: np.multiply,
}


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("opacity", [0.0, 0.35, 1.0])
def test_rules_and_opacity_are_what_their_arithmetic_says(rule, opacity):
    below, levels, coverage = noise(0), noise(1), noise(2)
    tiles = {
        (column, row): MapTile(
            levels[row * 256 : row * 256 + 256, column * 256 : column * 256 + 256],
            coverage[row * 256 : row * 256 + 256, column * 256 : column * 256 + 256],
        )
        for row in range(2)
        for column in range(2)
    }
    values = composed(MaskLayer.of(below), BrushLayer(tiles=tiles, rule=rule, opacity=opacity)) / MAX_LEVEL
    b, target = below / MAX_LEVEL, RULES[rule](below / MAX_LEVEL, levels / MAX_LEVEL)
    np.testing.assert_allclose(values, b + opacity * coverage / FULL * (target - b), atol=3 / MAX_LEVEL)


@pytest.mark.parametrize(
    "layer",
    [
        LinearGradient((10, 10), (300, 200), 0.1, 0.9, opacity=0.5),
        RadialGradient((200, 150), (260, 90), 0.9, 0.1, rule=Rule.MAXIMUM),
        rectangles(Rect(30, 30, 300, 200), feather_px=30),
        SHAPES,
        ShapeLayer(SHAPES.shapes, opacity=0.35),
        MaskLayer.of(noise(5)),
        BrushLayer(tiles={(0, 0): MapTile(9000, 20000), (1, 1): MapTile(50000, FULL)}, opacity=0.7, rule=Rule.ADD),
        AdjustLayer.of(Invert()),
        AdjustLayer.of(Strength(0.8, 0.670061849314936)),
        AdjustLayer.of(Strength(1.3, 0.41), Shift(-0.123)),
        UniformLayer(0.7, rule=Rule.MULTIPLY),
        AdjustLayer.of(Blur(50), Levels(0.1, 0.9, 1.7)),
        AdjustLayer.of(Grow(-23), Limits(0.2, 0.8)),
        replace(SHAPES, adjustments=(Blur(31), Grow(9))),
        BrushLayer(
            tiles={(0, 0): MapTile(noise()[:256, :256], noise(1)[:256, :256]), (1, 1): MapTile(50000, FULL)},
            adjustments=(Blur(40), Invert()),
        ),
        BrushLayer(tiles={(1, 0): MapTile(9000, noise(1)[:256, :164])}, adjustments=(Grow(-12),)),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_parts_composed_one_by_one_are_the_whole(layer):
    layers = (UniformLayer(0.4), MaskLayer.of(noise(3)), layer)
    stack = Stack(HEIGHT, WIDTH, layers[:2])
    stack.layers = layers
    random = np.random.default_rng(7)
    for _ in range(30):
        x, y, width, height = random.integers(0, 300, 4)
        stack.compose(Rect(x, y, width, height).clipped(WIDTH, HEIGHT))
    for edge in (Rect(0, 0, WIDTH, 290), Rect(0, 290, 400, 10), Rect(400, 290, 20, 10)):
        stack.compose(edge)
    np.testing.assert_array_equal(stack.values, Stack(HEIGHT, WIDTH, layers).values)


def test_a_layer_over_all_others_is_laid_over_what_they_come_to_and_kept_layers_are_not_composed_again():
    layers = (UniformLayer(0.4), MaskLayer.of(noise(3)), SHAPES, AdjustLayer.of(Strength(0.8, 0.67)))
    stack = Stack(HEIGHT, WIDTH, layers[:1])
    for n in range(2, len(layers) + 1):
        stack.show(layers[:n])
        np.testing.assert_array_equal(stack.values, Stack(HEIGHT, WIDTH, layers[:n]).values)
    stack.keep_below(layers)
    for quality in (0.2, 0.7):
        shape = ShapeLayer((PlacedShape(Ellipse(100, 90, 250, 150), quality, 30),))
        stack.show((*layers, shape))
        np.testing.assert_array_equal(stack.values, Stack(HEIGHT, WIDTH, (*layers, shape)).values)
    stack.show((*layers[:2], shape))
    np.testing.assert_array_equal(stack.values, Stack(HEIGHT, WIDTH, (*layers[:2], shape)).values)


def test_adjustments_one_after_the_other_are_what_two_layers_come_to():
    first, second = Strength(2.5, 0.5), Shift(0.3)
    mask = MaskLayer.of(noise())
    one_layer, two = AdjustLayer.of(first, second), (AdjustLayer.of(first), AdjustLayer.of(second))
    np.testing.assert_array_equal(composed(mask, one_layer), composed(mask, *two))


def test_layers_of_pixels_are_equal_only_to_themselves():
    assert BrushLayer() != BrushLayer()
    assert UniformLayer(0.5) == UniformLayer(0.5) != UniformLayer(0.5, opacity=0.5)


def test_composing_tells_whether_anything_changed():
    stack = Stack(HEIGHT, WIDTH, (UniformLayer(0.5),))
    whole = Rect.whole(HEIGHT, WIDTH)
    assert not stack.compose(whole)
    assert stack.show((*stack.layers, rectangles(Rect(400, 280, 5, 5)))) == Rect(400, 280, 5, 5)
    assert stack.show((stack.layers[0], rectangles(Rect(400, 280, 5, 5)))).empty


def test_the_difference_of_two_stacks_is_no_larger_than_what_was_moved():
    near, far = Rect(10, 10, 20, 20), Rect(300, 200, 30, 30)
    stack = Stack(HEIGHT, WIDTH, (UniformLayer(0.5), rectangles(near, far, feather_px=4)))
    base, shapes = stack.layers
    moved = ShapeLayer((shapes.shapes[0], PlacedShape(Rectangle(310, 205, 30, 30), 0.9, 4)))
    assert around(stack.difference((base, moved))) == Rect(296, 196, 48, 43)
    assert around(stack.difference((base, shapes))) == NOWHERE
    assert around(stack.difference((base,))) == near.united(far).expanded(4)
    assert around(stack.difference((base, shapes, AdjustLayer.of(Invert())))) == Rect.whole(HEIGHT, WIDTH)


@given(st.integers(0, 200), st.integers(0, 200))
@settings(max_examples=20)
def test_what_is_hidden_is_not_asked(x, y):
    class Broken(UniformLayer):
        def render(self, rect, below):
            raise AssertionError("nobody sees it")

    layers = (Broken(0.1), MaskLayer.of(noise()), UniformLayer(0.6))
    assert (Stack(HEIGHT, WIDTH, layers).values == level_of(0.6)).all()


def test_a_blur_softens_within_its_radius_and_nowhere_else():
    values = composed(rectangles(Rect(100, 100, 120, 80)), AdjustLayer.of(Blur(30))) / MAX_LEVEL
    assert values[140, 160] == pytest.approx(0.9, abs=1e-4)
    assert values[100, 160] == pytest.approx(0.6, abs=0.02)
    assert values[100 - 31, 160] == values[140, 100 - 31] == pytest.approx(0.3, abs=1e-4)
    assert (np.diff(values[60:140, 160]) >= 0).all()


def test_what_a_layer_holds_is_blurred_without_what_is_below():
    layer = replace(rectangles(Rect(100, 100, 120, 80)), adjustments=(Blur(30),))
    assert 0.3 < composed(layer)[90, 160] / MAX_LEVEL < 0.9
    np.testing.assert_allclose(composed(layer, base=0.9).astype(int), level_of(0.9), atol=1)


@pytest.mark.parametrize(("by_px", "inside", "outside"), [(20, 81, 79), (-20, 121, 119)])
def test_a_shape_grows_and_shrinks_by_pixels(by_px, inside, outside):
    values = composed(replace(rectangles(Rect(100, 100, 120, 80)), adjustments=(Grow(by_px),)))
    assert values[140, inside] == level_of(0.9)
    assert values[140, outside] == level_of(0.3)
    assert (values == level_of(0.9)).sum() == pytest.approx((120 + 2 * by_px) * (80 + 2 * by_px), rel=0.05)


def test_whole_maps_shrink_where_their_quality_is_high():
    low, grown = composed(rectangles(Rect(100, 100, 120, 80))), AdjustLayer.of(Grow(-10))
    shrunk = composed(rectangles(Rect(100, 100, 120, 80)), grown)
    assert (shrunk <= low).all()
    assert shrunk[140, 105] == level_of(0.3)
    assert shrunk[140, 115] == level_of(0.9)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -1e9])
def test_adjustments_and_layers_take_no_number_out_of_range(wrong):
    for make in (
        lambda: Strength(wrong),
        lambda: Limits(wrong, 1),
        lambda: Levels(0, 1, wrong),
        lambda: Shift(wrong),
        lambda: Blur(wrong),
        lambda: Grow(wrong),
        lambda: UniformLayer(wrong),
        lambda: UniformLayer(0.5, opacity=wrong),
        lambda: LinearGradient((0, 0), (9, 9), wrong, 0.5),
        lambda: LinearGradient((0, 0), (9, wrong), 0.5, 0.5) if wrong != -1e9 else UniformLayer(2),
        lambda: PlacedShape(Rectangle(0, 0, 5, 5), 0.5, wrong),
    ):
        with pytest.raises(ValueError, match="not"):
            make()
