"""Choosing the model that follows the painting."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from qmap_studio.core.settings import Settings
from qmap_studio.engine import EngineFailed, EngineReady, ImportCheckpoint, JobDone, JobFailed, UseModel
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, figures, live_result


@pytest.fixture
def ready(qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The window with a photo, its results, and two models."""
    monkeypatch.setattr("qmap_studio.engine.installed_models", lambda: ["live", "song2021"])
    assert not opened.codec_menu.isEnabled()  # until the engine has loaded what the menu would have to wait for
    with qtbot.waitSignal(opened.controller.engine_state_changed):
        engine.deliver(EngineReady("cpu", "live", ()))
    with qtbot.waitSignal(opened.controller.live_result_arrived):
        engine.deliver(live_result(engine, figures()))
    return opened


def choices(window: MainWindow) -> dict[str, bool]:
    """What the menu offers, and whether it is in use."""
    window.codec_menu.aboutToShow.emit()
    actions = [action for action in window.codec_menu.actions() if action.isCheckable()]
    return {action.text().split()[0]: action.isChecked() for action in actions}


def choose(window: MainWindow, model_id: str) -> None:
    window.codec_menu.aboutToShow.emit()
    next(action for action in window.codec_menu.actions() if action.text().startswith(model_id)).trigger()


def test_another_model_is_used_and_remembered(
    qtbot: QtBot, ready: MainWindow, engine: FakeEngine, settings: Settings, tmp_path: Path
) -> None:
    assert choices(ready) == {"live": True, "song2021": False}
    choose(ready, "song2021")
    assert engine.jobs[-1] == UseModel("song2021")
    assert ready.canvas is not None
    assert ready.canvas.workspace.panes.bits_per_pixel_at(5, 5) is not None
    with qtbot.waitSignal(ready.controller.jobs.ended):
        engine.deliver(EngineReady("cpu", "song2021", ()))
        engine.deliver(JobDone(len(engine.jobs), None, ""))
    assert ready.canvas.workspace.panes.bits_per_pixel_at(5, 5) is None  # what another model made is shown no longer
    assert ready.figures.state == "updating"
    assert choices(ready) == {"live": False, "song2021": True}
    assert settings.model == "song2021"
    assert ready.status.engine == "song2021 · CPU"
    qtbot.waitUntil(lambda: Settings.read(tmp_path / "settings.json").model == "song2021")


def test_a_model_that_loads_ends_the_lack_of_one(qtbot: QtBot, ready: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(ready.controller.failed):
        engine.deliver(EngineFailed("The weights of live are missing."))
    choose(ready, "live")
    assert ready.banner.isVisible()  # nothing follows yet
    with qtbot.waitSignal(ready.controller.jobs.ended):
        engine.deliver(EngineReady("cpu", "live", ()))
        engine.deliver(JobDone(len(engine.jobs), None, ""))
    assert not ready.banner.isVisible()
    assert ready.status.message == "live is loaded."


def test_a_checkpoint_is_imported_by_the_engine(
    ready: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/photos/2M_itrs.pt", ""))
    choose(ready, "&Import")
    assert engine.jobs[-1] == ImportCheckpoint(Path("/photos/2M_itrs.pt"), "song2021")


def test_a_model_that_cannot_be_loaded_changes_nothing(
    qtbot: QtBot, ready: MainWindow, engine: FakeEngine, settings: Settings
) -> None:
    choose(ready, "song2021")
    with qtbot.waitSignal(ready.controller.jobs.ended):
        engine.deliver(JobFailed(len(engine.jobs), "The weights are damaged; install them again."))
    assert ready.banner.isVisible()
    assert choices(ready) == {"live": True, "song2021": False}
    assert settings.model == "live"
    assert ready.canvas is not None
    assert ready.canvas.workspace.panes.bits_per_pixel_at(5, 5) is not None


def test_a_choice_that_cannot_be_loaded_this_time_stays_the_choice(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, settings: Settings
) -> None:
    settings.model = "song2021"
    with qtbot.waitSignal(opened.controller.engine_state_changed):
        engine.deliver(EngineReady("cpu", "live", ()))  # which takes its place
    assert opened.codec_menu.model_id == "live"
    assert settings.model == "song2021"
