"""Error bounds in the document: hard, apart from the quality, painted, filled and undone as it is."""

import numpy as np
import pytest
from documents import apply_boxes
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.errors import QualityMapShapeError
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import NOWHERE, Rect
from qmap_studio.document import Annotation, Aspect, Brush, Document
from qmap_studio.document.layers.composition import Composition
from qmap_studio.document.layers.gradient import LinearGradient
from qmap_studio.document.layers.raster import BrushLayer
from qmap_studio.document.layers.shape import PlacedShape, ShapeLayer
from qmap_studio.document.layers.stack import BoundStack
from qmap_studio.document.layers.uniform import UniformBound
from qmap_studio.document.shapes import Rectangle

HEIGHT, WIDTH = 290, 530  # of several tiles, the last ones cut
SQUARE = Rect(100, 50, 200, 150)


@pytest.fixture
def document():
    return Document(Picture(np.zeros((HEIGHT, WIDTH, 3), np.uint8)))


def a_line(document, brush, start=(100, 100), end=(300, 180)):
    document.begin_stroke(brush, *start)
    document.continue_stroke(*end)
    return document.end_stroke()


def bounds_of(document):
    return np.full((HEIGHT, WIDTH), UNBOUNDED, np.uint8) if document.bounds is None else document.bounds.copy()


def noise(seed):
    return np.random.default_rng(seed).choice(np.array([0, 3, 8, UNBOUNDED], np.uint8), (HEIGHT, WIDTH))


def test_a_map_has_no_bounds_and_takes_no_memory_for_them_until_there_are_some(document, monkeypatch):
    monkeypatch.setattr(BoundStack, "__init__", lambda *_: pytest.fail("bounds took memory"))
    a_line(document, Brush(40))
    document.fill_rectangle(SQUARE, 0.9)
    document.fill_uniform(0.2)
    document.undo()
    assert document.bounds is None


def test_a_soft_stroke_bounds_whole_pixels_where_it_covers_at_least_half(document):
    soft = Brush(60, hardness=0.0, flow=1.0, quality=1.0)
    quality = document.quality_map.values.copy()
    document.begin_stroke(Brush(60, hardness=0.0, flow=1.0, bound=WITHOUT_LOSS), 100, 100)
    document.end_stroke()
    bounds = bounds_of(document)
    np.testing.assert_array_equal(document.quality_map.values, quality)

    painted = Document(document.picture)
    painted.fill_uniform(0.0)
    painted.begin_stroke(soft, 100, 100)
    np.testing.assert_array_equal(bounds == 0, painted.quality_map.values >= 32768)
    assert set(np.unique(bounds)) == {0, UNBOUNDED}


def test_strokes_of_several_bounds_in_one_layer_never_mix(document):
    a_line(document, Brush(60, hardness=0.0, bound=8))
    first = bounds_of(document)
    a_line(document, Brush(60, hardness=0.0, bound=2), (120, 180), (300, 100))
    assert len(document.layers_of(Aspect.BOUND)) == 1
    only = Document(document.picture)
    a_line(only, Brush(60, hardness=0.0, bound=2), (120, 180), (300, 100))
    np.testing.assert_array_equal(document.bounds, np.where(only.bounds == 2, 2, first))


def test_erasing_takes_bounds_away_until_no_pixel_has_one(document):
    document.fill_rectangle(SQUARE, 0.5, bound=3)
    a_line(document, Brush(40, bound=UNBOUNDED))
    assert 0 < (document.bounds == 3).sum() < SQUARE.area
    document.begin_stroke(Brush(2000, hardness=1, bound=UNBOUNDED), 200, 100)
    assert document.bounds is None
    document.cancel()
    assert document.bounds is not None


