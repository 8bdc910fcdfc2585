"""Error bounds in the window: the choice of what is kept, the commands, files, figures, and what the engine is told."""

from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.rect import Rect
from qmap_studio.document import layered_map
from qmap_studio.engine import BoundsImported, Compared, ImportBounds, JobDone, SaveBounds, SfcOpened
from qmap_studio.engine.jobs.compare import Side
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.panels.comparison import _verdict
from qmap_studio.ui.panels.tool_options import SOFT
from qmap_studio.ui.tools.brush import BRUSH
from qmap_studio.ui.tools.tool import Option
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import HEIGHT, WIDTH, FakeEngine, figures, live_result, paint_line, photo

SELECTED = Rect(16, 8, 40, 30)


@pytest.fixture
def canvas(opened: MainWindow) -> Workspace:
    assert opened.canvas is not None
    opened.activateWindow()
    opened.canvas.workspace.setFocus()
    return opened.canvas.workspace


def bounds_of(window: MainWindow) -> np.ndarray | None:
    assert window.controller.document is not None
    return window.controller.document.bounds


# What is kept


def test_l_switches_and_the_options_follow(opened: MainWindow, canvas: Workspace) -> None:
    options, action = opened.options, opened.actions_by_name["paint_bound"]
    sliders = [options._sliders[option] for option in SOFT if option in BRUSH.options]
    assert all(slider.isVisible() for slider in sliders)
    QTest.keyClick(canvas, Qt.Key.Key_L)
    assert (canvas.brush.bound, options.values.bound, action.isChecked()) == (WITHOUT_LOSS, WITHOUT_LOSS, True)
    assert not any(slider.isVisible() for slider in sliders), "nothing is greyed beside a bound"
    assert options._sliders[Option.SIZE].isVisible()
    assert opened.tool_strip.swatches.accessibleName() == "Without loss"
    QTest.keyClick(canvas, Qt.Key.Key_L)
    assert (canvas.brush.bound, options.values.bound, action.isChecked()) == (None, None, False)
    assert all(slider.isVisible() for slider in sliders)
    QTest.keyClick(canvas, Qt.Key.Key_L)
    QTest.keyClick(canvas, Qt.Key.Key_4)
    assert (canvas.brush.bound, canvas.brush.quality, options.values.bound) == (None, 0.4, None)


def test_a_bound_is_chosen_from_the_list(opened: MainWindow, canvas: Workspace) -> None:
    choices = opened.options._keep.findChild(QComboBox)
    assert choices is not None
    texts = [choices.itemText(place) for place in range(choices.count())]
    assert texts[:4] == ["Quality", "Without loss", "± 1 level", "± 2 levels"]
    assert len(texts) == 10
    choices.setCurrentIndex(4)
    choices.activated.emit(4)
    assert canvas.brush.bound == 3
    action = opened.actions_by_name["paint_bound"]
    assert not action.isChecked(), "± 3 levels are a loss"
    action.trigger()
    assert (canvas.brush.bound, action.isChecked()) == (WITHOUT_LOSS, True)
    opened.actions_by_name["tool_linear"].trigger()
    assert not choices.isVisible()
    assert opened.options._sliders[Option.QUALITY].isVisible(), "gradients are of qualities"


def test_the_engine_is_told_bounds_with_the_map(opened: MainWindow, canvas: Workspace, engine: FakeEngine) -> None:
    paint_line(opened)
    assert engine.bounds == [None] * len(engine.bounds)
    canvas.switch_bound()
    paint_line(opened)
    rect, told = engine.patches[-1][0], engine.bounds[-1]
    bounds = bounds_of(opened)
    assert bounds is not None
    np.testing.assert_array_equal(told, bounds[rect.slices])
    assert told is not bounds
    opened.controller.undo()
    assert engine.bounds[-1] is None


def test_the_pixel_under_the_pointer_says_its_bound(opened: MainWindow, canvas: Workspace) -> None:
    canvas.pixel_hovered.emit(20, 10)
    assert "quality 0.50" in opened.status.pixel
    assert "loss" not in opened.status.pixel
    opened.controller.edit(lambda document: document.bound_everywhere(WITHOUT_LOSS))
    assert "Without loss" in opened.status.pixel
    opened.controller.edit(lambda document: document.bound_everywhere(5))
    assert "± 5 levels" in opened.status.pixel


# Commands


def test_the_selection_or_everything_is_kept_without_loss(opened: MainWindow, canvas: Workspace) -> None:
    run = {name: opened.actions_by_name[name] for name in ("bound_selection", "bound_everywhere", "clear_bounds")}
    assert [action.isEnabled() for action in run.values()] == [False, True, False]
    canvas.set_selection(SELECTED)
    assert run["bound_selection"].isEnabled()
    run["bound_selection"].trigger()
    expected = np.full((HEIGHT, WIDTH), UNBOUNDED, np.uint8)
    expected[SELECTED.slices] = WITHOUT_LOSS
    np.testing.assert_array_equal(bounds_of(opened), expected)
    run["bound_everywhere"].trigger()
    assert (bounds_of(opened) == WITHOUT_LOSS).all()
    run["clear_bounds"].trigger()
    assert bounds_of(opened) is None
    assert not run["clear_bounds"].isEnabled()
    assert "Remove bounds" in opened.actions_by_name["undo"].text()
    opened.controller.undo()
    assert (bounds_of(opened) == WITHOUT_LOSS).all()


