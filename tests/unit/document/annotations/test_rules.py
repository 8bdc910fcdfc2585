"""What rules make of annotations: which count, what they get, and what lies over what."""

import numpy as np
import pytest

from qmap_studio.core.cells import MAX_LEVEL, level_of
from qmap_studio.core.pictures import Picture
from qmap_studio.document import Annotation, Brush, Document
from qmap_studio.document.annotations.layers import MapParts
from qmap_studio.document.annotations.reader import AnnotationsFile
from qmap_studio.document.annotations.rules import ClassRule, Length, Outline, Overlap, Rules
from qmap_studio.document.shapes import Ellipse, Polygon, Rectangle

HARD = Length(0)
FACE = Annotation.box("face", 10, 10, 40, 40, 0.9)
SIGN = Annotation.box("sign", 30, 30, 40, 40, 0.4)
TREE = Annotation("tree", Polygon(((70.0, 5.0), (95.0, 5.0), (80.0, 50.0))))
ALL = (FACE, SIGN, TREE)


@pytest.fixture
def document():
    return Document(Picture(np.zeros((100, 120, 3), np.uint8)))


def quality(document, x, y):
    return round(document.quality_map.values[y, x] / MAX_LEVEL, 3)


def apply(document, rules, annotations=ALL, heat=None):
    found = AnnotationsFile(tuple(annotations), heat=heat)
    layers, _ = MapParts.of(found, rules, "boxes.json").over(document.layers, 100, 120)
    document.change_layers(layers, "Boxes")


def test_a_shape_takes_the_place_of_the_rest_even_where_its_quality_is_lower(document):
    rules = Rules((("face", ClassRule(0.2)), ("sign", ClassRule(0.95))), feather=HARD, rest=0.6)
    apply(document, rules, (FACE, SIGN))
    assert quality(document, 0, 0) == 0.6
    assert quality(document, 15, 15) == 0.2
    assert quality(document, 60, 60) == 0.95
    assert quality(document, 40, 40) == 0.95, "where both are, the higher one"


def test_the_order_of_the_classes_may_decide_instead(document):
    rules = Rules((("face", ClassRule(0.2)), ("sign", ClassRule(0.95))), feather=HARD, overlap=Overlap.ORDER)
    apply(document, rules)
    assert quality(document, 40, 40) == 0.2
    assert quality(document, 80, 10) == 0.9, "a class without a rule"


def test_of_scores_those_below_the_threshold_do_not_count_and_those_without_any_do(document):
    assert Rules(score=0.5).counted(ALL) == [FACE, TREE]
    assert Rules(score=0.4).counted(ALL) == list(ALL)


def test_classes_are_switched_off_whatever_their_letter_case(document):
    assert Rules((("FACE", ClassRule(is_on=False)),)).counted(ALL) == [SIGN, TREE]
    assert Rules((("Face", ClassRule(0.3)),), others=ClassRule(is_on=False)).counted(ALL) == [FACE]
    assert Rules((("Face", ClassRule(0.3)),)).with_class("face", ClassRule(0.4)).classes == (("Face", ClassRule(0.4)),)


def test_without_a_quality_for_the_rest_the_map_stays(document):
    document.set_base(0.3)
    apply(document, Rules(feather=HARD))
    assert quality(document, 0, 99) == 0.3


def test_what_was_painted_before_is_kept_below_the_rest(document):
    document.begin_stroke(Brush(20, 1, 1, 0.8), 100, 90)
    document.end_stroke()
    painted = quality(document, 100, 90)
    apply(document, Rules(rest=0.1, feather=HARD))
    assert quality(document, 100, 90) == 0.1
    rest = next(layer for layer in document.layers if layer.name == "Around boxes.json")
    document.change_layers(tuple(layer for layer in document.layers if layer is not rest), "Delete layer")
    assert quality(document, 100, 90) == painted


@pytest.mark.parametrize(
    ("outline", "kinds"),
    [
        (Outline.AS_DRAWN, [Rectangle, Polygon]),
        (Outline.BOX, [Rectangle, Rectangle]),
        (Outline.ELLIPSE, [Ellipse, Ellipse]),
    ],
)
def test_shapes_are_what_was_drawn_or_their_boxes_or_ellipses(outline, kinds):
    shapes = Rules(outline=outline).shapes((FACE, TREE))
    assert [type(placed.shape) for placed in shapes] == kinds
    assert [placed.shape.bounds for placed in shapes] == [FACE.shape.bounds, TREE.shape.bounds]
    assert [placed.label for placed in shapes] == ["face", "tree"]


def test_padding_and_feather_are_pixels_or_shares_of_the_shorter_side():
    wide = Annotation.box("face", 10, 10, 40, 20)
    (placed,) = Rules(padding=Length(3), feather=Length(5)).shapes([wide])
    assert (placed.shape, placed.feather_px) == (Rectangle(7, 7, 46, 26), 5)
    (placed,) = Rules(padding=Length(10, True), feather=Length(50, True)).shapes([wide])
    assert (placed.shape, placed.feather_px) == (Rectangle(8, 8, 44, 24), 12)


def test_bounds_are_layers_of_their_own_the_strictest_on_top(document):
    rules = Rules((("face", ClassRule(bound=0)), ("sign", ClassRule(bound=3))), rest=0.1)
    apply(document, rules, (FACE, SIGN))
    assert document.held_bounds == (0, 3)
    assert document.bounds[40, 40] == 0
    assert document.bounds[60, 60] == 3
    assert quality(document, 40, 40) == 0.1


def test_a_heat_map_goes_from_one_quality_to_another_below_the_shapes(document):
    heat = np.tile(np.linspace(0, 1, 120, dtype=np.float32), (100, 1))
    apply(document, Rules(heat=(0.2, 0.8), feather=HARD), (FACE,), heat)
    assert document.quality_map.values[90, [0, 119]].tolist() == [level_of(0.2), level_of(0.8)]
    assert quality(document, 20, 20) == 0.9


def test_shapes_stay_objects_with_their_classes(document):
    apply(document, Rules())
    layer = document.layers[-1]
    assert layer.name == "boxes.json"
    assert {placed.label for placed in layer.shapes} == {"face", "sign", "tree"}
    document.undo()
    assert len(document.layers) == 1
