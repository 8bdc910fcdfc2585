import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from documents import apply_boxes

from qmap_studio.core.cells import level_of
from qmap_studio.core.errors import QualityMapShapeError
from qmap_studio.core.rect import Rect
from qmap_studio.document import Annotation, Brush, Document, QualityMap
from qmap_studio.document.layers.adjust import AdjustLayer
from qmap_studio.document.layers.gradient import LinearGradient, RadialGradient
from qmap_studio.document.layers.raster import BrushLayer
from tests.unit.document.documents import a_document, stroke

FILLS = {
    "Uniform quality": lambda document: document.fill_uniform(0.1),
    "Linear gradient": lambda document: document.add_layer(
        LinearGradient((0, 0), (300, 200), 0.1, 0.9), "Linear gradient"
    ),
    "Radial gradient": lambda document: document.add_layer(
        RadialGradient((150, 150), (240, 150), 0.9, 0.1), "Radial gradient"
    ),
    "Rectangle": lambda document: document.fill_rectangle(Rect(50, 50, 90, 70), 0.9, 20),
    "Invert": lambda document: document.invert(),
    "Annotations": lambda document: apply_boxes(
        document, [Annotation.box("cat", 10.2, 20, 50, 50.5)], 0.9, 8, outside=0.2
    ),
    "Import": lambda document: document.replace(np.full((300, 400), 9, np.uint16), "Import"),
}


@pytest.mark.parametrize("name", FILLS)
def test_every_fill_is_one_undo_with_a_name(name):
    document = a_document(seed=5)
    before = document.quality_map.values.copy()
    revision = document.revision
    rect = FILLS[name](document)
    assert not rect.empty
    assert document.revision > revision
    assert document.undo_name == name
    assert document.is_modified
    after = document.quality_map.values.copy()
    assert (before != after).any()
    assert document.undo() == rect
    np.testing.assert_array_equal(document.quality_map.values, before)
    document.redo()
    np.testing.assert_array_equal(document.quality_map.values, after)


def test_a_fill_that_changes_nothing_is_no_edit():
    document = a_document()
    assert document.fill_uniform(0.5).empty
    assert apply_boxes(document, [], 0.9).empty
    assert not document.is_modified
    assert document.undo_name is None
    assert document.revision == 0


def test_the_revision_grows_with_every_change():
    document = a_document()
    revisions = [document.revision]
    for change in (
        lambda: document.begin_stroke(Brush(30), 50, 50),
        lambda: document.continue_stroke(90, 50),
        document.cancel_stroke,
        lambda: document.fill_uniform(0.2),
        document.undo,
        document.redo,
    ):
        change()
        revisions.append(document.revision)
    assert revisions == sorted(set(revisions))


def test_whoever_subscribes_is_told_of_every_change_however_it_is_made():
    document = a_document()
    shown, told = document.quality_map.values.copy(), []

    def observer(rect, ended):
        told.append(ended)
        shown[rect.slices] = document.quality_map.values[rect.slices]

    end = document.subscribe(observer)
    changes = [
        *FILLS.values(),
        lambda document: document.begin_stroke(Brush(60), 100, 100),
        lambda document: document.continue_stroke(300, 250),
        lambda document: document.end_stroke(),
        lambda document: document.begin_stroke(Brush(60, quality=0.1), 200, 100),
        lambda document: document.cancel_stroke(),
        lambda document: document.try_map(np.arange(120000).reshape(300, 400).astype(np.uint16), "Search"),
        lambda document: document.finish(),
        lambda document: document.strengthen(0.5),
        lambda document: document.shift(0.1),
        lambda document: document.undo(),
        lambda document: document.undo(),
        lambda document: document.redo(),
    ]
    for change in changes:
        told.clear()
        change(document)
        assert told, "a change that nobody was told of"
        np.testing.assert_array_equal(shown, document.quality_map.values)
    told.clear()
    document.begin_stroke(Brush(60), 100, 100)
    document.continue_stroke(200, 200)
    assert told == [False, False]
    document.fill_uniform(0.3)
    assert told == [False, False, True, True], "the stroke has ended, then the fill"
    end()
    document.fill_uniform(0.4)
    assert len(told) == 4


def test_painting_goes_into_the_uppermost_brush_layer_and_over_what_is_none():
    document = a_document()
    stroke(document, 50, 50)
    stroke(document, 90, 50)
    assert [type(layer).__name__ for layer in document.layers] == ["UniformLayer", "BrushLayer"]
    document.add_layer(LinearGradient((0, 0), (300, 0), 0.1, 0.9), "Linear gradient")
    stroke(document, 90, 90)
    assert [type(layer).__name__ for layer in document.layers[2:]] == ["LinearGradient", "BrushLayer"]
    document.undo()
    assert [type(layer).__name__ for layer in document.layers[2:]] == ["LinearGradient"]


