"""Whatever is done to a document, in whatever order: what is shown is what its layers come to, and undo is exact."""

import contextlib
from dataclasses import replace

import numpy as np
import pytest
from documents import apply_boxes
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.document import Annotation, Brush, Document, layered_map
from qmap_studio.document.choice import Choice
from qmap_studio.document.layers.adjust import AdjustLayer
from qmap_studio.document.layers.adjustments import Blur, Grow, Invert, Levels, Limits, Shift, Strength
from qmap_studio.document.layers.composition import Composition
from qmap_studio.document.layers.gradient import LinearGradient, RadialGradient
from qmap_studio.document.layers.layer import Rule

HEIGHT, WIDTH = 290, 530  # of several tiles, the last ones cut
place = st.tuples(st.floats(-40, WIDTH + 40), st.floats(-40, HEIGHT + 40))
share = st.floats(0, 1)
feather = st.floats(0, 90)
rect = st.builds(Rect, st.integers(-20, 500), st.integers(-20, 280), st.integers(1, 300), st.integers(1, 300))
brush = st.builds(Brush, st.floats(1, 300), share, st.floats(0.05, 1), share)


def gradient(kind, start, end, first, second):
    def add(document):
        if np.hypot(end[0] - start[0], end[1] - start[1]) >= 1:
            document.add_layer(kind(start, end, first, second), "Gradient")

    return add


def noise(seed):
    return np.random.default_rng(seed).integers(0, 65536, (HEIGHT, WIDTH)).astype(np.uint16)


def box(rect, outside, quality, feather_px):
    return lambda document: apply_boxes(document, [Annotation.box("a", *rect)], quality, feather_px, outside)


def on_a_layer(change, name):
    """Does something to a layer, the base excepted, and says which one by a number."""

    def edit(document, number):
        layers = document.finish()
        if len(layers) > 1:
            layer = layers[1 + number % (len(layers) - 1)]
            document.change_layers(change(layers, layer), name)

    return edit


def changed(**changes):
    return lambda layers, layer: tuple(replace(known, **changes) if known is layer else known for known in layers)


def raised(layers, layer):
    others = [known for known in layers if known is not layer]
    return (*others, layer)


def of_layers(change, number):
    return lambda document: change(document, number)


adjustments = st.one_of(
    st.just(Invert()),
    st.builds(Strength, st.floats(0, 10), share),
    st.builds(Shift, st.floats(-1, 1)),
    st.builds(Limits, share, share),
    st.builds(Levels, share, share, st.floats(0.1, 10)),
    st.builds(Blur, st.integers(0, 60)),
    st.builds(Grow, st.integers(-40, 40)),
)
layer_edits = st.one_of(
    st.builds(lambda o: on_a_layer(changed(opacity=o), "Opacity"), share),
    st.builds(lambda r: on_a_layer(changed(rule=r), "Rule"), st.sampled_from(Rule)),
    st.builds(lambda v: on_a_layer(changed(visible=v), "Visible"), st.booleans()),
    st.builds(lambda a: on_a_layer(changed(adjustments=tuple(a)), "Adjust"), st.lists(adjustments, max_size=3)),
    st.just(on_a_layer(raised, "Raise")),
    st.just(on_a_layer(lambda layers, layer: tuple(known for known in layers if known is not layer), "Delete")),
    st.just(lambda document, number: document.choose(Choice(document.layers[number % len(document.layers)].key))),
    st.just(lambda document, number: document.go_to(number % (len(document.edits) + 1))),
)


def erase(document, at):
    brush = Brush(90, 0.3, 0.7, erases=True)
    if document.layer_to_paint(brush) is not None:
        document.begin_stroke(brush, *at)


