"""Panes whose result is not there yet."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from qmap_studio.core.pictures import Picture
from qmap_studio.engine import EngineFailed, EngineReady, PictureOpened
from qmap_studio.ui.canvas.panes import ResultPane
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import HEIGHT, WIDTH, FakeEngine, figures, live_result

RESULTS = ("reconstruction", "heat_map", "difference")


@pytest.fixture
def shown(opened: MainWindow) -> MainWindow:
    """The window with a photo and all panes."""
    assert opened.canvas is not None
    opened.canvas.workspace.panes.show_only(["original", *RESULTS])
    return opened


def results(window: MainWindow) -> list[ResultPane]:
    assert window.canvas is not None
    return [window.canvas.workspace.panes.pane(name) for name in RESULTS]


def is_empty(pane: ResultPane) -> bool:
    """Whether nothing but grey is shown beside the words, and the words are there."""
    image = pane.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3]
    middle, words = pane.rect().center(), pane.placeholder.fontMetrics().height()
    above = pixels[middle.y() - 2 * words : middle.y() - words, :: max(pane.width() // 16, 1)]
    return pane.placeholder.isVisible() and bool((np.ptp(above.astype(int), axis=2) == 0).all())


def answer(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(window.controller.live_result_arrived):
        engine.deliver(live_result(engine, figures()))


def test_no_photo_stands_for_a_result_that_is_to_come(shown: MainWindow) -> None:
    for pane in results(shown):
        assert is_empty(pane)
        assert pane.placeholder.text() == "On its way…"


def test_a_result_takes_the_place_of_the_words(qtbot: QtBot, shown: MainWindow, engine: FakeEngine) -> None:
    answer(qtbot, shown, engine)
    for pane in results(shown):
        assert not pane.placeholder.isVisible()


@pytest.mark.parametrize("what", ["another photo", "another model"])
def test_an_older_result_does_not_stand_for_one_to_come(
    qtbot: QtBot, shown: MainWindow, engine: FakeEngine, what: str
) -> None:
    answer(qtbot, shown, engine)
    if what == "another photo":
        red = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        red[..., 0] = 255
        with qtbot.waitSignal(shown.controller.document_shown):
            engine.deliver(PictureOpened(2, Path("next.png"), Picture(red)))
    else:
        with qtbot.waitSignal(shown.controller.engine_state_changed):
            engine.deliver(EngineReady("cpu", "song2021", ()))
    assert all(is_empty(pane) for pane in results(shown))


def test_the_photo_is_still_seen_on_request(shown: MainWindow) -> None:
    assert shown.canvas is not None
    shown.canvas.workspace.panes.show_original_while(True)
    for pane in results(shown):
        assert not is_empty(pane)
        assert not pane.placeholder.isVisible()


def test_what_will_not_come_is_not_promised(qtbot: QtBot, shown: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(shown.controller.failed):
        engine.deliver(EngineFailed("The weights of live are missing."))
    assert {pane.placeholder.text() for pane in results(shown)} == {"There is no codec"}
