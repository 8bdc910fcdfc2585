"""The window as a person uses it: paint, follow, undo, export, fail, cancel."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.rect import Rect
from qmap_studio.core.settings import Settings
from qmap_studio.document import Brush, Document
from qmap_studio.engine import (
    EngineFailed,
    EngineReady,
    ExportPicture,
    ExportSfc,
    ImportMap,
    JobCancelled,
    JobDone,
    JobFailed,
    JobProgress,
    MapImported,
    SaveMap,
)
from qmap_studio.ui import files
from qmap_studio.ui.dialogs.export import ExportDialog
from qmap_studio.ui.widgets.parts import as_label
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, figures, live_result, paint_line, photo


def test_begins_with_the_empty_state(window: MainWindow) -> None:
    assert window.welcome.isVisible()
    assert window.actions_by_name["open"].isEnabled()
    assert not window.actions_by_name["export"].isEnabled()


def test_first_paint_is_told_once(qtbot: QtBot, settings: Settings) -> None:
    window = MainWindow(settings)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.first_painted):
        window.show()


def test_painting_tells_the_engine_and_is_one_undo(opened: MainWindow, engine: FakeEngine) -> None:
    document = opened.controller.document
    assert document is not None
    before = document.quality_map.values.copy()
    paint_line(opened)
    assert engine.patches
    kept = before.copy()
    for rect, values, _ in engine.patches:
        kept[rect.slices] = values
    assert (kept == document.quality_map.values).all()
    assert opened.isWindowModified()

    QTest.keyClick(opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (document.quality_map.values == before).all()
    rect, values, _ = engine.patches[-1]
    assert (values == before[rect.slices]).all()
    assert not opened.actions_by_name["undo"].isEnabled()
    opened.actions_by_name["redo"].trigger()
    assert (document.quality_map.values == kept).all()


def test_a_stroke_that_is_held_can_be_undone(opened: MainWindow) -> None:
    document, told = opened.controller.document, count_states(opened)
    assert document is not None
    document.begin_stroke(Brush(size_px=20, quality=0.9), 40, 48)
    assert opened.isWindowModified()
    assert opened.actions_by_name["undo"].isEnabled()
    for x in range(50, 100, 10):
        document.continue_stroke(x, 48)
    assert len(told) == 1, "refreshing all actions with each dab costs time"
    document.end_stroke()
    document.begin_stroke(Brush(size_px=20, quality=0.9), 40, 48)
    assert len(told) == 3


def test_a_command_tells_the_documents_state_once(opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    told = count_states(opened)
    refreshed: list[object] = []
    refresh = opened._actions.refresh
    monkeypatch.setattr(opened._actions, "refresh", lambda: (refreshed.append(None), refresh()))
    for name in ("invert", "undo", "redo"):
        told.clear()
        refreshed.clear()
        opened.actions_by_name[name].trigger()
        assert len(told) == len(refreshed) == 1


def count_states(window: MainWindow) -> list[object]:
    told: list[object] = []
    window.controller.document_state_changed.connect(lambda: told.append(None))
    return told


def test_live_results_reach_panes_and_figures(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(opened.controller.live_result_arrived):
        engine.deliver(live_result(engine, figures()))
    assert opened.figures.state == "exact"
    assert opened.figures.table.text("PSNR", "Inside") == "35.50"
    assert opened.figures.table.text("Bits", "Outside") == "20"
    assert opened.canvas is not None
    assert opened.canvas.workspace.panes.bits_per_pixel_at(3, 3) == pytest.approx(0.25)
    paint_line(opened)
    assert opened.figures.state == "updating"
    with qtbot.waitSignal(opened.controller.live_result_arrived):
        engine.deliver(live_result(engine, figures(estimated=True), approximate=True))
    assert opened.figures.state == "< 1 % measured"
    caption = opened.canvas.workspace.panes.pane("reconstruction").caption
    assert caption.text() == "Reconstruction · approximate"
    with qtbot.waitSignal(opened.controller.live_result_arrived):
        engine.deliver(live_result(engine, figures()))
    assert caption.text() == "Reconstruction"


def test_the_pixel_under_the_pointer_is_told(opened: MainWindow) -> None:
    assert opened.canvas is not None
    opened.canvas.workspace.panes.set_cell_bits(Rect(0, 0, 10, 6), np.full((6, 10), 128.0, np.float32))
    opened.canvas.workspace.pixel_hovered.emit(20, 10)
    assert opened.status.pixel == "x 20  y 10   quality 0.50   0.500 bpp"


def test_exports_with_progress_and_cancel(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint_line(opened)
    monkeypatch.setattr(ExportDialog, "exec", lambda self: self.limit_to(2000) or True)
    opened.actions_by_name["export"].trigger()
    job = engine.jobs[-1]
    assert isinstance(job, ExportSfc)
    assert (job.path.name, job.target_bytes) == ("photo.sfc", 2000)
    with qtbot.waitSignal(opened.controller.jobs.progressed):
        engine.deliver(JobProgress(2, 0.4, "Encoding"))
    assert opened.status.is_busy
    assert opened.actions_by_name["cancel_job"].isEnabled()
    cancel = next(b for b in opened.status.findChildren(QToolButton) if b.accessibleName() == "Cancel")
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert engine.cancelled == [2]
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(JobCancelled(2))
    assert not opened.status.is_busy
    assert opened.isWindowModified()

    opened.actions_by_name["export"].trigger()
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(JobDone(3, Path("photo.sfc"), "photo.sfc: 1999 bytes."))
    assert opened.status.message == "photo.sfc: 1999 bytes."
    assert not opened.isWindowModified()


def test_what_was_painted_during_an_export_is_not_saved_by_it(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine
) -> None:
    opened.files.export(Path("photo.sfc"), None)
    paint_line(opened)
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(JobDone(2, Path("photo.sfc"), "Done."))
    assert opened.isWindowModified()


def test_what_was_exported_is_saved_although_there_was_painting_meanwhile(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine
) -> None:
    paint_line(opened)
    opened.files.export(Path("photo.sfc"), None)
    opened.controller.edit(Document.invert)
    opened.controller.undo()
    assert opened.isWindowModified()
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(JobDone(2, Path("photo.sfc"), "Done."))
    assert not opened.isWindowModified()
    opened.controller.undo()
    assert opened.isWindowModified()
    opened.controller.redo()
    assert not opened.isWindowModified()


def test_a_stroke_that_is_held_is_exported_as_far_as_it_goes(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine
) -> None:
    document = opened.controller.document
    assert document is not None
    document.begin_stroke(Brush(size_px=20, quality=0.9), 40, 48)
    opened.files.export(Path("photo.sfc"), None)
    assert opened.isWindowModified()
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(JobDone(2, Path("photo.sfc"), "Done."))
    assert not opened.isWindowModified()
    document.undo()
    assert opened.isWindowModified()


def test_errors_are_one_sentence_that_can_be_dismissed(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    before = opened.controller.document
    opened.open(Path("broken.png"))
    with qtbot.waitSignal(opened.controller.failed):
        engine.deliver(JobFailed(2, "broken.png is cut short."))
    assert opened.banner.isVisible()
    assert opened.banner.text == "broken.png is cut short."
    assert opened.controller.document is before
    opened.banner.hide()
    with qtbot.waitSignal(opened.controller.failed):
        engine.deliver(EngineFailed("The weights are missing."))
    assert opened.banner.text == "The weights are missing."


def test_errors_name_their_file(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    opened.open(Path("old.sfc"))
    with qtbot.waitSignal(opened.controller.failed):
        engine.deliver(JobFailed(2, "This is not an .sfc file."))
    assert opened.banner.text == "old.sfc: This is not an .sfc file."


def test_notices_of_the_codec_are_shown(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(window.controller.notice_given):
        engine.deliver(EngineReady("cpu", "live", ("No GPU was found.",)))
    assert window.banner.text == "No GPU was found."
    assert window.status.engine == "live · CPU"


def test_map_actions(opened: MainWindow) -> None:
    document = opened.controller.document
    assert document is not None
    values = document.quality_map.values
    opened.map_panel.uniform_quality = 0.25
    opened.actions_by_name["uniform"].trigger()
    assert (values == 16384).all()
    opened.actions_by_name["raise"].trigger()
    assert (values == 16384 + 3277).all()
    opened.actions_by_name["invert"].trigger()
    assert (values == MAX_LEVEL - 16384 - 3277).all()
    for _ in range(3):
        opened.actions_by_name["undo"].trigger()
    assert not document.is_modified


def test_a_map_is_saved_by_the_engine(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = opened.controller.document
    assert document is not None
    paint_line(opened)
    for chosen, bits in ((1, 8), (0, 16)):
        monkeypatch.setattr(files, "ask_save_as", lambda *_arguments, n=chosen: (Path("map.png"), n))
        opened.actions_by_name["save_map"].trigger()
        assert engine.jobs[-1] == SaveMap(Path("map.png"), bits)
    assert opened.controller.jobs.writing is not None
    with qtbot.waitSignal(opened.controller.jobs.ended):
        for number in (2, 3):
            engine.deliver(JobDone(number, Path("map.png"), "The map is saved as map.png."))
    assert opened.status.message == "The map is saved as map.png."
    assert not document.is_modified


def test_what_was_painted_while_a_map_is_saved_is_not_saved(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine
) -> None:
    opened.files.save_map(Path("map.png"))
    paint_line(opened)
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(JobDone(2, Path("map.png"), "The map is saved as map.png."))
    assert opened.isWindowModified()


def test_a_map_is_imported_by_the_engine(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = opened.controller.document
    assert document is not None
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_arguments: ("map.png", ""))
    opened.actions_by_name["import_map"].trigger()
    assert engine.jobs[-1] == ImportMap(Path("map.png"))
    values = np.full_like(document.quality_map.values, 12345)
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(MapImported(2, document.picture, values, "map.png"))
        engine.deliver(JobDone(2, Path("map.png"), "The map is now that of map.png."))
    assert opened.status.message == "The map is now that of map.png."
    assert (document.quality_map.values == 12345).all()
    assert document.undo_name == "Import map"
    assert engine.patches[-1][0] == Rect.whole(*values.shape)


def test_a_map_for_a_photo_that_is_open_no_longer_changes_nothing(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine
) -> None:
    document = opened.controller.document
    assert document is not None
    opened.files.import_map(Path("map.png"))
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(MapImported(2, photo(), np.zeros_like(document.quality_map.values), "map.png"))
        engine.deliver(JobDone(2, Path("map.png"), ""))
    assert not document.is_modified


def test_pictures_are_saved_by_the_engine(
    opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(files, "ask_save", lambda *_arguments: tmp_path / "out.png")
    for kind in ("reconstruction", "heat_map", "comparison"):
        opened.actions_by_name[f"save_{kind}"].trigger()
        assert engine.jobs[-1] == ExportPicture(kind, tmp_path / "out.png")  # type: ignore[arg-type]


def test_choosing_tools_never_widens_the_window(qtbot: QtBot, opened: MainWindow) -> None:
    opened.resize(100, 700)
    qtbot.waitUntil(lambda: opened.width() > 100)
    width = opened.width()
    for tool in ("rectangle", "brush", "radial", "brush", "select", "brush"):
        opened.actions_by_name[f"tool_{tool}"].trigger()
        QApplication.processEvents()
    assert opened.width() == width


def test_a_click_beside_the_canvas_leaves_it_the_keys(qtbot: QtBot, opened: MainWindow) -> None:
    assert opened.canvas is not None
    workspace = opened.canvas.workspace
    qtbot.waitUntil(workspace.hasFocus)
    workspace.set_selection(Rect(10, 10, 40, 40))
    button = next(b for b in opened.map_panel.findChildren(QToolButton) if b.text() == "Strengthen")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert workspace.hasFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert opened.controller.document is not None
    assert opened.controller.document.selection is None


def test_an_error_goes_when_the_person_goes_on(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    opened.files.import_map(Path("missing.npy"))
    with qtbot.waitSignal(opened.controller.failed):
        engine.deliver(JobFailed(2, "missing.npy does not exist."))
    assert opened.banner.isVisible()
    opened.files.save_map(Path("map.npy"))
    assert not opened.banner.isVisible()


def test_an_undo_says_what_of(opened: MainWindow) -> None:
    opened.controller.edit(Document.invert)
    opened.controller.undo()
    assert opened.status.message == "Undone: Invert."
    opened.controller.redo()
    assert opened.status.message == "Done again: Invert."


def test_the_zoom_is_told(opened: MainWindow) -> None:
    opened.actions_by_name["actual"].trigger()
    assert opened.status.zoom == "100 %"
    opened.actions_by_name["zoom_out"].trigger()
    assert opened.status.zoom == "71 %"


def test_tools_and_canvas_stay_in_step(opened: MainWindow) -> None:
    assert opened.canvas is not None
    workspace = opened.canvas.workspace
    opened.actions_by_name["tool_rectangle"].trigger()
    assert workspace.tool.name == "rectangle"
    QTest.keyClick(workspace, Qt.Key.Key_B)
    assert opened.actions_by_name["tool_brush"].isChecked()
    workspace.set_quality(0.7)
    workspace.scale_brush(2.0)
    assert opened.options.values.quality == pytest.approx(0.7)
    assert opened.options.values.size_px == pytest.approx(192.0)
    opened.actions_by_name["swap_qualities"].trigger()
    assert opened.options.values.quality == pytest.approx(0.1)
    opened.actions_by_name["pane_difference"].trigger()
    assert "difference" in workspace.panes.shown


def test_a_selection_is_told(opened: MainWindow, engine: FakeEngine) -> None:
    assert opened.canvas is not None
    opened.canvas.workspace.set_selection(Rect(16, 16, 32, 32))
    assert engine.selections[-1] == Rect(16, 16, 32, 32)
    opened.actions_by_name["clear_selection"].trigger()
    assert engine.selections[-1] is None


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_themes(opened: MainWindow, theme: str) -> None:
    opened.actions_by_name[f"theme_{theme}"].trigger()
    assert opened.settings.theme == theme
    assert not opened.grab().isNull()


def test_help_lists_every_action(opened: MainWindow) -> None:
    from PySide6.QtWidgets import QLabel

    from qmap_studio.ui.dialogs.keys import KeysDialog

    opened.actions_by_name["help"].trigger()
    dialog = opened.findChild(KeysDialog)
    assert dialog is not None
    words = {label.text() for label in dialog.findChildren(QLabel)}
    assert all(command.title in words for command in opened.app.commands)
    dialog.close()


def test_names_in_menus_are_short_and_as_they_are() -> None:
    assert as_label("salt & pepper.png") == "salt && pepper.png"
    assert as_label("x" * 300 + ".png").startswith("x" * 30 + "…")
    assert len(as_label("x" * 300 + ".png")) == 61


def test_what_erasing_does_is_chosen_beside_the_brush(opened: MainWindow) -> None:
    eraser = opened.options._eraser
    assert eraser.isVisible()
    eraser.click()
    assert opened.canvas.workspace.erases_layer
    assert eraser.isChecked()
    opened.actions_by_name["tool_linear"].trigger()
    assert not eraser.isVisible()