def test_edits_of_the_quality_leave_the_bounds_and_the_other_way_round(document):
    document.fill_rectangle(SQUARE, 0.5, bound=1)
    bounds = document.bounds.copy()
    for edit in (
        lambda: document.fill_uniform(0.3),
        lambda: document.set_base(0.4),
        lambda: a_line(document, Brush(50, quality=0.9)),
        lambda: document.invert(),
        lambda: document.strengthen(1.5),
        lambda: document.shift(0.1),
        lambda: document.replace(np.full((HEIGHT, WIDTH), 7, np.uint16), "Import"),
        lambda: document.try_map(np.full((HEIGHT, WIDTH), 9, np.uint16), "Search"),
        lambda: document.add_layer(LinearGradient((0, 0), (9, 9), 0.1, 0.9), "Gradient"),
        lambda: apply_boxes(document, [Annotation.box("a", 5, 5, 50, 50)], 0.9, outside=0.2),
    ):
        assert not edit().empty
        np.testing.assert_array_equal(document.bounds, bounds)
    quality = document.quality_map.values.copy()
    for edit in (
        lambda: document.bound_everywhere(2),
        lambda: document.replace_bounds(noise(1), "Import"),
        lambda: a_line(document, Brush(50, bound=0)),
        lambda: apply_boxes(document, [Annotation.box("a", 5, 5, 50, 50)], 0.9, 12, bound=5),
        lambda: document.clear_bounds(),
    ):
        assert not edit().empty
        np.testing.assert_array_equal(document.quality_map.values, quality)
    assert document.bounds is None


def test_painting_goes_on_in_the_layer_of_its_own_aspect(document):
    for brush in (Brush(40), Brush(40, bound=0), Brush(50), Brush(50, bound=3)):
        a_line(document, brush)
    assert [len(document.layers_of(aspect)) for aspect in Aspect] == [2, 1]
    with pytest.raises(ValueError, match="bound does not paint into a layer of quality"):
        document.begin_stroke(Brush(40, bound=0), 5, 5, layer=document.layers_of(Aspect.QUALITY)[-1])


def test_adjustments_after_each_other_are_one_layer_whatever_was_bounded_between(document):
    document.shift(0.1)
    document.fill_rectangle(SQUARE, 0.5, bound=1)
    document.shift(0.1)
    assert len(document.layers_of(Aspect.QUALITY)) == 2


def test_boxes_are_bounded_while_the_rest_gets_a_quality(document):
    boxes = [Annotation.box("a", *SQUARE)]
    document.bound_everywhere(8)
    apply_boxes(document, boxes, 0.9, outside=0.1, bound=0)
    assert set(np.unique(document.bounds[SQUARE.slices])) == {0}
    assert document.bounds[0, 0] == 8
    assert (document.quality_map.quality() < 0.11).all()


def test_an_edit_that_bounds_nothing_new_is_none(document):
    assert document.clear_bounds() == NOWHERE
    document.bound_everywhere(0)
    assert document.bound_everywhere(0) == NOWHERE
    document.undo()
    assert (document.bounds, document.undo_name, document.is_modified) == (None, None, False)
    assert document.replace_bounds(bounds_of(document), "Import") == NOWHERE


def test_observers_are_told_of_bounds_by_rectangle(document):
    told = []
    document.subscribe(lambda rect, ended: told.append((rect, ended)))
    document.fill_rectangle(SQUARE, 0.5, bound=0)
    assert told == [(SQUARE, True)]
    assert document.undo() == SQUARE


def test_a_document_opens_with_bounds_and_says_where_their_size_is_wrong(document):
    opened = Document(document.picture, bounds=noise(2))
    np.testing.assert_array_equal(opened.bounds, noise(2))
    assert not opened.is_modified
    nothing = Document(document.picture, bounds=np.full((HEIGHT, WIDTH), UNBOUNDED, np.uint8))
    assert (nothing.bounds, nothing.layers_of(Aspect.BOUND)) == (None, ())
    for refuse in (
        lambda bounds: Document(document.picture, bounds=bounds),
        lambda bounds: document.replace_bounds(bounds, "Import"),
    ):
        with pytest.raises(QualityMapShapeError, match="10 x 20"):
            refuse(np.zeros((20, 10), np.uint8))


@pytest.mark.parametrize("bound", [-1, 9, 254, 256])
def test_bounds_are_those_there_are(bound):
    for make in (lambda: Brush(5, bound=bound), lambda: UniformBound(bound)):
        with pytest.raises(ValueError, match="error bound is 0 to 8"):
            make()


