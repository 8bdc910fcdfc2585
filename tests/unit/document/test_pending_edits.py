"""What is being edited and is not yet an edit: strokes, trials, shapes that are dragged."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.core.cells import level_of
from qmap_studio.core.rect import Rect
from qmap_studio.document import Brush
from qmap_studio.document.layers.adjust import AdjustLayer
from qmap_studio.document.layers.adjustments import Invert
from qmap_studio.document.layers.raster import BrushLayer
from qmap_studio.document.layers.stack import Stack
from qmap_studio.document.layers.uniform import UniformLayer
from tests.unit.document.documents import a_document, brushes, levels, points


@given(brushes, st.lists(points, min_size=1, max_size=6), st.integers(0, 99))
@settings(max_examples=40)
def test_undo_of_a_stroke_is_the_identity_bit_for_bit(brush, way, seed):
    document = a_document(seed=seed)
    before = document.quality_map.values.copy()
    document.begin_stroke(brush, *way[0])
    for point in way[1:]:
        document.continue_stroke(*point)
    rect = document.end_stroke()
    after = document.quality_map.values.copy()
    outside = before != after
    outside[rect.slices] = False
    assert not outside.any()
    assert document.is_modified == bool((before != after).any())
    if document.is_modified:
        assert document.undo() == rect
        np.testing.assert_array_equal(document.quality_map.values, before)
        assert not document.is_modified
        assert document.redo() == rect
        np.testing.assert_array_equal(document.quality_map.values, after)
    assert document.redo() is None


def test_a_stroke_does_not_see_the_one_before():
    document = a_document()
    brush = Brush(60, hardness=0.0, flow=1.0, quality=1.0)
    document.begin_stroke(brush, 100, 100)
    document.end_stroke()
    once = int(document.quality_map.values[100, 115])
    document.begin_stroke(brush, 100, 100)
    document.end_stroke()
    assert document.quality_map.values[100, 115] > once


def test_a_whole_stroke_is_one_undo_and_says_what_it_was():
    document = a_document()
    document.begin_stroke(Brush(30), 50, 50)
    for x in range(60, 300, 10):
        document.continue_stroke(x, 100)
    document.end_stroke()
    assert document.undo_name == "Stroke"
    document.undo()
    assert document.undo() is None
    assert document.redo_name == "Stroke"
    assert (document.quality_map.values == level_of(0.5)).all()


def test_a_stroke_can_be_cancelled():
    document = a_document(seed=3)
    before = document.quality_map.values.copy()
    document.begin_stroke(Brush(80, flow=0.2), 50, 50)
    document.continue_stroke(200, 200)
    assert document.is_modified
    assert not document.cancel_stroke().empty
    np.testing.assert_array_equal(document.quality_map.values, before)
    assert not document.is_modified
    assert document.undo() is None
    assert document.cancel_stroke().empty
    assert document.end_stroke().empty


def test_a_new_edit_ends_the_stroke_first():
    document = a_document()
    document.begin_stroke(Brush(30), 50, 50)
    document.fill_uniform(0.2)
    assert document.undo_name == "Uniform quality"
    document.undo()
    assert document.undo_name == "Stroke"
    document.begin_stroke(Brush(30), 90, 50)
    document.undo()
    assert document.undo_name == "Stroke"
    assert document.quality_map.values[50, 90] == level_of(0.5)


def test_a_stroke_goes_on_only_after_it_has_begun():
    with pytest.raises(ValueError, match="no stroke has begun"):
        a_document().continue_stroke(1, 1)


def test_trials_take_each_others_place_and_become_one_edit():
    document = a_document(20, 20)
    before = document.quality_map.values.copy()
    for value in (7, 8, 9):
        assert document.try_map(levels(value), "Search") == Rect(0, 0, 20, 20)
        assert (document.quality_map.values == value).all()
        assert (document.undo_name, document.is_modified) == ("Search", True)
    document.finish()
    document.undo()
    assert np.array_equal(document.quality_map.values, before)
    assert document.undo_name is None
    document.redo()
    assert (document.quality_map.values == 9).all()


@pytest.mark.parametrize("edit", ["stroke", "fill", "undo", "redo"])
def test_a_trial_is_kept_when_something_else_begins(edit):
    document = a_document(20, 20)
    document.fill_uniform(0.25)
    document.undo()
    document.try_map(levels(7), "Search")
    match edit:
        case "stroke":
            document.begin_stroke(Brush(size_px=4, hardness=1, flow=1, quality=1), 10, 10)
            document.end_stroke()
        case "fill":
            document.fill_uniform(0.75)
        case "undo":
            assert document.undo() is not None
            assert document.redo() is not None
        case "redo":
            assert document.redo() is None, "the trial is an edit, and there is nothing to do again"
    if edit in ("stroke", "fill"):
        document.undo()
    assert (document.quality_map.values == 7).all()
    document.undo()
    assert document.quality_map.values[0, 0] == level_of(0.5)


def test_a_trial_that_changes_nothing_is_no_edit():
    document = a_document(20, 20)
    document.try_map(levels(7), "Search")
    document.try_map(levels(level_of(0.5)), "Search")
    document.finish()
    assert (document.undo_name, document.is_modified) == (None, False)


def test_a_preview_that_is_cancelled_leaves_nothing():
    document = a_document(seed=4)
    before, layers = document.quality_map.values.copy(), document.layers
    document.preview((*layers, UniformLayer(0.1)), "Preview")
    document.preview((*layers, UniformLayer(0.2)), "Preview")
    assert (document.quality_map.values == level_of(0.2)).all()
    assert document.cancel() == Rect.whole(300, 400)
    np.testing.assert_array_equal(document.quality_map.values, before)
    assert (document.layers, document.undo_name, document.is_modified) == (layers, None, False)
    assert document.cancel().empty


def test_a_shape_that_is_dragged_changes_only_where_it_was_and_is_and_is_one_undo():
    document = a_document()
    document.fill_rectangle(Rect(10, 10, 20, 20), 0.9)
    document.fill_rectangle(Rect(300, 200, 20, 20), 0.8)
    base, shapes = document.layers
    first, second = shapes.shapes
    for x in (304, 308):
        moved = replace(second, shape=second.shape.moved(x - 300, 0))
        changed = document.preview((base, replace(shapes, shapes=(first, moved))), "Move")
        assert changed == Rect(x - 4, 200, 24, 20)
    document.finish()
    assert document.undo_name == "Move"
    assert document.quality_map.values[210, 305] == level_of(0.5)
    assert document.undo() == Rect(300, 200, 28, 20)
    assert document.quality_map.values[210, 305] == level_of(0.8)


@given(brushes, st.lists(points, min_size=1, max_size=4))
@settings(max_examples=20)
def test_a_stroke_into_a_layer_below_others_shows_through_them(brush, way):
    document = a_document(seed=2)
    document.add_layer(BrushLayer(), "Paint")
    document.preview((*document.layers, BrushLayer(), AdjustLayer.of(Invert())), "Layers")
    document.finish()
    layer = document.layers[-2]
    document.begin_stroke(brush, *way[0], layer=layer)
    for point in way[1:]:
        document.continue_stroke(*point)
    shown = document.quality_map.values.copy()
    document.end_stroke()
    np.testing.assert_array_equal(document.quality_map.values, shown)
    np.testing.assert_array_equal(shown, Stack(300, 400, document.layers).values)
    assert len(document.layers) == 5
