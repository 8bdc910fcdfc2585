"""What layers and shapes are marked as inside."""

from dataclasses import replace

import numpy as np

from qmap_studio.core.rect import Rect
from qmap_studio.document import Brush
from qmap_studio.document.layers.gradient import LinearGradient
from qmap_studio.document.layers.layer import Layer
from tests.unit.document.documents import a_document, stroke


def mark(document, layer: Layer, **changes):
    document.replace_layer(layer, replace(layer, is_inside=True, **changes), "Inside")


def test_nothing_is_inside_until_it_is_marked_and_a_selection_comes_first():
    document = a_document()
    stroke(document, 60, 50)
    assert document.inside is None
    mark(document, document.layers[-1])
    region = document.inside.region(300, 400)
    assert region[50, 60]
    assert not region[200, 60]
    document.selection = Rect(0, 0, 9, 9)
    assert document.inside == Rect(0, 0, 9, 9)


def test_a_shape_can_be_inside_and_another_of_its_layer_not():
    document = a_document()
    document.fill_rectangle(Rect(10, 10, 50, 40), 0.9)
    document.fill_rectangle(Rect(200, 10, 50, 40), 0.9)
    layer = document.layers[-1]
    shapes = (layer.shapes[0], replace(layer.shapes[1], is_inside=True))
    document.replace_layer(layer, replace(layer, shapes=shapes), "Inside")
    expected = np.zeros((300, 400), bool)
    expected[10:50, 200:250] = True
    np.testing.assert_array_equal(document.inside.region(300, 400), expected)


def test_what_is_hidden_is_not_inside_and_a_gradient_is_where_its_quality_is_high():
    document = a_document()
    document.add_layer(LinearGradient((0, 0), (400, 0), 0.0, 1.0), "Gradient")
    mark(document, document.layers[-1])
    region = document.inside.region(300, 400)
    assert not region[:, :199].any()
    assert region[:, 201:].all()
    mark(document, document.layers[-1], visible=False)
    assert document.inside is None


def test_inside_is_another_only_if_what_is_marked_has_changed():
    document = a_document()
    stroke(document, 60, 50)
    mark(document, document.layers[-1])
    before = document.inside
    document.set_base(0.2)
    assert document.inside == before
    document.begin_stroke(Brush(40), 100, 100)
    document.end_stroke()
    assert document.inside != before
