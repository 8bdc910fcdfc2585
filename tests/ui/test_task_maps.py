from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from qmap_studio.core import cells
from qmap_studio.core.rect import Rect
from qmap_studio.document import Brush
from qmap_studio.engine import (
    GradCam,
    JobCancelled,
    JobDone,
    JobFailed,
    JobProgress,
    MapFound,
    OptimiseMap,
    PictureOpened,
)
from qmap_studio.ui.dialogs.task import TaskDialog
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import HEIGHT, WIDTH, FakeEngine, paint_line, photo

SELECTION = Rect(10, 20, 40, 30)
JOB = 2  # opening the photo was the first


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


@pytest.fixture
def dialog(parent: QWidget) -> TaskDialog:
    return TaskDialog(SELECTION, "", parent)


def begin(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asks for a search through the menu's action."""
    monkeypatch.setattr(TaskDialog, "exec", lambda _dialog: True)
    window.actions_by_name["optimise"].trigger()


def find(qtbot: QtBot, window: MainWindow, engine: FakeEngine, level: int) -> None:
    """The engine has found a map of one level."""
    with qtbot.waitSignal(window.controller.jobs.progressed):
        engine.deliver(MapFound(JOB, engine.shown[-1][0], np.full((HEIGHT, WIDTH), level, np.uint16)))
        engine.deliver(JobProgress(JOB, 0.5, ""))


def level_of(window: MainWindow) -> int:
    assert window.controller.document is not None
    return int(window.controller.document.quality_map.values[0, 0])


def test_edges_are_kept_by_default(parent: QWidget) -> None:
    dialog = TaskDialog(None, "", parent)
    assert dialog.job == OptimiseMap("edges", from_current=True)
    assert not dialog.region.isEnabled()


def test_the_selection_is_kept_where_there_is_one(dialog: TaskDialog) -> None:
    dialog.keep_size.setChecked(False)
    dialog.weight.value, dialog.iterations.value = 2.0, 3
    dialog.from_current.setChecked(False)
    assert dialog.job == OptimiseMap(SELECTION, lmbda=2.0, iterations=3, from_current=False)


def test_a_model_needs_a_file(dialog: TaskDialog, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog.keep_size.setChecked(False)
    dialog.model.setChecked(True)
    assert not dialog._accept.isEnabled()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_arguments: ("there/cats.pt2", ""))
    QTest.mouseClick(dialog._browse, Qt.MouseButton.LeftButton)
    assert dialog._accept.isEnabled()
    assert dialog.job == OptimiseMap(Path("there/cats.pt2"), lmbda=10.0, from_current=True)
    dialog.label.setValue(7)
    assert dialog.job == OptimiseMap(Path("there/cats.pt2"), 7, lmbda=10.0, from_current=True)


def test_the_size_is_kept_unless_a_weight_is_chosen(dialog: TaskDialog) -> None:
    assert dialog.job == OptimiseMap(SELECTION, lmbda=None, from_current=True)
    assert not dialog.weight.isEnabled()
    dialog.keep_size.setChecked(False)
    assert dialog.weight.isEnabled()
    assert dialog.job == OptimiseMap(SELECTION, lmbda=0.1, from_current=True)


def test_each_kind_of_loss_keeps_its_weight(dialog: TaskDialog) -> None:
    dialog.weight.value = 0.5
    dialog.model.setChecked(True)
    assert dialog.weight.value == 10.0
    dialog.weight.value = 30.0
    dialog.region.setChecked(True)
    assert dialog.weight.value == 0.5
    dialog.model.setChecked(True)
    assert dialog.weight.value == 30.0


def test_the_whole_answer_of_a_model(dialog: TaskDialog) -> None:
    dialog.model.setChecked(True)
    dialog.path.setText("features.pt2")
    dialog.label.setValue(7)
    dialog.whole_answer.setChecked(True)
    assert dialog.job == OptimiseMap(Path("features.pt2"), whole_answer=True, from_current=True)
    assert not dialog.grad_cam.isEnabled()
    dialog.edges.setChecked(True)
    assert dialog.job == OptimiseMap("edges", from_current=True)


def test_grad_cam_asks_for_its_strength(dialog: TaskDialog) -> None:
    dialog.model.setChecked(True)
    dialog.path.setText("cats.pt2")
    dialog.grad_cam.setChecked(True)
    dialog.alpha.value = 0.4
    assert dialog.job == GradCam(Path("cats.pt2"), None, 0.4)
    assert dialog._search.isHidden()
    dialog.edges.setChecked(True)
    assert isinstance(dialog.job, OptimiseMap)
    assert not dialog._search.isHidden()


def test_a_search_is_seen_as_it_goes_and_is_one_undo(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = level_of(opened)
    begin(opened, monkeypatch)
    assert engine.jobs == [*engine.jobs[:-1], OptimiseMap("edges", from_current=True)]
    for level in (100, 200, 300):
        find(qtbot, opened, engine, level)
        assert level_of(opened) == level
        assert int(engine.patches[-1][1][0, 0]) == level
    with qtbot.waitSignal(opened.controller.jobs.progressed):
        engine.deliver(JobProgress(JOB, 0.8, "Iteration 3 of 5: 0.40 bpp"))
    assert opened.status.message == "Iteration 3 of 5: 0.40 bpp"
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(JobDone(JOB, None, "Map optimised."))
    assert opened.status.message == "Map optimised."
    assert opened.actions_by_name["undo"].text() == "&Undo Optimise"
    opened.controller.undo()
    assert level_of(opened) == before
    assert not opened.actions_by_name["undo"].isEnabled()


def test_a_map_that_changes_nothing_costs_no_undo(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.controller.edit(lambda document: document.fill_uniform(0.25))
    painted = level_of(opened)
    begin(opened, monkeypatch)
    for level in (painted, 200, painted, 300):
        find(qtbot, opened, engine, level)
    opened.controller.undo()
    assert level_of(opened) == painted


def test_the_maps_of_a_search_can_be_undone_from_the_first(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(opened, monkeypatch)
    find(qtbot, opened, engine, level_of(opened))
    assert opened.actions_by_name["undo"].text() == "&Undo Optimise"


def test_cancelling_keeps_the_best_so_far(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(opened, monkeypatch)
    find(qtbot, opened, engine, 100)
    opened.actions_by_name["cancel_job"].trigger()
    assert engine.cancelled == [JOB]
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(JobDone(JOB, None, "Stopped."))
    assert level_of(opened) == 100


def test_painting_during_a_search_wins(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(opened, monkeypatch)
    find(qtbot, opened, engine, 100)
    paint_line(opened)
    with qtbot.waitSignal(opened.controller.notice_given):
        engine.deliver(MapFound(JOB, engine.shown[-1][0], np.zeros((HEIGHT, WIDTH), np.uint16)))
    assert level_of(opened) == 100
    assert engine.cancelled == [JOB]
    opened.controller.undo()
    opened.controller.undo()
    assert level_of(opened) == cells.level_of(0.5)
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(JobCancelled(JOB))


@pytest.mark.parametrize("y", [48.0, -500.0])  # also off the photo, where a stroke has changed nothing yet
@pytest.mark.parametrize("end", [JobDone(JOB, None, "Map optimised."), JobCancelled(JOB), JobFailed(JOB, "No.")])
def test_the_end_of_a_search_leaves_a_stroke_alone(
    qtbot: QtBot,
    opened: MainWindow,
    engine: FakeEngine,
    monkeypatch: pytest.MonkeyPatch,
    y: float,
    end: JobDone | JobCancelled | JobFailed,
) -> None:
    document = opened.controller.document
    assert document is not None
    begin(opened, monkeypatch)
    find(qtbot, opened, engine, 100)
    document.begin_stroke(Brush(size_px=20, quality=0.9), 20, y)
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(end)
    document.continue_stroke(140, 48)
    document.end_stroke()
    document.undo()
    assert level_of(opened) == 100
    assert document.undo_name == "Optimise"


def test_the_end_of_a_search_leaves_a_stroke_on_the_next_photo_alone(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(opened, monkeypatch)
    find(qtbot, opened, engine, 100)
    assert opened.controller.document is not None
    opened.controller.document.mark_saved()
    with qtbot.waitSignal(opened.controller.document_shown):
        engine.deliver(PictureOpened(3, Path("next.png"), photo()))
    opened.controller.document.begin_stroke(Brush(size_px=20, quality=0.9), 20, 48)
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(JobCancelled(JOB))
    opened.controller.document.continue_stroke(140, 48)


def test_one_search_at_a_time(opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(opened, monkeypatch)
    begin(opened, monkeypatch)
    assert sum(isinstance(job, OptimiseMap) for job in engine.jobs) == 1
    assert "searched already" in opened.banner.text


def test_a_search_ends_with_its_photo(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(opened, monkeypatch)
    before = level_of(opened)
    with qtbot.waitSignal(opened.controller.jobs.progressed):
        engine.deliver(MapFound(JOB, photo(), np.zeros((HEIGHT, WIDTH), np.uint16)))
        engine.deliver(JobProgress(JOB, 0.5, ""))
    assert level_of(opened) == before
    assert engine.cancelled == [JOB]


def test_a_model_that_cannot_be_used_is_told(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(opened, monkeypatch)
    with qtbot.waitSignal(opened.controller.failed):
        engine.deliver(JobFailed(JOB, "cats.pt2 is no model."))
    assert opened.banner.text == "cats.pt2 is no model."
