"""The window as a person uses it: open, paint, follow, undo, export, fail, cancel."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from qmap_studio.core.rect import Rect
from qmap_studio.engine import (
    Compare,
    Compared,
    EngineFailed,
    EngineReady,
    ExportPicture,
    ExportSfc,
    JobCancelled,
    JobDone,
    JobFailed,
    JobProgress,
    Notice,
    OpenPicture,
    OpenSfc,
    PictureOpened,
    SfcOpened,
    Side,
)
from qmap_studio.ui import files
from qmap_studio.ui.dialogs.boxes import BoxesDialog
from qmap_studio.ui.dialogs.compare import CompareDialog
from qmap_studio.ui.dialogs.export import ExportDialog
from qmap_studio.ui.files import Keep
from qmap_studio.ui.settings import Settings
from qmap_studio.ui.window import MainWindow

from .conftest import HEIGHT, WIDTH, FakeEngine, figures, live_result, paint_line, photo


def test_begins_with_the_empty_state(window: MainWindow) -> None:
    assert window.stage.currentWidget() is window.welcome
    assert window.actions_by_name["open"].isEnabled()
    assert not window.actions_by_name["export"].isEnabled()


def test_first_paint_is_told_once(qtbot: QtBot, settings: Settings) -> None:
    window = MainWindow(settings)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.first_painted):
        window.show()


def test_a_file_asked_for_before_the_engine_is_there_is_opened_later(window: MainWindow, settings: Settings) -> None:
    early = MainWindow(settings)
    early.open(Path("photo.png"))
    bridge = window._bridge
    assert bridge is not None
    early.session.attach(bridge)
    assert bridge.engine.jobs == [OpenPicture(Path("photo.png"))]


def test_opens_a_photo(opened: MainWindow, engine: FakeEngine) -> None:
    assert engine.jobs == [OpenPicture(Path("photo.png"))]
    picture, values, _ = engine.shown[0]
    assert (picture.height, picture.width) == values.shape == (HEIGHT, WIDTH)
    assert opened.stage.currentIndex() == 1
    assert "photo.png" in opened.windowTitle()
    assert opened.status.message == "photo.png: 160 x 96 pixels."
    assert not opened.status.is_busy
    assert engine.views


def test_a_dropped_file_is_opened(window: MainWindow, engine: FakeEngine, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "dropped.sfc"))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.welcome.dropEvent(event)
    assert engine.jobs == [OpenSfc(tmp_path / "dropped.sfc")]


def test_boxes_and_arrays_dropped_on_a_photo_become_map(
    opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert opened.desk is not None
    document, drop = opened.session.document, opened.desk.workspace.file_dropped.emit
    assert document is not None
    monkeypatch.setattr(BoxesDialog, "exec", lambda _self: True)
    (tmp_path / "photo.txt").write_text("0 0.5 0.5 0.25 0.5\n", encoding="utf-8")
    drop(str(tmp_path / "photo.txt"))
    assert document.undo_name == "Boxes"
    np.save(tmp_path / "map.npy", np.full((HEIGHT, WIDTH), 0.25, np.float32))
    drop(str(tmp_path / "map.npy"))
    assert document.undo_name == "Import map"
    assert len(engine.jobs) == 1
    document.mark_saved()
    drop(str(tmp_path / "other.png"))
    assert engine.jobs[-1] == OpenPicture(tmp_path / "other.png")


def test_the_map_of_an_sfc_file_is_editable(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    window.open(Path("old.sfc"))
    with qtbot.waitSignal(window.session.document_opened):
        engine.deliver(_old_file())
    paint_line(window)
    document = window.session.document
    assert document is not None
    assert document.quality_map.values.max() > 50000
    window.session.undo()
    assert (document.quality_map.values == 40000).all()


def test_a_decoded_file_is_not_called_the_original(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    assert window.desk is not None
    workspace, session = window.desk.workspace, window.session
    caption = workspace.pane("original").caption
    with qtbot.waitSignal(session.document_opened):
        engine.deliver(_old_file())
    assert caption.text() == "Decoded file + quality map"
    qtbot.keyPress(workspace, Qt.Key.Key_Tab)
    assert workspace.pane("reconstruction").caption.text() == "Decoded file"
    qtbot.keyRelease(workspace, Qt.Key.Key_Tab)
    assert window.map_panel.uniform_quality == pytest.approx(40000 / 65535)
    workspace.overlay_opacity = 0.3
    workspace.cycle_overlay()
    workspace.cycle_overlay()
    assert caption.text() == "Decoded file"
    assert window.figures.reference == (
        "The photo is not in an .sfc file: these figures are of the decoded picture, coded once more."
    )
    session.export_picture("comparison", Path("both.png"))
    assert engine.jobs[-1] == ExportPicture("comparison", Path("both.png"), "Decoded file")

    with qtbot.waitSignal(session.document_opened):
        engine.deliver(PictureOpened(2, Path("photo.png"), photo()))
    assert caption.text() == "Original"
    assert window.figures.reference == ""
    session.export_picture("comparison", Path("both.png"))
    assert engine.jobs[-1] == ExportPicture("comparison", Path("both.png"))


def _old_file() -> SfcOpened:
    values = np.full((HEIGHT, WIDTH), 40000, np.uint16)
    return SfcOpened(1, Path("old.sfc"), photo(), values, np.ones((6, 10), np.float32), 999)


def test_painting_tells_the_engine_and_is_one_undo(opened: MainWindow, engine: FakeEngine) -> None:
    document = opened.session.document
    assert document is not None
    before = document.quality_map.values.copy()
    paint_line(opened)
    assert len(engine.patches) >= 2
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


def test_live_results_reach_panes_and_figures(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(opened.session.live_result_arrived):
        engine.deliver(live_result(engine, figures()))
    assert opened.figures.state == "exact"
    assert opened.figures.table.text("PSNR", "Inside") == "35.50"
    assert opened.figures.table.text("Bits", "Outside") == "20"
    assert opened.desk is not None
    assert opened.desk.workspace.bits_per_pixel_at(3, 3) == pytest.approx(0.25)
    paint_line(opened)
    assert opened.figures.state == "updating"
    with qtbot.waitSignal(opened.session.live_result_arrived):
        engine.deliver(live_result(engine, figures(estimated=True), approximate=True))
    assert opened.figures.state == "approximate"
    caption = opened.desk.workspace.pane("reconstruction").caption
    assert caption.text() == "Reconstruction · approximate"
    with qtbot.waitSignal(opened.session.live_result_arrived):
        engine.deliver(live_result(engine, figures()))
    assert caption.text() == "Reconstruction"


def test_a_reduced_picture_says_so(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    deep = replace(photo(), is_reduced=True)
    with qtbot.waitSignal(window.session.noted):
        engine.deliver(PictureOpened(1, Path("deep.tif"), deep))
    assert window.banner.isVisible()
    assert window.banner.text == "deep.tif has more than 8 bits a channel; it is shown and exported with 8."


def test_late_results_of_another_document_are_dropped(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    late = live_result(engine, figures())
    with qtbot.waitSignal(opened.session.document_opened):
        engine.deliver(PictureOpened(2, Path("next.png"), photo()))
    with (
        qtbot.assertNotEmitted(opened.session.live_result_arrived),
        qtbot.waitSignal(opened.session.noted),
    ):
        engine.deliver(late)
        engine.deliver(Notice("Delivered after it."))


def test_the_pixel_under_the_pointer_is_told(opened: MainWindow) -> None:
    assert opened.desk is not None
    opened.desk.workspace.set_cell_bits(Rect(0, 0, 10, 6), np.full((6, 10), 128.0, np.float32))
    opened.desk.workspace.pixel_hovered.emit(20, 10)
    assert opened.status._pixel.text() == "x 20  y 10   quality 0.50   0.50 bpp"


def test_exports_with_progress_and_cancel(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint_line(opened)
    monkeypatch.setattr(ExportDialog, "exec", lambda self: self.limit_to(2000) or True)
    opened.actions_by_name["export"].trigger()
    job = engine.jobs[-1]
    assert isinstance(job, ExportSfc)
    assert (job.path.name, job.target_bytes) == ("photo.sfc", 2000)
    with qtbot.waitSignal(opened.session.job_progressed):
        engine.deliver(JobProgress(2, 0.4, "Encoding"))
    assert opened.status.is_busy
    assert opened.actions_by_name["cancel_job"].isEnabled()
    qtbot.mouseClick(opened.status._cancel, Qt.MouseButton.LeftButton)
    assert engine.cancelled == [2]
    with qtbot.waitSignal(opened.session.job_ended):
        engine.deliver(JobCancelled(2))
    assert not opened.status.is_busy
    assert opened.isWindowModified()

    opened.actions_by_name["export"].trigger()
    with qtbot.waitSignal(opened.session.job_ended):
        engine.deliver(JobDone(3, Path("photo.sfc"), "photo.sfc: 1999 bytes."))
    assert opened.status.message == "photo.sfc: 1999 bytes."
    assert not opened.isWindowModified()


def test_what_was_painted_during_an_export_is_not_saved_by_it(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine
) -> None:
    opened.session.export(Path("photo.sfc"), None)
    paint_line(opened)
    with qtbot.waitSignal(opened.session.job_ended):
        engine.deliver(JobDone(2, Path("photo.sfc"), "Done."))
    assert opened.isWindowModified()


def test_an_error_goes_with_the_next_photo_that_opens(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(opened.session.failed):
        engine.deliver(JobFailed(2, "broken.png is cut short."))
    with qtbot.waitSignal(opened.session.document_opened):
        engine.deliver(PictureOpened(3, Path("next.png"), photo()))
    assert not opened.banner.isVisible()


def test_errors_are_one_sentence_that_can_be_dismissed(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    before = opened.session.document
    opened.open(Path("broken.png"))
    with qtbot.waitSignal(opened.session.failed):
        engine.deliver(JobFailed(2, "broken.png is cut short."))
    assert opened.banner.isVisible()
    assert opened.banner.text == "broken.png is cut short."
    assert opened.session.document is before
    opened.banner.hide()
    with qtbot.waitSignal(opened.session.failed):
        engine.deliver(EngineFailed("The weights are missing."))
    assert opened.banner.text == "The weights are missing."


def test_errors_name_their_file(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    opened.open(Path("old.sfc"))
    with qtbot.waitSignal(opened.session.failed):
        engine.deliver(JobFailed(2, "This is not an .sfc file."))
    assert opened.banner.text == "old.sfc: This is not an .sfc file."


def test_notices_of_the_codec_are_shown(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(window.session.noted):
        engine.deliver(EngineReady("cpu", "live", ("No GPU was found.",)))
    assert window.banner.text == "No GPU was found."
    assert window.status._engine.text() == "live · CPU"


def test_edited_work_is_kept_unless_the_person_agrees(
    opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint_line(opened)
    _answer(monkeypatch, Keep.CANCEL)
    opened.open(Path("other.png"))
    assert len(engine.jobs) == 1
    _answer(monkeypatch, Keep.DISCARD)
    opened.open(Path("other.png"))
    assert engine.jobs[-1] == OpenPicture(Path("other.png"))


def test_another_photo_opens_once_the_work_is_exported(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint_line(opened)
    _answer(monkeypatch, Keep.EXPORT)
    monkeypatch.setattr(ExportDialog, "exec", lambda _self: True)
    opened.open(Path("other.png"))
    assert isinstance(engine.jobs[-1], ExportSfc)
    with qtbot.waitSignal(opened.session.job_progressed, check_params_cb=lambda _fraction, text: "other" in text):
        engine.deliver(JobDone(2, Path("photo.sfc"), "photo.sfc: 1999 bytes."))
    assert engine.jobs[-1] == OpenPicture(Path("other.png"))


@pytest.mark.parametrize("end", [JobFailed(2, "The disk is full."), JobCancelled(2)])
def test_work_stays_open_if_it_could_not_be_exported(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, end: JobFailed | JobCancelled
) -> None:
    paint_line(opened)
    _answer(monkeypatch, Keep.EXPORT)
    monkeypatch.setattr(ExportDialog, "exec", lambda _self: True)
    assert not opened.close()
    with qtbot.waitSignal(opened.session.job_ended):
        engine.deliver(end)
    assert opened.isVisible()
    assert opened.isWindowModified()


def test_giving_up_the_export_dialog_leaves_everything_open(
    opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint_line(opened)
    _answer(monkeypatch, Keep.EXPORT)
    monkeypatch.setattr(ExportDialog, "exec", lambda _self: False)
    opened.open(Path("other.png"))
    assert not opened.close()
    assert len(engine.jobs) == 1


def test_closing_exports_then_remembers_and_stops(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paint_line(opened)
    _answer(monkeypatch, Keep.CANCEL)
    assert not opened.close()
    assert engine.is_running
    _answer(monkeypatch, Keep.EXPORT)
    monkeypatch.setattr(ExportDialog, "exec", lambda _self: True)
    assert not opened.close()
    assert engine.is_running
    engine.deliver(JobDone(2, Path("photo.sfc"), "photo.sfc: 1999 bytes."))
    qtbot.waitUntil(lambda: not opened.isVisible())
    assert not engine.is_running
    assert Settings.read(tmp_path / "settings.json").recent_files == ["photo.png"]


def test_closing_discards_if_the_person_agrees(
    opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint_line(opened)
    _answer(monkeypatch, Keep.DISCARD)
    assert opened.close()
    assert not engine.is_running


def test_closing_while_a_file_is_written_asks(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.session.export(Path("photo.sfc"), None)
    asked = []
    monkeypatch.setattr(files, "ask_stop", lambda _parent, writing: asked.append(writing))
    assert not opened.close()
    assert asked == ["Exporting photo.sfc"]
    assert engine.is_running
    engine.deliver(JobDone(2, Path("photo.sfc"), "photo.sfc: 1999 bytes."))
    qtbot.waitUntil(lambda: opened.session.writing is None)
    assert opened.close()


def _answer(monkeypatch: pytest.MonkeyPatch, answer: Keep) -> None:
    monkeypatch.setattr(files, "ask_keep", lambda _parent, _name: answer)


def test_map_actions(opened: MainWindow) -> None:
    document = opened.session.document
    assert document is not None
    values = document.quality_map.values
    opened.map_panel.uniform_quality = 0.25
    opened.actions_by_name["uniform"].trigger()
    assert (values == 16384).all()
    opened.actions_by_name["raise"].trigger()
    assert (values == 16384 + 3277).all()
    opened.actions_by_name["invert"].trigger()
    assert (values == 65535 - 16384 - 3277).all()
    for _ in range(3):
        opened.actions_by_name["undo"].trigger()
    assert not document.is_modified


def test_maps_are_imported_and_saved(opened: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    document = opened.session.document
    assert document is not None
    paint_line(opened)
    painted = document.quality_map.values.copy()
    path = tmp_path / "map.png"
    monkeypatch.setattr(files, "ask_save", lambda *_arguments: path)
    opened.actions_by_name["save_map"].trigger()
    assert opened.status.message == "The map is saved as map.png."
    assert not document.is_modified
    opened.session.fill_uniform(0.1)
    monkeypatch.setattr(files.QFileDialog, "getOpenFileName", lambda *_arguments: (str(path), ""))
    opened.actions_by_name["import_map"].trigger()
    assert opened.status.message == "The map is now that of map.png."
    assert (document.quality_map.values == painted).all()

    np.save(tmp_path / "small.npy", np.zeros((4, 5), np.float32))
    opened.session.import_map(tmp_path / "small.npy")
    assert "5 x 4" in opened.banner.text
    assert (document.quality_map.values == painted).all()


def test_pictures_are_saved_by_the_engine(
    opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(files, "ask_save", lambda *_arguments: tmp_path / "out.png")
    for kind in ("reconstruction", "heat_map", "comparison"):
        opened.actions_by_name[f"save_{kind}"].trigger()
        assert engine.jobs[-1] == ExportPicture(kind, tmp_path / "out.png")  # type: ignore[arg-type]


def test_compares_with_uniform(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    opened.actions_by_name["compare"].trigger()
    assert engine.jobs[-1] == Compare()
    original = photo().pixels
    bits = np.ones((6, 10), np.float32)
    roi = Side(original // 2, bits, 1240, figures(1240), "quality 0.20 to 0.90")
    uniform = Side(original // 3, bits, 1236, figures(1236), "quality 0.41 everywhere")
    with qtbot.waitSignal(opened.session.compared):
        engine.deliver(Compared(2, original, roi, uniform))
    dialog = opened.findChild(CompareDialog)
    assert dialog is not None
    for mode in ("wipe", "flicker", "side_by_side"):
        dialog.show_mode(mode)
        assert dialog.view.mode == mode
        assert dialog._buttons[mode].isChecked()
    assert dialog.tables[0].text("PSNR", "Overall") == "30.12"
    dialog.activateWindow()
    for key, mode in ((Qt.Key.Key_2, "wipe"), (Qt.Key.Key_3, "flicker"), (Qt.Key.Key_1, "side_by_side")):
        QTest.keyClick(dialog.view, key)
        assert dialog.view.mode == mode
    dialog.close()


def test_tools_and_canvas_stay_in_step(opened: MainWindow) -> None:
    assert opened.desk is not None
    workspace = opened.desk.workspace
    opened.actions_by_name["tool_rectangle"].trigger()
    assert workspace.tool.name == "RECTANGLE"
    QTest.keyClick(workspace, Qt.Key.Key_B)
    assert opened.actions_by_name["tool_brush"].isChecked()
    workspace.set_quality(0.7)
    workspace.scale_brush(2.0)
    assert opened.options.values.quality == pytest.approx(0.7)
    assert opened.options.values.size_px == pytest.approx(192.0)
    opened.actions_by_name["swap_qualities"].trigger()
    assert opened.options.values.quality == pytest.approx(0.1)
    opened.actions_by_name["pane_difference"].trigger()
    assert "difference" in workspace.panes


def test_a_selection_is_told(opened: MainWindow, engine: FakeEngine) -> None:
    assert opened.desk is not None
    opened.desk.workspace.set_selection(Rect(16, 16, 32, 32))
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

    from qmap_studio.ui.actions import ACTIONS
    from qmap_studio.ui.dialogs.keys import KeysDialog

    opened.actions_by_name["help"].trigger()
    dialog = opened.findChild(KeysDialog)
    assert dialog is not None
    words = {label.text() for label in dialog.findChildren(QLabel)}
    assert all(spec.text.replace("&", "").rstrip("…") in words for spec in ACTIONS)
    dialog.close()