def test_the_shapes_of_a_layer_are_of_one_aspect():
    shape = Rectangle(0, 0, 5, 5)
    with pytest.raises(ValueError, match="all of qualities or all of bounds"):
        ShapeLayer((PlacedShape(shape, 0.5), PlacedShape(shape, 0.5, bound=1)))


some_bound = st.sampled_from([0, 2, 8, UNBOUNDED])
place = st.tuples(st.floats(-40, WIDTH + 40), st.floats(-40, HEIGHT + 40))
hard_brush = st.builds(lambda size, bound: Brush(size, hardness=1.0, bound=bound), st.floats(1, 300), some_bound)
inside = st.builds(Rect, st.integers(0, 500), st.integers(0, 280), st.integers(1, 300), st.integers(1, 300))
numbers = st.integers(0, 3)


def dab(brush, at):
    tip = Document(Picture(np.zeros((HEIGHT, WIDTH, 3), np.uint8)))
    tip.fill_uniform(0.0)
    tip.begin_stroke(Brush(brush.size_px, brush.hardness, quality=1.0), *at)
    return tip.quality_map.values >= 32768


def a_dab(brush, at):
    return (
        lambda document: (document.begin_stroke(brush, *at), document.end_stroke()),
        lambda bounds: bounds.__setitem__(dab(brush, at), brush.bound),
    )


def a_rectangle(rect, bound):
    return (
        lambda document: document.fill_rectangle(rect, 0.5, bound=bound),
        lambda bounds: bounds.__setitem__(rect.clipped(WIDTH, HEIGHT).slices, bound),
    )


def a_mask(seed):
    return (
        lambda document: document.replace_bounds(noise(seed), "Import"),
        lambda bounds: bounds.__setitem__(..., noise(seed)),
    )


def everywhere(bound):
    return (
        lambda document: document.bound_everywhere(bound),
        lambda bounds: bounds.__setitem__(..., bound),
    )


nothing = (lambda document: document.clear_bounds(), lambda bounds: bounds.__setitem__(..., UNBOUNDED))
between = (lambda document: document.fill_uniform(0.7), lambda bounds: None)
edits = st.one_of(
    st.builds(a_dab, hard_brush, place),
    st.builds(a_rectangle, inside, some_bound),
    st.builds(a_mask, numbers),
    st.builds(everywhere, some_bound),
    st.just(nothing),
    st.just(between),
)


@given(st.lists(edits, min_size=1, max_size=10))
@settings(max_examples=60)
def test_bounds_are_what_was_laid_over_each_other_last_and_undo_leads_back_bit_for_bit(steps):
    document = Document(Picture(np.zeros((HEIGHT, WIDTH, 3), np.uint8)))
    mirror = bounds_of(document)
    reference = mirror.copy()

    def follow(rect, ended):
        mirror[rect.slices] = bounds_of(document)[rect.slices]

    document.subscribe(follow)
    for edit, on_reference in steps:
        edit(document)
        on_reference(reference)
        np.testing.assert_array_equal(bounds_of(document), reference)
        np.testing.assert_array_equal(mirror, reference)
        assert (document.bounds is None) == bool((reference == UNBOUNDED).all())
        assert document.held_bounds == tuple(sorted(set(np.unique(reference).tolist()) - {UNBOUNDED}))
        anew = Composition(HEIGHT, WIDTH, document.layers)
        np.testing.assert_array_equal(anew.quality.values, document.quality_map.values)

    states = [bounds_of(document)]
    while document.undo() is not None:
        states.append(bounds_of(document))
    assert (states[-1] == UNBOUNDED).all()
    for state in states[-2::-1]:
        document.redo()
        np.testing.assert_array_equal(bounds_of(document), state)


def test_a_brush_layer_shares_tiles_of_bounds_that_did_not_change(document):
    a_line(document, Brush(40, bound=0), (20, 20), (30, 30))
    (first,) = document.layers_of(Aspect.BOUND)
    a_line(document, Brush(40, bound=0), (400, 200), (410, 210))
    (second,) = document.layers_of(Aspect.BOUND)
    assert isinstance(second, BrushLayer)
    assert second.tiles[0, 0] is first.tiles[0, 0]
