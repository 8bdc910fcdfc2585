"""Leaving a photo: edited work is kept unless the person agrees."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from qmap_studio.core.settings import Settings
from qmap_studio.document import Brush
from qmap_studio.engine import (
    ExportSfc,
    JobCancelled,
    JobDone,
    JobFailed,
    JobProgress,
    OpenPicture,
    PictureOpened,
)
from qmap_studio.ui import files
from qmap_studio.ui.dialogs.export import ExportDialog
from qmap_studio.ui.files import Keep
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, paint_line, photo


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
    with qtbot.waitSignal(opened.controller.jobs.progressed, check_params_cb=lambda _fraction, text: "other" in text):
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
    with qtbot.waitSignal(opened.controller.jobs.ended):
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
    opened.files.export(Path("photo.sfc"), None)
    asked = []
    monkeypatch.setattr(files, "ask_stop", lambda _parent, writing: asked.append(writing))
    assert not opened.close()
    assert asked == ["Exporting photo.sfc"]
    assert engine.is_running
    engine.deliver(JobDone(2, Path("photo.sfc"), "photo.sfc: 1999 bytes."))
    qtbot.waitUntil(lambda: opened.controller.jobs.writing is None)
    assert opened.close()


def open_other(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, answer: Keep
) -> list[str]:
    """Opens another photo and paints until it arrives; gives what was asked then."""
    asked: list[str] = []
    monkeypatch.setattr(files, "ask_keep", lambda _parent, name: asked.append(name) or answer)
    monkeypatch.setattr(ExportDialog, "exec", lambda _self: True)
    window.open(Path("other.png"))
    assert not asked
    document = window.controller.document
    assert document is not None
    document.begin_stroke(Brush(size_px=20, quality=0.9), 80, 48)  # still held
    with qtbot.waitSignal(window.controller.jobs.progressed):
        engine.deliver(PictureOpened(2, Path("other.png"), photo()))
        engine.deliver(JobProgress(2, 1.0, ""))
    return asked


@pytest.mark.parametrize("answer", Keep)
def test_work_done_while_another_photo_is_read_is_not_lost(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, answer: Keep
) -> None:
    document = opened.controller.document
    assert open_other(qtbot, opened, engine, monkeypatch, answer) == ["photo.png"]
    if answer is Keep.DISCARD:
        assert opened.files.name == "other.png"
        assert not opened.isWindowModified()
        return
    assert opened.controller.document is document
    assert opened.isWindowModified()
    assert opened.actions_by_name["undo"].text() == "&Undo Stroke"
    if answer is Keep.EXPORT:
        assert isinstance(engine.jobs[-1], ExportSfc)
        with qtbot.waitSignal(opened.controller.document_opened):
            engine.deliver(JobDone(3, Path("photo.sfc"), "photo.sfc: 1999 bytes."))
        assert opened.files.name == "other.png"


def test_work_that_was_given_up_is_not_asked_about_again(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint_line(opened)
    _answer(monkeypatch, Keep.DISCARD)
    opened.open(Path("other.png"))
    _answer(monkeypatch, Keep.CANCEL)
    with qtbot.waitSignal(opened.controller.document_opened):
        engine.deliver(PictureOpened(2, Path("other.png"), photo()))


def _answer(monkeypatch: pytest.MonkeyPatch, answer: Keep) -> None:
    monkeypatch.setattr(files, "ask_keep", lambda _parent, _name: answer)
