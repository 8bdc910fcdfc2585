"""Choosing the model that follows the painting."""

import pytest
from pytestqt.qtbot import QtBot

from qmap_studio.engine import EngineReady, JobDone, JobFailed, UseModel
from qmap_studio.ui.settings import Settings
from qmap_studio.ui.window import MainWindow

from .conftest import FakeEngine, figures, live_result


@pytest.fixture
def ready(qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The window with a photo, its results, and two models."""
    monkeypatch.setattr("qmap_studio.engine.installed_models", lambda: ["live", "song2021"])
    assert not opened.codec_menu.isEnabled()  # until the engine has loaded what the menu would have to wait for
    with qtbot.waitSignal(opened.session.engine_state_changed):
        engine.deliver(EngineReady("cpu", "live", ()))
    with qtbot.waitSignal(opened.session.live_result_arrived):
        engine.deliver(live_result(engine, figures()))
    return opened


def choices(window: MainWindow) -> dict[str, bool]:
    """What the menu offers, and whether it is in use."""
    window.codec_menu.aboutToShow.emit()
    return {action.text(): action.isChecked() for action in window.codec_menu.actions() if action.isCheckable()}


def choose(window: MainWindow, model_id: str) -> None:
    window.codec_menu.aboutToShow.emit()
    next(action for action in window.codec_menu.actions() if action.text() == model_id).trigger()


def test_another_model_is_used_and_remembered(
    qtbot: QtBot, ready: MainWindow, engine: FakeEngine, settings: Settings
) -> None:
    assert choices(ready) == {"live": True, "song2021": False}
    choose(ready, "song2021")
    assert engine.jobs[-1] == UseModel("song2021")
    assert ready.desk is not None
    assert ready.desk.workspace.bits_per_pixel_at(5, 5) is not None
    with qtbot.waitSignal(ready.session.job_ended):
        engine.deliver(EngineReady("cpu", "song2021", ()))
        engine.deliver(JobDone(len(engine.jobs), None, "song2021 is loaded."))
    assert ready.desk.workspace.bits_per_pixel_at(5, 5) is None  # what another model made is shown no longer
    assert choices(ready) == {"live": False, "song2021": True}
    assert settings.model == "song2021"
    assert ready.status._engine.text() == "song2021 · CPU"


def test_a_model_that_cannot_be_loaded_changes_nothing(
    qtbot: QtBot, ready: MainWindow, engine: FakeEngine, settings: Settings
) -> None:
    choose(ready, "song2021")
    with qtbot.waitSignal(ready.session.job_ended):
        engine.deliver(JobFailed(len(engine.jobs), "The weights are damaged; install them again."))
    assert ready.banner.isVisible()
    assert choices(ready) == {"live": True, "song2021": False}
    assert settings.model == "live"
    assert ready.desk is not None
    assert ready.desk.workspace.bits_per_pixel_at(5, 5) is not None
