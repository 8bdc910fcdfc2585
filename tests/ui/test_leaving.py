"""Leaving documents: edited work is kept unless the person agrees, and is asked about once."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from qmap_studio.core.settings import Settings
from qmap_studio.engine import JobCancelled, JobDone, JobFailed, OpenPicture, SaveProject
from qmap_studio.ui import files, saving
from qmap_studio.ui.dialogs.questions import Keep
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, open_photo, paint_line


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was asked about; the first of `answers` is the answer."""
    return []


def answer(monkeypatch: pytest.MonkeyPatch, asked: list[list[str]], keep: Keep, path: Path | None = None) -> None:
    """Lets the person answer, and name a file."""
    monkeypatch.setattr(saving, "ask_keep", lambda _parent, names: asked.append(names) or keep)
    chosen = (path, 0) if path is not None else None
    monkeypatch.setattr(saving, "ask_save_as", lambda *_arguments: chosen)


def test_opening_another_photo_gives_up_nothing(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    paint_line(opened)
    document = opened.controller.document
    opened.open(Path("other.png"))
    assert engine.jobs[-1] == OpenPicture(Path("other.png"))
    assert opened.controller.document is document
    assert document is not None
    assert document.is_modified


def test_closing_asks_and_saves_then_remembers_and_stops(
    qtbot: QtBot,
    opened: MainWindow,
    engine: FakeEngine,
    monkeypatch: pytest.MonkeyPatch,
    asked: list[list[str]],
    tmp_path: Path,
) -> None:
    paint_line(opened)
    answer(monkeypatch, asked, Keep.CANCEL)
    assert not opened.close()
    assert engine.is_running
    answer(monkeypatch, asked, Keep.SAVE, tmp_path / "photo.qmapproj")
    assert not opened.close()
    assert isinstance(engine.jobs[-1], SaveProject)
    engine.deliver(JobDone(2, Path("photo.qmapproj"), "photo.qmapproj is saved."))
    qtbot.waitUntil(lambda: not opened.isVisible())
    assert not engine.is_running
    assert asked == [["photo.png"], ["photo.png"]]
    recent = Settings.read(tmp_path / "settings.json").recent_files
    assert recent == [str(tmp_path / "photo.qmapproj"), "photo.png"]


def test_several_documents_are_asked_about_at_once_and_saved_one_after_the_other(
    qtbot: QtBot,
    opened: MainWindow,
    engine: FakeEngine,
    monkeypatch: pytest.MonkeyPatch,
    asked: list[list[str]],
    tmp_path: Path,
) -> None:
    paint_line(opened)
    open_photo(qtbot, opened, engine, "saved.png")
    open_photo(qtbot, opened, engine, "other.png")
    paint_line(opened)
    paths = iter([(tmp_path / "a.qmapproj", 0), (tmp_path / "b.qmapproj", 1)])
    answer(monkeypatch, asked, Keep.SAVE)
    monkeypatch.setattr(saving, "ask_save_as", lambda *_arguments: next(paths))
    assert not opened.close()
    assert asked == [["photo.png", "other.png"]]
    first = engine.jobs[-1]
    engine.deliver(JobDone(len(engine.jobs), Path("a.qmapproj"), "a.qmapproj is saved."))
    qtbot.waitUntil(lambda: engine.jobs[-1] is not first)
    second = engine.jobs[-1]
    assert isinstance(first, SaveProject)
    assert isinstance(second, SaveProject)
    assert (first.path.name, first.holds_picture) == ("a.qmapproj", False)
    assert (second.path.name, second.holds_picture) == ("b.qmapproj", True)
    engine.deliver(JobDone(len(engine.jobs), Path("b.qmapproj"), "b.qmapproj is saved."))
    qtbot.waitUntil(lambda: not opened.isVisible())
    assert len(asked) == 1


@pytest.mark.parametrize("end", [JobFailed(2, "The disk is full."), JobCancelled(2)])
def test_work_stays_open_if_it_could_not_be_saved(
    qtbot: QtBot,
    opened: MainWindow,
    engine: FakeEngine,
    monkeypatch: pytest.MonkeyPatch,
    asked: list[list[str]],
    tmp_path: Path,
    end: JobFailed | JobCancelled,
) -> None:
    paint_line(opened)
    answer(monkeypatch, asked, Keep.SAVE, tmp_path / "photo.qmapproj")
    assert not opened.close()
    with qtbot.waitSignal(opened.controller.jobs.ended):
        engine.deliver(end)
    assert opened.isVisible()
    assert opened.isWindowModified()


def test_giving_up_the_name_leaves_everything_open(
    opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    paint_line(opened)
    answer(monkeypatch, asked, Keep.SAVE)
    assert not opened.close()
    opened.close_document()
    assert len(engine.jobs) == 1
    assert opened.controller.document is not None


def test_closing_discards_if_the_person_agrees(
    opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    paint_line(opened)
    answer(monkeypatch, asked, Keep.DISCARD)
    assert opened.close()
    assert not engine.is_running


def test_a_stroke_that_is_held_is_unsaved_work(
    opened: MainWindow, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    from qmap_studio.document import Brush

    document = opened.controller.document
    assert document is not None
    document.begin_stroke(Brush(20), 80, 48)
    answer(monkeypatch, asked, Keep.CANCEL)
    opened.close_document()
    assert asked == [["photo.png"]]


def test_closing_while_a_file_is_written_asks(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.files.export(Path("photo.sfc"), None)
    stopping: list[str] = []
    monkeypatch.setattr(files, "ask_stop", lambda _parent, writing: stopping.append(writing))
    assert not opened.close()
    assert stopping == ["Exporting photo.sfc"]
    assert engine.is_running
    engine.deliver(JobDone(2, Path("photo.sfc"), "photo.sfc: 1999 bytes."))
    qtbot.waitUntil(lambda: opened.controller.jobs.writing is None)
    assert opened.close()
