"""What the model itself finds important, over the photo, at three qualities, and as a map."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from qmap_studio.engine import (
    EngineReady,
    FindImportance,
    ImportanceFound,
    JobCancelled,
    JobDone,
    JobFailed,
    MapFound,
    MapFromImportance,
    PictureOpened,
    Result,
)
from qmap_studio.ui.canvas.panes import OriginalPane
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import HEIGHT, WIDTH, FakeEngine, figures, live_result, paint_line, photo
from tests.ui.importance import Deliver, stages
from tests.ui.real_keys import click

Key = Qt.Key
COMMANDS = (
    "importance_mask", "importance_scale", "importance_stage_2", "importance_stage_16", "importance_study",
    "start_from_importance",
)  # fmt: skip


@pytest.fixture
def find(engine: FakeEngine, deliver: Deliver) -> Callable[..., None]:
    """What was asked for last has been found."""

    def find(mask: float = 0.25) -> None:
        job_id = len(engine.jobs)
        deliver(ImportanceFound(job_id, engine.shown[-1][0], stages(mask)))  # type: ignore[arg-type]
        deliver(JobDone(job_id, None, "Found."))

    return find


def original(window: MainWindow) -> OriginalPane:
    assert window.canvas is not None
    return window.canvas.workspace.panes.original


def caption(window: MainWindow) -> str:
    return original(window).caption.text()


def asked(engine: FakeEngine) -> int:
    return engine.jobs.count(FindImportance())


def test_a_model_that_does_not_learn_it_leaves_the_commands_disabled_and_says_why(
    opened: MainWindow, deliver: Deliver
) -> None:
    deliver(EngineReady("cpu", "live", ()))
    for name in COMMANDS:
        action = opened.actions_by_name[name]
        assert not action.isEnabled()
        for tip in (action.toolTip(), action.statusTip()):
            assert "The model live does not learn what is important; choose sigvic2023 in the menu Codec." in tip
        menus = [menu for menu in opened.findChildren(QMenu) if action in menu.actions()]
        assert menus
        assert all(menu.toolTipsVisible() for menu in menus)
    deliver(EngineReady("cpu", "sigvic2023", (), learns_importance=True))
    for name in COMMANDS:
        action = opened.actions_by_name[name]
        assert action.isEnabled()
        assert "does not learn" not in action.toolTip() + action.statusTip()


def test_without_a_photo_there_is_nothing_to_find(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(window.controller.engine_state_changed):
        engine.deliver(EngineReady("cpu", "sigvic2023", (), learns_importance=True))
    assert not any(window.actions_by_name[name].isEnabled() for name in COMMANDS)


def test_the_mask_takes_the_place_of_the_quality_map(
    learning: MainWindow, engine: FakeEngine, canvas: Workspace, find: Callable[..., None]
) -> None:
    canvas.setFocus()
    click(learning, Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    assert engine.jobs[-1] == FindImportance()
    assert caption(learning) == "Original + quality map · importance mask on its way…"
    find()
    pane = original(learning)
    assert caption(learning) == "Importance mask, 16 px squares"
    assert "Importance mask, 16 px squares" in canvas.accessibleDescription()
    assert not pane.overlay.visible
    assert pane.colour_scale.toolTip() == "Importance mask: 0, mask, 1"
    assert learning.actions_by_name["importance_mask"].isChecked()
    canvas.pixel_hovered.emit(5, 5)
    assert "Importance mask 0.25" in learning.status.pixel
    click(learning, Key.Key_O)
    assert caption(learning) == "Original + quality map"
    assert pane.overlay.visible
    assert "quality" in pane.colour_scale.toolTip()
    assert not learning.actions_by_name["importance_mask"].isChecked()
    click(learning, Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    assert asked(engine) == 1, "it is known already"
    assert caption(learning) == "Importance mask, 16 px squares"


def test_its_colours_are_seen_on_the_photo(learning: MainWindow, engine: FakeEngine, find: Callable[..., None]) -> None:
    pane = original(learning)
    assert learning.canvas is not None
    learning.canvas.workspace.panes.overlay_opacity = 1.0
    learning.importance.show("mask")
    seen = []
    for mask in (0.0, 1.0):
        find(mask)
        middle = pane.viewport().rect().center()
        seen.append(pane.viewport().grab().toImage().pixelColor(middle).getRgb()[:3])
        learning.controller.edit(lambda document: document.invert())
        learning.controller.edit(lambda document: document.shift(0.05))
        learning.importance.show("mask")
    assert seen == [(13, 8, 135), (240, 249, 33)]  # the two ends of the scale


def test_scale_factors_name_their_lowest_and_highest(learning: MainWindow, find: Callable[..., None]) -> None:
    learning.actions_by_name["importance_scale"].trigger()
    find()
    assert caption(learning) == "Scale factors, 16 px squares"
    assert original(learning).colour_scale.toolTip() == "Scale factors: 32, log, 320"


@pytest.mark.parametrize(("key", "side_px"), [(Key.Key_1, 2), (Key.Key_2, 4), (Key.Key_3, 8), (Key.Key_4, 16)])
def test_a_stage_is_chosen(
    learning: MainWindow, canvas: Workspace, find: Callable[..., None], key: Qt.Key, side_px: int
) -> None:
    learning.actions_by_name["importance_scale"].trigger()
    find()
    canvas.setFocus()
    click(learning, key, Qt.KeyboardModifier.AltModifier)
    assert learning.actions_by_name[f"importance_stage_{side_px}"].isChecked()
    assert caption(learning) == f"Scale factors, {side_px} px squares"
    assert f"{2 * side_px}, " in original(learning).colour_scale.toolTip()


def test_an_edit_makes_it_old_which_is_said_and_the_exact_answer_renews_it(
    learning: MainWindow, engine: FakeEngine, deliver: Deliver, find: Callable[..., None]
) -> None:
    learning.actions_by_name["importance_mask"].trigger()
    find()
    paint_line(learning)
    assert caption(learning) == "Importance mask of an older map"
    deliver(live_result(engine, figures(), approximate=True))
    assert asked(engine) == 1
    deliver(live_result(engine, figures()))
    assert asked(engine) == 2
    assert "of an older map" in caption(learning)
    find(0.75)
    assert caption(learning) == "Importance mask, 16 px squares"
    assert learning.canvas is not None
    learning.canvas.workspace.pixel_hovered.emit(5, 5)
    assert "Importance mask 0.75" in learning.status.pixel


def test_what_an_edit_has_overtaken_says_that_it_is_old(learning: MainWindow, find: Callable[..., None]) -> None:
    learning.actions_by_name["importance_mask"].trigger()
    paint_line(learning)
    find()
    assert "of an older map" in caption(learning)


def test_hidden_it_is_not_renewed(
    learning: MainWindow, engine: FakeEngine, deliver: Deliver, find: Callable[..., None]
) -> None:
    learning.actions_by_name["importance_mask"].trigger()
    find()
    learning.actions_by_name["importance_mask"].trigger()
    paint_line(learning)
    deliver(live_result(engine, figures()))
    assert asked(engine) == 1


@pytest.mark.parametrize("end", [JobCancelled, lambda job_id: JobFailed(job_id, "There was not enough memory.")])
def test_without_a_result_the_quality_map_stays(
    learning: MainWindow, engine: FakeEngine, deliver: Deliver, end: Callable[[int], Result]
) -> None:
    learning.actions_by_name["importance_mask"].trigger()
    learning.actions_by_name["cancel_job"].trigger()
    assert engine.cancelled == [len(engine.jobs)]
    deliver(end(len(engine.jobs)))
    assert caption(learning) == "Original + quality map"
    assert not learning.actions_by_name["importance_mask"].isChecked()


def test_what_another_model_found_is_shown_no_longer(
    learning: MainWindow, deliver: Deliver, find: Callable[..., None]
) -> None:
    learning.actions_by_name["importance_mask"].trigger()
    find()
    deliver(EngineReady("cpu", "live", ()))
    assert caption(learning) == "Original + quality map"


def test_what_was_found_in_another_photo_is_not_shown(
    learning: MainWindow, engine: FakeEngine, deliver: Deliver, find: Callable[..., None]
) -> None:
    learning.actions_by_name["importance_mask"].trigger()
    job_id, before = len(engine.jobs), engine.shown[-1][0]
    assert learning.controller.document is not None
    learning.controller.document.mark_saved()
    deliver(PictureOpened(9, Path("other.png"), photo()))
    deliver(ImportanceFound(job_id, before, stages()))  # type: ignore[arg-type]
    assert caption(learning) == "Original + quality map"


def test_the_mask_of_the_stage_becomes_the_map_as_one_edit(
    learning: MainWindow, engine: FakeEngine, deliver: Deliver
) -> None:
    document = learning.controller.document
    assert document is not None
    before = document.quality_map.values.copy()
    learning.importance.show_stage(8)
    learning.actions_by_name["start_from_importance"].trigger()
    assert engine.jobs[-1] == MapFromImportance(8, "mask")
    values = np.tile(np.linspace(6553, 58981, WIDTH).astype(np.uint16), (HEIGHT, 1))
    deliver(MapFound(len(engine.jobs), document.picture, values))
    deliver(JobDone(len(engine.jobs), None, "The map shows what sigvic2023 finds important."))
    assert (document.quality_map.values == values).all()
    assert learning.actions_by_name["undo"].text() == "&Undo Start from importance"
    learning.controller.undo()
    assert (document.quality_map.values == before).all()
    assert not learning.actions_by_name["undo"].isEnabled()


def test_scale_factors_become_the_map_where_those_are_shown(learning: MainWindow, engine: FakeEngine) -> None:
    learning.importance.toggle("scale")
    learning.actions_by_name["start_from_importance"].trigger()
    assert engine.jobs[-1] == MapFromImportance(16, "scale")
    assert caption(learning) == "Original + quality map"


def test_cancelling_twice_cancels_two_jobs(learning: MainWindow, engine: FakeEngine) -> None:
    learning.actions_by_name["start_from_importance"].trigger()
    learning.importance.toggle("mask")
    for _ in range(2):
        learning.actions_by_name["cancel_job"].trigger()
    assert engine.cancelled == [len(engine.jobs) - 1, len(engine.jobs)]
