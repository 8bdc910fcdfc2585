"""What the model itself finds important, over the photo, at three qualities, and as a map."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from qmap_studio.core.pictures import Picture
from qmap_studio.engine import (
    AtQuality,
    EngineReady,
    FindImportance,
    ImportanceFound,
    ImportanceStudied,
    JobCancelled,
    JobDone,
    JobFailed,
    MapFound,
    MapFromImportance,
    PictureOpened,
    Result,
    SaveDrawing,
    StudyImportance,
)
from qmap_studio.ui.canvas.panes import OriginalPane
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.dialogs.importance import ImportanceDialog
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import HEIGHT, WIDTH, FakeEngine, figures, live_result, paint_line, photo
from tests.ui.real_keys import click

Key = Qt.Key
COMMANDS = (
    "importance_mask", "importance_scale", "importance_stage_2", "importance_stage_16", "importance_study",
    "start_from_importance",
)  # fmt: skip
SIDES = (2, 4, 8, 16)
Deliver = Callable[[Result], None]


def stages(mask: float = 0.25, scale: float = 2.0) -> tuple[SimpleNamespace, ...]:
    """Each has a mask of one value, and scale factors of which one is ten times as large as the others."""
    found = []
    for side_px in SIDES:
        shape = -(-HEIGHT // side_px), -(-WIDTH // side_px)
        factors = np.full(shape, scale * side_px, np.float32)
        factors[0, 0] *= 10
        found.append(SimpleNamespace(side_px=side_px, mask=np.full(shape, mask, np.float32), scale=factors))
    return tuple(found)


@pytest.fixture
def deliver(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> Deliver:
    """Lets the engine say something, and waits until it has arrived."""

    def deliver(result: Result) -> None:
        assert opened._bridge is not None
        with qtbot.waitSignal(opened._bridge.result_delivered):
            engine.deliver(result)

    return deliver


@pytest.fixture
def learning(opened: MainWindow, deliver: Deliver) -> MainWindow:
    """The window with a photo and a model that learns what is important."""
    deliver(EngineReady("cpu", "sigvic2023", (), learns_importance=True))
    return opened


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
    assert caption(learning) == "Original + importance mask, 16 px squares"
    assert "importance mask, 16 px squares" in canvas.accessibleDescription()
    assert not pane.overlay.visible
    assert pane.colour_scale.toolTip() == "importance mask: 0, importance, 1"
    assert learning.actions_by_name["importance_mask"].isChecked()
    canvas.pixel_hovered.emit(5, 5)
    assert "importance mask 0.25" in learning.status.pixel
    click(learning, Key.Key_O)
    assert caption(learning) == "Original + quality map"
    assert pane.overlay.visible
    assert "quality" in pane.colour_scale.toolTip()
    assert not learning.actions_by_name["importance_mask"].isChecked()
    click(learning, Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    assert asked(engine) == 1, "it is known already"
    assert caption(learning) == "Original + importance mask, 16 px squares"


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
    assert caption(learning) == "Original + scale factors, 16 px squares"
    assert original(learning).colour_scale.toolTip() == "scale factors: 32, scale, log, 320"


@pytest.mark.parametrize(("key", "side_px"), [(Key.Key_1, 2), (Key.Key_2, 4), (Key.Key_3, 8), (Key.Key_4, 16)])
def test_a_stage_is_chosen(
    learning: MainWindow, canvas: Workspace, find: Callable[..., None], key: Qt.Key, side_px: int
) -> None:
    learning.actions_by_name["importance_scale"].trigger()
    find()
    canvas.setFocus()
    click(learning, key, Qt.KeyboardModifier.AltModifier)
    assert learning.actions_by_name[f"importance_stage_{side_px}"].isChecked()
    assert caption(learning) == f"Original + scale factors, {side_px} px squares"
    assert f"{2 * side_px}, " in original(learning).colour_scale.toolTip()


def test_an_edit_makes_it_old_which_is_said_and_the_exact_answer_renews_it(
    learning: MainWindow, engine: FakeEngine, deliver: Deliver, find: Callable[..., None]
) -> None:
    learning.actions_by_name["importance_mask"].trigger()
    find()
    paint_line(learning)
    assert caption(learning) == "Original + importance mask of an older map, 16 px squares"
    deliver(live_result(engine, figures(), approximate=True))
    assert asked(engine) == 1
    deliver(live_result(engine, figures()))
    assert asked(engine) == 2
    assert "of an older map" in caption(learning)
    find(0.75)
    assert caption(learning) == "Original + importance mask, 16 px squares"
    assert learning.canvas is not None
    learning.canvas.workspace.pixel_hovered.emit(5, 5)
    assert "importance mask 0.75" in learning.status.pixel


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
    assert engine.jobs[-1] == MapFromImportance(8)
    values = np.tile(np.linspace(6553, 58981, WIDTH).astype(np.uint16), (HEIGHT, 1))
    deliver(MapFound(len(engine.jobs), document.picture, values))
    deliver(JobDone(len(engine.jobs), None, "The map shows what sigvic2023 finds important."))
    assert (document.quality_map.values == values).all()
    assert learning.actions_by_name["undo"].text() == "&Undo Start from importance"
    learning.controller.undo()
    assert (document.quality_map.values == before).all()
    assert not learning.actions_by_name["undo"].isEnabled()


def studied(picture: Picture, job_id: int = 2) -> ImportanceStudied:
    bits = np.full((6, 10), 256.0, np.float32)
    found = tuple(
        AtQuality(quality, 0.01 * quality, stages(quality, 10 * quality), quality * bits, quality, 30 + quality)  # type: ignore[arg-type]
        for quality in (0.1, 0.5, 0.9)
    )
    return ImportanceStudied(job_id, picture, "sigvic2023", found)


@pytest.fixture
def dialog(learning: MainWindow, engine: FakeEngine, deliver: Deliver) -> ImportanceDialog:
    learning.actions_by_name["importance_study"].trigger()
    assert engine.jobs[-1] == StudyImportance()
    deliver(studied(engine.shown[-1][0], len(engine.jobs)))
    deliver(JobDone(len(engine.jobs), None, "Shown."))
    shown = learning.importance_study.dialog
    assert shown is not None
    return shown


def texts(dialog: ImportanceDialog) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in dialog.findChildren(QLabel)]


def test_three_qualities_stand_side_by_side(learning: MainWindow, dialog: ImportanceDialog) -> None:
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert dialog.windowTitle() == "What sigvic2023 Finds Important in photo.png"
    shown = texts(dialog)
    for quality, figures_text in (
        ("Quality 0.1", "λ 0.0010 · 0.100 bpp · 30.10 dB"),
        ("Quality 0.5", "λ 0.0050 · 0.500 bpp · 30.50 dB"),
        ("Quality 0.9", "λ 0.0090 · 0.900 bpp · 30.90 dB"),
    ):
        assert quality in shown
        assert figures_text in shown
    names = [[tinted.accessibleName() for tinted in row] for row in dialog.figure.pictures]
    assert names[0] == [f"Importance mask, quality {quality}" for quality in (0.1, 0.5, 0.9)]
    assert [scale.toolTip() for scale in dialog.figure.scales] == [
        "Importance mask: 0, importance, 1",
        "Scale factors: 16, scale, log, 1.44e+03",  # of all three columns together
        "Bits per pixel: 0.01, 0.1, 1, 10",
    ]


def test_each_row_has_one_scale_and_columns_that_differ_look_different(dialog: ImportanceDialog) -> None:
    for row in dialog.figure.pictures:
        looks = [tinted.grab().toImage() for tinted in row]
        assert len({look.pixelColor(look.rect().center()).name() for look in looks}) == 3


def test_the_stage_of_the_sheet_is_chosen(dialog: ImportanceDialog) -> None:
    assert dialog.stage.currentText() == "Stage 4: squares of 16 px"
    dialog.stage.setCurrentIndex(0)
    assert dialog.figure.scales[1].toolTip() == "Scale factors: 2, scale, log, 180"
    assert texts(dialog).count("Squares of 2 px") == 2
    assert texts(dialog).count("Squares of 16 px") == 1  # bits are those of the cells


def test_the_sheet_is_saved_as_it_is_seen_but_finer(
    learning: MainWindow, engine: FakeEngine, dialog: ImportanceDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "sheet.png"
    monkeypatch.setattr(learning.files, "ask_new_file", lambda *_: path)
    dialog.save_requested.emit()
    job = engine.jobs[-1]
    assert isinstance(job, SaveDrawing)
    assert job.path == path
    size = dialog.figure.size()
    assert job.pixels.shape == (2 * size.height(), 2 * size.width(), 3)
    drawn = QImage(job.pixels.data, 2 * size.width(), 2 * size.height(), 6 * size.width(), QImage.Format.Format_RGB888)
    first = dialog.figure.pictures[0][0]
    middle = first.mapTo(dialog.figure, first.rect().center() / 2)
    assert drawn.pixelColor(2 * middle) == dialog.figure.grab().toImage().pixelColor(middle)


def test_a_second_sheet_takes_the_place_of_the_first_and_another_photo_closes_it(
    learning: MainWindow, engine: FakeEngine, deliver: Deliver, dialog: ImportanceDialog
) -> None:
    deliver(studied(engine.shown[-1][0]))
    second = learning.importance_study.dialog
    assert second is not None
    assert second is not dialog
    assert learning.controller.document is not None
    learning.controller.document.mark_saved()
    before = engine.shown[-1][0]
    deliver(PictureOpened(9, Path("other.png"), photo()))
    assert learning.importance_study.dialog is None
    deliver(studied(before))
    assert learning.importance_study.dialog is None


def test_no_file_no_drawing(learning: MainWindow, engine: FakeEngine, dialog: ImportanceDialog, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "exec", lambda _dialog: False)
    jobs = len(engine.jobs)
    dialog.save_requested.emit()
    assert len(engine.jobs) == jobs
