"""What documents behind others keep, and what they let go."""

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from qmap_studio.engine import (
    EngineReady,
    JobCancelled,
    MapImported,
    OptimiseMap,
    PictureOpened,
    ReadAnnotations,
    Result,
)
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import HEIGHT, WIDTH, FakeEngine, figures, live_result, open_photo, photo

Deliver = Callable[[Result], None]


@pytest.fixture
def two(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> MainWindow:
    """The window with two photos, the second in front."""
    open_photo(qtbot, opened, engine, "other.png")
    return opened


def test_results_of_another_model_are_kept_by_no_tab(two: MainWindow, engine: FakeEngine, deliver: Deliver) -> None:
    assert two.canvas is not None
    deliver(live_result(engine, figures()))
    two.controller.step(1)
    deliver(EngineReady("cpu", "song2021", ()))
    two.controller.step(1)
    assert two.canvas.workspace.panes.pane("reconstruction").placeholder.isVisible()


def test_a_map_that_arrives_behind_brings_its_threshold(two: MainWindow, engine: FakeEngine, deliver: Deliver) -> None:
    first = two.controller.documents.all[0]
    values = np.full((HEIGHT, WIDTH), 13107, np.uint16)
    values[:48] = 39321
    deliver(MapImported(3, first.document.picture, values, "map.png"))
    two.controller.show(first)
    assert two.controller.threshold == pytest.approx(0.4, abs=0.001)
    assert engine.thresholds[-1] == two.controller.threshold


def test_a_photo_that_was_asked_for_twice_is_opened_once(two: MainWindow, deliver: Deliver) -> None:
    deliver(PictureOpened(3, Path("photo.png"), photo()))
    assert [item.name for item in two.controller.documents.all] == ["photo.png", "other.png"]
    assert two.controller.documents.front is two.controller.documents.all[0]


def test_boxes_wait_for_their_photo_whatever_is_opened_meanwhile(
    opened: MainWindow, engine: FakeEngine, deliver: Deliver
) -> None:
    opened.files.take(["a.png", "boxes.json"])
    opened.open(Path("b.png"))
    deliver(PictureOpened(2, Path("a.png"), photo()))
    assert engine.jobs[-1] == ReadAnnotations(Path("boxes.json"), Path("a.png"))


def test_boxes_dropped_with_a_photo_that_is_open_are_for_it(two: MainWindow, engine: FakeEngine) -> None:
    two.files.take(["photo.png", "boxes.json"])
    assert engine.jobs[-1] == ReadAnnotations(Path("boxes.json"), Path("photo.png"))


def test_a_closed_document_leaves_the_memory(two: MainWindow, engine: FakeEngine, deliver: Deliver) -> None:
    two.controller.find_map(OptimiseMap("edges"))
    deliver(JobCancelled(len(engine.jobs)))
    front = two.controller.documents.front
    assert front is not None
    gone = [weakref.ref(kept) for kept in (front.document, front.buffers)]
    gc.collect()
    gc.disable()
    try:
        two.controller.close(front)
        del front
        assert [reference() for reference in gone] == [None, None], "at once: they are large"
    finally:
        gc.enable()
