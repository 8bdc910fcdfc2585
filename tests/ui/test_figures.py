"""The panel of figures says how exact they are."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from qmap_studio.document import Brush
from qmap_studio.ui.panels.figures import FiguresPanel
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, figures, live_result


@pytest.fixture
def panel(qtbot: QtBot) -> FiguresPanel:
    panel = FiguresPanel()
    qtbot.addWidget(panel)
    return panel


@pytest.mark.parametrize(
    ("measured", "state"),
    [(1.0, "exact"), (0.9999, "99 % measured"), (0.62, "62 % measured"), (0.004, "< 1 % measured")],
)
def test_the_share_they_rest_on_is_told(panel: FiguresPanel, measured: float, state: str) -> None:
    panel.show_figures(figures(), measured)
    assert panel.state == state
    assert panel._state.property("tone") == ("good" if state == "exact" else "warm")
    assert panel._state.toolTip()
    panel.show_updating()
    assert panel.state == "updating"


def test_an_estimated_size_says_so(panel: FiguresPanel) -> None:
    panel.show_figures(figures(estimated=True), 1.0)
    assert panel._size.text() == "≈ 1.2 KB"
    assert "within 0.1 %" in panel._state.toolTip()


def test_the_window_tells_how_much_was_measured(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    result = live_result(engine, figures())
    half = result.stale.copy()
    half[0] = True
    with qtbot.waitSignal(opened.controller.live_result_arrived):
        engine.deliver(replace(result, stale=half))
    assert opened.figures.state == "50 % measured"
    with qtbot.waitSignal(opened.controller.live_result_arrived):
        engine.deliver(result)
    assert opened.figures.state == "exact"


def test_figures_that_came_during_a_stroke_stay_when_it_ends(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine
) -> None:
    document = opened.controller.document
    assert document is not None
    document.begin_stroke(Brush(size_px=20, quality=0.9), 80, 48)
    assert opened.figures.state == "updating"
    opened.controller.set_threshold(0.7)  # else the end of the stroke chooses one
    with qtbot.waitSignal(opened.controller.live_result_arrived):
        engine.deliver(live_result(engine, figures()))
    told = len(engine.patches)
    document.end_stroke()
    assert len(engine.patches) == told
    assert opened.figures.state == "exact"


def test_they_fold_to_rate_and_size_and_stay_so(qtbot: QtBot, panel: FiguresPanel) -> None:
    panel.show()
    panel._fold.click()
    assert panel._headline.isVisible()
    assert not panel.table.isVisible()
    assert panel._fold.accessibleName() == "Show all figures"
    again = FiguresPanel()
    qtbot.addWidget(again)
    again.show()
    assert not again.table.isVisible()
    again._fold.click()
    assert again.table.isVisible()
    assert again.threshold.isVisible()