def test_maps_that_are_imported_take_each_others_place_and_the_history_holds_them():
    document = a_document()
    for seed in range(3):
        document.replace(np.random.default_rng(seed).integers(0, 65536, (300, 400)).astype(np.uint16), "Import")
    assert len(document.layers) == 2
    document.undo()
    assert len(document.layers) == 2
    document.undo()
    document.undo()
    assert (document.quality_map.values == level_of(0.5)).all()


def test_adjustments_in_a_row_are_one_layer_and_an_undo_each():
    document = a_document(seed=1)
    before = document.quality_map.values.copy()
    for _ in range(5):
        document.strengthen(0.9)
        document.shift(0.01)
    assert sum(isinstance(layer, AdjustLayer) for layer in document.layers) == 1
    for _ in range(10):
        document.undo()
    np.testing.assert_array_equal(document.quality_map.values, before)
    assert not document.is_modified


def test_a_layer_that_is_not_of_the_map_is_a_programming_error():
    document = a_document()
    with pytest.raises(ValueError, match="not one of the map's"):
        document.begin_stroke(Brush(30), 50, 50, layer=BrushLayer())
    with pytest.raises(ValueError, match="not one of the map's"):
        document.replace_layer(BrushLayer(), BrushLayer(), "Opacity")
    assert not document.is_modified


def test_a_state_that_was_saved_counts_whatever_came_after_and_went():
    document = a_document()
    document.fill_uniform(0.2)
    state = document.state
    stroke(document, 50, 50)
    document.mark_saved(state)
    assert document.is_modified
    document.undo()
    assert not document.is_modified


def test_what_lies_under_a_gradient_is_not_lost():
    document = a_document()
    stroke(document, 50, 50)
    painted = document.quality_map.values.copy()
    document.add_layer(LinearGradient((0, 0), (300, 0), 0.1, 0.9), "Linear gradient")
    gradient = document.layers[-1]
    document.replace_layer(gradient, replace(gradient, opacity=0.0), "Opacity")
    np.testing.assert_array_equal(document.quality_map.values, painted)


def test_a_moved_handle_is_an_edit_of_the_gradient():
    document = a_document()
    document.add_layer(LinearGradient((0, 0), (300, 0), 0.1, 0.9), "Linear gradient")
    gradient = document.layers[-1]
    document.replace_layer(gradient, replace(gradient, end=(200, 0)), "Move gradient")
    assert len(document.layers) == 2
    assert document.quality_map.values[0, 250] == level_of(0.9)
    document.undo()
    assert document.layers[-1] is gradient


def test_boxes_raise_the_map_around_them_or_replace_it():
    document = a_document()
    boxes = [
        Annotation.box("cat", 10, 20, 50, 50),
        Annotation.box("dog", 40, 40, 100, 30, 0.8),
        Annotation.box("off", 900, 900, 5, 5),
    ]
    apply_boxes(document, boxes, 0.9)
    assert document.quality_map.values[45, 50] == level_of(0.9)
    assert document.quality_map.values[200, 300] == level_of(0.5)
    apply_boxes(document, boxes, 0.8, outside=0.1)
    assert document.quality_map.values[200, 300] == level_of(0.1)
    assert document.quality_map.values[45, 50] == level_of(0.8)


def test_saving_is_remembered_across_undo():
    document = a_document()
    document.fill_uniform(0.2)
    document.mark_saved()
    assert not document.is_modified
    document.undo()
    assert document.is_modified
    document.redo()
    assert not document.is_modified


def test_a_map_of_another_size_is_refused_and_the_open_one_stays():
    document = a_document()
    with pytest.raises(QualityMapShapeError, match=r"10 x 20 .* 400 x 300"):
        document.replace(np.zeros((20, 10), np.uint16), "Import")
    assert not document.is_modified
    with pytest.raises(QualityMapShapeError, match=r"10 x 20 .* 400 x 300"):
        Document(document.picture, quality_map=QualityMap.uniform(20, 10, 0.5))


def test_the_smallest_picture_can_be_painted():
    document = a_document(1, 1)
    document.begin_stroke(Brush(500, hardness=1.0, quality=1.0), 0.5, 0.5)
    document.end_stroke()
    document.fill_rectangle(Rect(0, 0, 1, 1), 0.2, 300)
    assert document.quality_map.quality().item() == pytest.approx(0.2, abs=1e-4)


def test_importing_the_document_leaves_the_environment_of_qt_alone():
    script = (
        "import os; os.environ['QT_QPA_FONTDIR'] = 'mine'; import qmap_studio.document; "
        "print(os.environ.get('QT_QPA_PLATFORM_PLUGIN_PATH'), os.environ.get('QT_QPA_FONTDIR'))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QT_QPA_")}
    shown = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["None", "mine"]