def test_uniform_quality_leaves_the_bounds(opened: MainWindow, canvas: Workspace) -> None:
    opened.actions_by_name["bound_everywhere"].trigger()
    opened.map_panel.uniform_quality = 0.2
    for name in ("uniform", "invert", "strengthen"):
        opened.actions_by_name[name].trigger()
    assert (bounds_of(opened) == WITHOUT_LOSS).all()


# Files


def test_a_region_is_imported_as_one_edit(
    qtbot: QtBot, opened: MainWindow, canvas: Workspace, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("mask.png", ""))
    opened.actions_by_name["import_region"].trigger()
    canvas.brush = replace(canvas.brush, bound=2)
    opened.actions_by_name["import_region"].trigger()
    assert engine.jobs[-2:] == [ImportBounds(Path("mask.png"), None), ImportBounds(Path("mask.png"), 2)]
    bounds = np.random.default_rng(0).choice(np.array([2, UNBOUNDED], np.uint8), (HEIGHT, WIDTH))
    with qtbot.waitSignal(opened.controller.map_changed):
        engine.deliver(BoundsImported(3, engine.shown[-1][0], bounds, "mask.png"))
        engine.deliver(BoundsImported(3, photo(), np.zeros((HEIGHT, WIDTH), np.uint8), "of another photo"))
    np.testing.assert_array_equal(bounds_of(opened), bounds)
    opened.controller.undo()
    assert bounds_of(opened) is None


def test_a_region_is_saved(
    opened: MainWindow, canvas: Workspace, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggested = []
    monkeypatch.setattr(
        "qmap_studio.ui.files.ask_save",
        lambda _parent, _title, suggestion, _filters: suggested.append(suggestion.name) or Path("region.png"),
    )
    assert not opened.actions_by_name["save_region"].isEnabled()
    opened.actions_by_name["bound_everywhere"].trigger()
    opened.actions_by_name["save_region"].trigger()
    assert engine.jobs[-1] == SaveBounds(Path("region.png"))
    assert suggested == ["photo-region.png"]


@pytest.mark.parametrize("at_once_s", [inf, -1.0])
def test_saving_the_map_saves_no_bounds(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, at_once_s: float
) -> None:
    monkeypatch.setattr(layered_map, "AT_ONCE_S", at_once_s)
    document = opened.controller.document
    assert document is not None
    for bounded in (False, True):
        document.fill_uniform(0.3 if bounded else 0.4)
        if bounded:
            document.bound_everywhere(WITHOUT_LOSS)
        opened.files.save_map(Path("map.png"))
        with qtbot.waitSignal(opened.controller.jobs.ended):
            engine.deliver(JobDone(len(engine.jobs), Path("map.png"), "Saved."))
        assert document.is_modified is bounded


def test_a_file_opens_with_the_bounds_it_was_made_with(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    bounds = np.full((HEIGHT, WIDTH), UNBOUNDED, np.uint8)
    bounds[SELECTED.slices] = 4
    values, cells = np.full((HEIGHT, WIDTH), 20000, np.uint16), np.ones((6, 10), np.float32)
    with qtbot.waitSignal(window.controller.document_shown):
        engine.deliver(SfcOpened(1, Path("photo.sfc"), photo(), values, cells, 100, bounds))
    np.testing.assert_array_equal(bounds_of(window), bounds)
    np.testing.assert_array_equal(engine.bounds[-1], bounds)
    assert engine.bounds[-1] is not bounds_of(window)
    assert window.figures.threshold.name == "Inside is where an error bound holds"
    assert window.controller.document is not None
    assert not window.controller.document.is_modified


# Figures


def test_bounds_that_came_first_stay_what_is_inside(opened: MainWindow, canvas: Workspace) -> None:
    inside = opened.figures.threshold
    opened.actions_by_name["bound_everywhere"].trigger()
    assert (inside.name, inside.isEnabled()) == ("Inside is where an error bound holds", False)
    paint_line(opened)
    assert inside.name == "Inside is where an error bound holds"
    canvas.set_selection(SELECTED)
    assert inside.name == "Inside is the selection"


def test_a_threshold_that_came_first_stays(opened: MainWindow, canvas: Workspace) -> None:
    inside = opened.figures.threshold
    paint_line(opened)
    opened.actions_by_name["bound_everywhere"].trigger()
    assert (inside.name, inside.isEnabled()) == ("Inside is where quality is above", True)


def test_what_lost_nothing_is_called_identical(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    lossless = figures()
    assert lossless.inside is not None
    lossless = replace(lossless, inside=replace(lossless.inside, psnr_db=inf, ms_ssim=1.0))
    with qtbot.waitSignal(opened.controller.live_result_arrived):
        engine.deliver(live_result(engine, lossless))
    table = opened.figures.table
    assert [table.text("PSNR", part) for part in ("Inside", "Outside")] == ["identical", "28.25"]


def test_a_comparison_says_where_nothing_is_lost() -> None:
    with_map, uniform = figures(), figures()
    assert with_map.inside is not None
    assert uniform.inside is not None
    with_map = replace(with_map, inside=replace(with_map.inside, psnr_db=inf))
    compared = _compared(with_map, uniform)
    assert _verdict(compared).startswith("The map brings no loss inside, +0.00 dB outside")


def _compared(with_map, uniform) -> Compared:
    pixels = photo().pixels
    cells = np.ones((6, 10), np.float32)
    sides = (Side(pixels, cells, each.size_bytes, each, "") for each in (with_map, uniform))
    return Compared(1, photo(), *sides)
