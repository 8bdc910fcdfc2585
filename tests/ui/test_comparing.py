"""The comparison stays open and follows the map."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from qmap_studio.core.rect import Rect
from qmap_studio.engine import Compare, Compared, JobCancelled, JobDone, PictureOpened, Result, Side
from qmap_studio.ui.panels.comparison import ComparisonPanel
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, figures, live_result, paint_line, photo


def compared(job_id: int, size_bytes: int = 1240) -> Compared:
    original = photo().pixels
    bits = np.ones((6, 10), np.float32)
    roi = Side(original // 2, bits, size_bytes, figures(size_bytes), "quality 0.20 to 0.90")
    uniform = Side(original // 3, bits, 1236, figures(1236), "quality 0.41 everywhere")
    return Compared(job_id, photo(), roi, uniform)


class Driver:
    """Lets the engine answer and waits for what comes of it."""

    def __init__(self, qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
        self._qtbot, self._window, self._engine = qtbot, window, engine

    def deliver(self, result: Result) -> None:
        bridge = self._window._bridge
        assert bridge is not None
        with self._qtbot.waitSignal(bridge.result_delivered):
            self._engine.deliver(result)

    def finish(self, size_bytes: int = 1240) -> None:
        """The comparison that was asked for last is done."""
        self.deliver(compared(len(self._engine.jobs), size_bytes))
        self.deliver(JobDone(len(self._engine.jobs), None, "Compared."))

    def answer(self, approximate: bool = False) -> None:
        """Live figures of the map as it is now arrive."""
        self.deliver(live_result(self._engine, figures(), approximate))

    @property
    def comparisons(self) -> int:
        """How many were asked for."""
        return self._engine.jobs.count(Compare())


@pytest.fixture
def driver(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> Driver:
    """A comparison is open."""
    driver = Driver(qtbot, opened, engine)
    opened.actions_by_name["compare"].trigger()
    driver.finish()
    return driver


def shown(window: MainWindow) -> ComparisonPanel:
    assert window.comparing.view is not None
    return window.comparing.view


def test_compares_with_uniform(opened: MainWindow, driver: Driver) -> None:
    view = shown(opened)
    assert view.isVisible()
    assert not view.is_old
    for mode in ("wipe", "flicker", "side_by_side"):
        view.show_mode(mode)
        assert view.view.mode == mode
        assert view._buttons[mode].isChecked()
    assert view.tables[0].text("PSNR", "Overall") == "30.12"
    assert "1,240 bytes" in view._files[0].text()


def test_digits_choose_the_mode_there_and_the_quality_on_the_canvas(opened: MainWindow, driver: Driver) -> None:
    assert opened.canvas is not None
    view, workspace = shown(opened), opened.canvas.workspace
    view.view.setFocus()
    for key, mode in ((Qt.Key.Key_2, "wipe"), (Qt.Key.Key_3, "flicker"), (Qt.Key.Key_1, "side_by_side")):
        QTest.keyClick(view.view, key)
        assert view.view.mode == mode
    workspace.setFocus()
    QTest.keyClick(workspace, Qt.Key.Key_2)
    assert view.view.mode == "side_by_side"
    assert workspace.brush.quality == pytest.approx(0.2)


def test_an_edit_makes_it_old_and_exact_figures_renew_it_in_place(opened: MainWindow, driver: Driver) -> None:
    view = shown(opened)
    view.show_mode("wipe")
    view.view.share = 0.3
    view.view.zoom_to(2.5)
    paint_line(opened)
    assert view.is_old
    driver.answer(approximate=True)
    assert driver.comparisons == 1
    driver.answer()
    assert driver.comparisons == 2
    assert view.is_old
    driver.finish(size_bytes=2000)
    assert shown(opened) is view
    assert not view.is_old
    assert "2,000 bytes" in view._files[0].text()
    assert (view.view.mode, view.view.share) == ("wipe", 0.3)
    assert view.view._navigator.view.zoom == 2.5
    driver.answer()
    assert driver.comparisons == 2


def test_a_comparison_that_an_edit_overtakes_is_old_and_made_again(opened: MainWindow, driver: Driver) -> None:
    paint_line(opened)
    driver.answer()
    paint_line(opened)
    driver.answer()
    assert driver.comparisons == 2
    driver.finish()
    assert driver.comparisons == 3
    assert shown(opened).is_old
    driver.finish()
    assert not shown(opened).is_old


def test_what_is_inside_counts_too(opened: MainWindow, driver: Driver) -> None:
    assert opened.canvas is not None
    opened.canvas.workspace.set_selection(Rect(16, 16, 32, 32))
    assert shown(opened).is_old
    driver.answer()
    driver.finish()
    assert not shown(opened).is_old


def test_a_cancelled_comparison_waits_for_the_next_edit(opened: MainWindow, driver: Driver, engine: FakeEngine) -> None:
    paint_line(opened)
    driver.answer()
    driver.deliver(JobCancelled(len(engine.jobs)))
    driver.answer()
    assert driver.comparisons == 2
    assert shown(opened).is_old
    paint_line(opened)
    driver.answer()
    assert driver.comparisons == 3


def test_what_a_person_asks_for_does_not_wait_behind_a_renewal(
    opened: MainWindow, driver: Driver, engine: FakeEngine
) -> None:
    paint_line(opened)
    driver.answer()
    renewal = len(engine.jobs)
    assert engine.jobs[-1] == Compare()
    assert opened.controller.document is not None
    opened.controller.document.mark_saved()
    opened.open(Path("other.png"))
    assert engine.cancelled == [renewal]
    driver.deliver(JobCancelled(renewal))
    driver.deliver(JobDone(len(engine.jobs), None, "Opened."))
    assert engine.jobs[-1] == Compare(), "it is made up for"


def test_closing_it_ends_the_following(opened: MainWindow, driver: Driver, engine: FakeEngine) -> None:
    paint_line(opened)
    driver.answer()
    under_way = len(engine.jobs)
    shown(opened).close()
    assert engine.cancelled == [under_way]
    driver.finish()
    assert opened.comparing.view is None
    paint_line(opened)
    driver.answer()
    assert driver.comparisons == 2
    opened.actions_by_name["compare"].trigger()
    driver.finish()
    assert not shown(opened).is_old


def test_another_photo_closes_it(opened: MainWindow, driver: Driver, engine: FakeEngine) -> None:
    driver.deliver(PictureOpened(9, Path("next.png"), photo()))
    assert opened.comparing.view is None
    driver.answer()
    assert driver.comparisons == 1


def test_another_codec_makes_it_old(opened: MainWindow, driver: Driver) -> None:
    opened.controller.codec_changed.emit("other")
    assert shown(opened).is_old
    driver.answer()
    assert driver.comparisons == 2


def test_a_renewal_takes_no_sentence_from_the_person(opened: MainWindow, driver: Driver) -> None:
    paint_line(opened)
    opened.controller.notice_given.emit("No map was found that serves the task better.")
    opened.status.show_message("Stopped after 3 iterations.")
    driver.answer()
    assert driver.comparisons == 2
    assert opened.banner.isVisible(), "nobody has gone on to something else"
    driver.finish()
    assert not shown(opened).is_old
    assert opened.banner.text == "No map was found that serves the task better."
    assert opened.banner.isVisible()
    assert opened.status.message == "Stopped after 3 iterations."