edits = st.one_of(
    st.builds(of_layers, layer_edits, st.integers(0, 9)),
    st.builds(lambda p: lambda document: erase(document, p), place),
    st.builds(
        lambda a: lambda document: document.add_layer(AdjustLayer.of(*a), "Adjust"), st.lists(adjustments, max_size=2)
    ),
    st.builds(lambda b, p: lambda document: document.begin_stroke(b, *p), brush, place),
    st.builds(lambda p: lambda document: document.begin_stroke(Brush(40), *p), place),
    st.just(lambda document: document.end_stroke()),
    st.just(lambda document: document.cancel()),
    st.builds(lambda q: lambda document: document.fill_uniform(q), share),
    st.builds(gradient, st.sampled_from([LinearGradient, RadialGradient]), place, place, share, share),
    st.builds(
        lambda r, q, f: lambda document: document.fill_rectangle(r, q, f), rect, st.sampled_from([0.2, 0.9]), feather
    ),
    st.builds(box, rect, st.none() | share, st.sampled_from([0.2, 0.9]), feather),
    st.just(lambda document: document.invert()),
    st.builds(lambda factor: lambda document: document.strengthen(factor), st.floats(0.3, 3)),
    st.builds(lambda by: lambda document: document.shift(by), st.floats(-0.5, 0.5)),
    st.builds(lambda seed: lambda document: document.replace(noise(seed), "Import"), st.integers(0, 3)),
    st.builds(lambda seed: lambda document: document.try_map(noise(seed), "Search"), st.integers(0, 3)),
    st.just(lambda document: document.undo()),
    st.just(lambda document: document.redo()),
)


@given(st.lists(st.tuples(edits, place), min_size=1, max_size=14))
@settings(max_examples=60)
def test_what_is_shown_is_what_the_layers_come_to_and_undo_leads_back_bit_for_bit(steps):
    document = Document(Picture(np.zeros((HEIGHT, WIDTH, 3), np.uint8)))
    mirror, revisions = document.quality_map.values.copy(), [document.revision]
    begun = mirror.copy()

    def follow(rect, ended):
        mirror[rect.slices] = document.quality_map.values[rect.slices]

    document.subscribe(follow)
    for edit, towards in steps:
        edit(document)
        with contextlib.suppress(ValueError):  # no stroke has begun
            document.continue_stroke(*towards)
        np.testing.assert_array_equal(mirror, document.quality_map.values)
        np.testing.assert_array_equal(Composition(HEIGHT, WIDTH, document.layers).quality.values, mirror)
        revisions.append(document.revision)
    assert revisions == sorted(revisions)

    document.finish()
    while document.redo() is not None:
        pass
    states = [document.quality_map.values.copy()]
    while document.undo() is not None:
        states.append(document.quality_map.values.copy())
    np.testing.assert_array_equal(states[-1], begun)
    for state in states[-2::-1]:
        document.redo()
        np.testing.assert_array_equal(document.quality_map.values, state)


@given(st.lists(st.tuples(edits, place, st.booleans()), min_size=1, max_size=14))
@settings(max_examples=40)
def test_a_map_that_composes_later_comes_to_the_same_and_tells_of_every_change(steps):
    document = Document(Picture(np.zeros((HEIGHT, WIDTH, 3), np.uint8)))
    document.composes_later = True
    mirror, ends = document.quality_map.values.copy(), []

    def follow(rect, ended):
        mirror[rect.slices] = document.quality_map.values[rect.slices]
        ends.append(ended)

    document.subscribe(follow)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layered_map, "AT_ONCE_S", -1.0)  # one tile at once, the others later
        for edit, towards, waits in steps:
            told, layers = len(ends), document.layers
            edit(document)
            is_told = len(ends) > told or document.layers == layers
            assert is_told or not document.is_behind, "nobody would ask for the rest"
            with contextlib.suppress(ValueError):  # no stroke has begun
                document.continue_stroke(*towards)
            document.catch_up(-1.0 if waits else 60.0)
        document.finish()
        document.catch_up()
    assert not ends or ends[-1]
    np.testing.assert_array_equal(mirror, document.quality_map.values)
    np.testing.assert_array_equal(Composition(HEIGHT, WIDTH, document.layers).quality.values, mirror)
