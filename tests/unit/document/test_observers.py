from collections.abc import Callable

import numpy as np
import pytest
from documents import apply_boxes

from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import NOWHERE, Rect
from qmap_studio.document import Annotation, Brush, Document
from qmap_studio.document.layers.gradient import LinearGradient, RadialGradient

HEIGHT, WIDTH = 40, 60
WHOLE = Rect.whole(HEIGHT, WIDTH)


@pytest.fixture
def document() -> Document:
    return Document(Picture(np.zeros((HEIGHT, WIDTH, 3), np.uint8)))


@pytest.fixture
def told(document: Document) -> list[tuple[Rect, bool]]:
    """What an observer was called with."""
    calls: list[tuple[Rect, bool]] = []
    document.subscribe(lambda rect, ended: calls.append((rect, ended)))
    return calls


def test_a_stroke_tells_of_each_dab_and_of_its_end(document: Document, told: list[tuple[Rect, bool]]) -> None:
    brush = Brush(size_px=10, quality=0.9)
    first = document.begin_stroke(brush, 10, 10)
    second = document.continue_stroke(40, 10)
    assert told == [(first, False), (second, False)]
    whole = document.end_stroke()
    assert told[2:] == [(NOWHERE, True)]
    assert whole == first.united(second)


def test_a_stroke_that_is_cancelled_tells_of_what_goes(document: Document, told: list[tuple[Rect, bool]]) -> None:
    rect = document.begin_stroke(Brush(size_px=10, quality=0.9), 10, 10)
    document.cancel_stroke()
    assert told[1:] == [(rect, True)]


def test_a_stroke_that_changes_nothing_still_ends(document: Document, told: list[tuple[Rect, bool]]) -> None:
    document.begin_stroke(Brush(size_px=10, quality=0.9), -500, -500)
    document.end_stroke()
    assert [(rect.empty, ended) for rect, ended in told] == [(True, True)]


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: document.fill_uniform(0.9),
        lambda document: document.add_layer(LinearGradient((0, 0), (60, 0), 1, 0), "Gradient"),
        lambda document: document.add_layer(RadialGradient((30, 20), (50, 20), 1, 0), "Gradient"),
        lambda document: document.fill_rectangle(Rect(5, 5, 10, 10), 0.9),
        lambda document: apply_boxes(document, [Annotation.box("cat", 5, 5, 10, 10)], 0.9),
        lambda document: document.shift(0.1),
        lambda document: document.replace(np.zeros((HEIGHT, WIDTH), np.uint16), "Import map"),
    ],
)
def test_every_edit_and_its_undo_and_redo_are_told(
    document: Document, told: list[tuple[Rect, bool]], edit: Callable[[Document], Rect]
) -> None:
    rect = edit(document)
    assert told == [(rect, True)]
    undone = document.undo()
    redone = document.redo()
    assert told[1:] == [(undone, True), (redone, True)]


def test_a_preview_is_told_and_ends_once_it_is_an_edit(document: Document, told: list[tuple[Rect, bool]]) -> None:
    document.try_map(np.zeros((HEIGHT, WIDTH), np.uint16), "Optimise")
    document.try_map(np.ones((HEIGHT, WIDTH), np.uint16), "Optimise")
    document.finish()
    assert told == [(WHOLE, False), (WHOLE, False), (NOWHERE, True)]


def test_what_changes_nothing_is_not_told(document: Document, told: list[tuple[Rect, bool]]) -> None:
    document.fill_uniform(0.5)
    document.undo()
    assert told == []


def test_an_observer_can_leave(document: Document) -> None:
    calls: list[Rect] = []
    leave = document.subscribe(lambda rect, _ended: calls.append(rect))
    document.fill_uniform(0.9)
    leave()
    document.fill_uniform(0.1)
    assert calls == [WHOLE]
