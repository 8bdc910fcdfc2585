"""Several documents: a tab each."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from qmap_studio.core.rect import Rect
from qmap_studio.document import layered_map
from qmap_studio.engine import MapFound, MapImported, OpenPicture
from qmap_studio.ui import saving
from qmap_studio.ui.dialogs.questions import Keep
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import HEIGHT, WIDTH, FakeEngine, figures, live_result, open_photo, paint_line


@pytest.fixture
def two(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> MainWindow:
    """The window with two photos, the second in front."""
    open_photo(qtbot, opened, engine, "other.png")
    return opened


def titles(window: MainWindow) -> list[str]:
    return [window.tabs.tabText(n) for n in range(window.tabs.count())]


def test_a_single_document_has_no_tab_and_two_have(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    assert not opened.tabs.isVisible()
    open_photo(qtbot, opened, engine, "other.png")
    assert opened.tabs.isVisible()
    assert titles(opened) == ["photo.png", "other.png"]
    assert opened.windowTitle().startswith("other.png")


def test_each_document_keeps_its_map_undo_view_and_threshold(two: MainWindow, engine: FakeEngine) -> None:
    assert two.canvas is not None
    panes = two.canvas.workspace.panes
    paint_line(two)
    panes.zoom_to(3.0)
    place, threshold = panes.place, two.controller.threshold
    assert threshold is not None
    two.controller.step(1)
    assert two.windowTitle().startswith("photo.png")
    assert not two.actions_by_name["undo"].isEnabled()
    assert two.controller.threshold is None
    assert panes.place != place
    assert engine.shown[-1][0] is two.controller.document.picture
    two.controller.step(1)
    assert two.actions_by_name["undo"].text() == "&Undo Stroke"
    assert panes.place == place
    assert engine.thresholds[-1] == threshold
    assert titles(two) == ["photo.png", "other.png •"]


def test_results_stay_and_are_marked_old_until_the_engine_has_looked_again(
    qtbot: QtBot, two: MainWindow, engine: FakeEngine
) -> None:
    assert two._bridge is not None
    assert two.canvas is not None
    with qtbot.waitSignal(two._bridge.result_delivered):
        engine.deliver(live_result(engine, figures()))
    panes = two.canvas.workspace.panes
    qtbot.waitUntil(lambda: not panes.is_writing)
    assert not panes.pane("reconstruction").stale.stale.any()
    two.controller.step(1)
    assert two.figures.state == "updating"
    two.controller.step(1)
    assert panes.pane("reconstruction").stale.stale.all()
    assert panes._buffers.complete


def test_a_file_that_is_open_comes_in_front(two: MainWindow, engine: FakeEngine) -> None:
    jobs = list(engine.jobs)
    two.open(Path("photo.png"))
    assert engine.jobs == jobs
    assert two.windowTitle().startswith("photo.png")
    two.files.open(Path("photo.png"), page=1)
    assert engine.jobs[-1] == OpenPicture(Path("photo.png"), 1)


def test_what_arrives_for_a_document_behind_goes_there(qtbot: QtBot, two: MainWindow, engine: FakeEngine) -> None:
    front, behind = two.controller.documents.all[1], two.controller.documents.all[0]
    values = np.full((HEIGHT, WIDTH), 77, np.uint16)
    patches = len(engine.patches)
    with qtbot.waitSignal(two.controller.documents_changed):
        engine.deliver(MapImported(9, behind.document.picture, values, "map.png"))
    assert (behind.document.quality_map.values == 77).all()
    assert behind.document.layers[-1].name == "map.png"
    assert not front.document.is_modified
    assert len(engine.patches) == patches
    assert titles(two) == ["photo.png •", "other.png"]


def test_an_edit_behind_is_told_before_it_is_composed(
    qtbot: QtBot, two: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layered_map, "AT_ONCE_S", -1.0)
    behind = two.controller.documents.all[0]
    values = np.full((HEIGHT, WIDTH), 77, np.uint16)
    with qtbot.waitSignal(two.controller.documents_changed):
        engine.deliver(MapImported(9, behind.document.picture, values, "map.png"))
    assert behind.document.is_behind
    assert titles(two) == ["photo.png •", "other.png"]
    two.controller.show(behind)
    assert (engine.shown[-1][1] == 77).all()


def test_a_search_goes_on_behind_and_is_one_edit(qtbot: QtBot, two: MainWindow, engine: FakeEngine) -> None:
    from qmap_studio.engine import GradCam, JobDone

    two.controller.find_map(GradCam(Path("model.pt")))
    searched, number = two.controller.documents.front, len(engine.jobs)
    assert searched is not None
    two.controller.step(1)
    for level in (100, 200):
        with qtbot.waitSignal(two._bridge.result_delivered):
            values = np.full((HEIGHT, WIDTH), level, np.uint16)
            engine.deliver(MapFound(number, searched.document.picture, values))
    with qtbot.waitSignal(two.controller.jobs.ended):
        engine.deliver(JobDone(number, None, "Found."))
    assert (searched.document.quality_map.values == 200).all()
    assert searched.document.edits == ("Optimise",)


def test_a_tab_is_closed_by_key_or_middle_button_and_asks_for_unsaved_work(
    two: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint_line(two)
    monkeypatch.setattr(saving, "ask_keep", lambda _parent, _names: Keep.CANCEL)
    two.actions_by_name["close_document"].trigger()
    assert titles(two) == ["photo.png", "other.png •"]
    monkeypatch.setattr(saving, "ask_keep", lambda _parent, _names: Keep.DISCARD)
    QTest.mouseClick(two.tabs, Qt.MouseButton.MiddleButton, pos=two.tabs.tabRect(1).center())
    assert len(two.controller.documents.all) == 1
    assert two.windowTitle().startswith("photo.png")


def test_a_tab_has_a_button_that_closes_it(two: MainWindow) -> None:
    two.tabs.moveTab(0, 1)
    two.tabs.tabButton(1, QTabBar.ButtonPosition.RightSide).click()
    assert [item.name for item in two.controller.documents.all] == ["other.png"]


def test_after_the_last_one_the_window_is_empty_again(qtbot: QtBot, two: MainWindow, engine: FakeEngine) -> None:
    for _ in range(2):
        two.close_document()
    assert two.stage.currentIndex() == 0
    assert two.windowTitle() == "QMap Studio"
    assert not two.isWindowModified()
    for name in ("export", "save", "undo", "close_document", "fit", "compare", "next_document", "uniform"):
        assert not two.actions_by_name[name].isEnabled(), name
    open_photo(qtbot, two, engine, "again.png")
    paint_line(two)
    assert two.isWindowModified()


def test_tabs_can_be_dragged_and_the_keys_follow(two: MainWindow) -> None:
    two.tabs.moveTab(1, 0)
    assert [item.name for item in two.controller.documents.all] == ["other.png", "photo.png"]
    assert two.windowTitle().startswith("other.png")
    QTest.keyClick(two, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert two.windowTitle().startswith("photo.png")


def test_what_layers_mark_is_told_to_the_engine(opened: MainWindow, engine: FakeEngine) -> None:
    from dataclasses import replace

    opened.controller.edit(lambda document: document.fill_rectangle(Rect(10, 10, 40, 30), 0.9))
    document = opened.controller.document
    assert document is not None
    layer = document.layers[-1]
    document.replace_layer(layer, replace(layer, is_inside=True), "Inside")
    assert engine.selections[-1].region(HEIGHT, WIDTH).sum() == 1200
    assert opened.figures.threshold.name == "Inside is what layers and shapes mark"
    told = len(engine.selections)
    opened.controller.edit(lambda document: document.set_base(0.1))
    assert len(engine.selections) == told
    opened.controller.undo()
    opened.controller.undo()
    assert engine.selections[-1] is None
