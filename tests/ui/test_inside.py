"""What is inside: the selection, or quality above a threshold that is chosen once and then the person's."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from qmap_studio.core.rect import Rect
from qmap_studio.document import Document
from qmap_studio.engine import SfcOpened
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import HEIGHT, WIDTH, FakeEngine, figures, keep_no_work, live_result, paint_line, photo


def test_a_uniform_map_has_no_inside(opened: MainWindow, engine: FakeEngine) -> None:
    assert opened.controller.threshold is None
    assert engine.thresholds == [None]
    assert opened.figures.threshold.name == "No part is inside: the map is uniform"
    assert not opened.figures.threshold.isEnabled()
    opened.controller.edit(lambda document: document.fill_uniform(0.2))
    assert opened.controller.threshold is None


def test_the_first_edit_that_ends_chooses_the_threshold_and_no_later_one_moves_it(
    opened: MainWindow, engine: FakeEngine
) -> None:
    paint_line(opened)
    chosen = opened.controller.threshold
    assert chosen is not None
    assert 0.5 < chosen < 0.9
    assert engine.thresholds[-1] == chosen
    assert opened.figures.threshold.name == "Inside is where quality is above"
    assert opened.figures.threshold.isEnabled()
    assert opened.figures.threshold.value == chosen
    told = len(engine.thresholds)
    opened.controller.edit(Document.invert)
    opened.controller.undo()
    opened.controller.undo()
    assert opened.controller.threshold == chosen
    assert len(engine.thresholds) == told


def test_a_map_that_is_not_uniform_brings_its_threshold(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    paint_line(opened)
    keep_no_work(opened)
    values = np.full((HEIGHT, WIDTH), 13107, np.uint16)
    values[:48] = 39321
    with qtbot.waitSignal(opened.controller.document_shown):
        engine.deliver(SfcOpened(2, Path("photo.sfc"), photo(), values, np.ones((6, 10), np.float32), 100))
    assert opened.controller.threshold == pytest.approx(0.4, abs=0.001)
    assert engine.thresholds[-1] == opened.controller.threshold


def test_moving_the_threshold_tells_the_engine_and_asks_for_figures(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine
) -> None:
    paint_line(opened)
    with qtbot.waitSignal(opened.controller.live_result_arrived):
        engine.deliver(live_result(engine, figures()))
    assert opened.figures.state == "exact"
    opened.figures.threshold._field.setValue(0.75)
    assert engine.thresholds[-1] == opened.controller.threshold == 0.75
    assert opened.figures.state == "updating"
    opened.controller.edit(Document.invert)
    assert opened.figures.threshold.value == 0.75


def test_a_selection_takes_the_place_of_the_threshold(opened: MainWindow, engine: FakeEngine) -> None:
    assert opened.canvas is not None
    paint_line(opened)
    chosen = opened.controller.threshold
    opened.canvas.workspace.set_selection(Rect(16, 16, 32, 32))
    assert opened.figures.threshold.name == "Inside is the selection"
    assert not opened.figures.threshold.isEnabled()
    opened.canvas.workspace.set_selection(None)
    assert opened.figures.threshold.isEnabled()
    assert opened.controller.threshold == opened.figures.threshold.value == chosen
