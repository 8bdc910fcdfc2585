"""Layers in another order, duplicated, deleted; shapes from one layer to another; thumbnails."""

from dataclasses import replace

import numpy as np
import pytest

from qmap_studio.core.cells import level_of
from qmap_studio.core.rect import Rect
from qmap_studio.document.layers import arrange
from qmap_studio.document.layers.adjust import AdjustLayer
from qmap_studio.document.layers.gradient import LinearGradient
from qmap_studio.document.layers.placed_shape import PlacedShape
from qmap_studio.document.layers.shape import ShapeLayer
from qmap_studio.document.layers.thumbnail import thumbnail
from qmap_studio.document.shapes import Ellipse, Rectangle
from tests.unit.document.documents import a_document, stroke


@pytest.fixture
def document():
    """Base, brush, gradient, shapes."""
    document = a_document()
    stroke(document, 60, 60)
    document.add_layer(LinearGradient((0, 0), (300, 0), 0.1, 0.9), "Gradient")
    document.fill_rectangle(Rect(100, 100, 90, 80), 0.9)
    document.fill_rectangle(Rect(200, 100, 90, 80), 0.2)
    return document


def names(layers):
    return [layer.name for layer in layers]


def test_layers_move_but_never_below_the_base(document):
    layers = document.layers
    assert names(layers) == ["Base quality", "Brush 1", "Linear gradient 1", "Shapes 1"]
    assert names(arrange.moved(layers, layers[3].key, 0))[1] == "Shapes 1"
    assert names(arrange.stepped(layers, layers[1].key, 1))[1:3] == ["Linear gradient 1", "Brush 1"]
    assert arrange.stepped(layers, layers[3].key, 5) == layers
    assert arrange.moved(layers, layers[0].key, 3) is layers
    document.change_layers(arrange.stepped(layers, layers[3].key, -2), "Move layer")
    document.undo()
    assert document.layers is layers


def test_the_base_stays_and_others_can_be_deleted(document):
    layers = document.layers
    assert arrange.without(layers, layers[0].key) == layers
    assert names(arrange.without(layers, layers[2].key)) == ["Base quality", "Brush 1", "Shapes 1"]


def test_a_copy_lies_above_and_is_one_of_its_own(document):
    layers, key = arrange.duplicated(document.layers, document.layers[3].key, "Copy")
    assert names(layers)[3:] == ["Shapes 1", "Copy"]
    assert layers[4].key == key != layers[3].key
    assert not {placed.key for placed in layers[3].shapes} & {placed.key for placed in layers[4].shapes}
    assert layers[4].shapes == layers[3].shapes


def test_shapes_are_changed_deleted_and_taken_to_another_layer(document):
    layers = document.layers
    first, second = layers[3].shapes
    raised = arrange.with_shapes(layers, layers[3].key, {second.key}, lambda placed: replace(placed, quality=0.7))
    assert [placed.quality for placed in raised[3].shapes] == [0.9, 0.7]
    assert arrange.without_shapes(layers, layers[3].key, {first.key})[3].shapes == (second,)
    assert names(arrange.without_shapes(layers, layers[3].key, {first.key, second.key})) == names(layers[:3])
    other = ShapeLayer((PlacedShape(Ellipse(5, 5, 9, 9), 0.5),), name="Other")
    several = (*layers, other)
    taken = arrange.shapes_moved(several, layers[3].key, {first.key}, other.key, 0)
    assert [len(layer.shapes) for layer in taken[3:]] == [1, 2]
    assert taken[4].shapes[0] is first
    swapped = arrange.shapes_moved(several, layers[3].key, {first.key}, layers[3].key, 2)
    assert swapped[3].shapes == (second, first)
    bounds = ShapeLayer((PlacedShape(Rectangle(5, 5, 9, 9), 0.5, bound=0),))
    assert arrange.shapes_moved((*layers, bounds), layers[3].key, {first.key}, bounds.key, 0) == (*layers, bounds)


def test_thumbnails_show_what_a_layer_holds(document):
    base, brush, gradient, shapes = document.layers
    levels, coverage = thumbnail(shapes, 300, 400, 40)
    assert levels.shape == coverage.shape == (30, 40)
    assert levels[14, 14] == level_of(0.9)
    assert levels[14, 24] == level_of(0.2)
    assert coverage[2, 2] == 0
    _, coverage = thumbnail(brush, 300, 400, 40)
    assert coverage[6, 6] > 0 == coverage[20, 30]
    levels, _ = thumbnail(gradient, 300, 400, 40)
    assert levels[0, 2] < levels[0, 15] < levels[0, 28]
    assert thumbnail(base, 300, 400, 40)[1].all()
    for layer in (*document.layers, AdjustLayer(), ShapeLayer(())):
        assert thumbnail(layer, 1, 9000, 40)[0].shape == (1, 40)
    assert np.array_equal(document.layers[3].shapes, shapes.shapes)
