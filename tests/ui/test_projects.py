"""Projects in the window: what is saved, kept and asked."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from qmap_studio.core.pictures import Picture
from qmap_studio.document import Document
from qmap_studio.document.project import Source
from qmap_studio.engine import JobDone, OpenProject, PictureInQuestion, ProjectOpened, SaveProject
from qmap_studio.ui import saving
from qmap_studio.ui.canvas.buffers import PictureBuffers
from qmap_studio.ui.dialogs.questions import PictureAnswer
from qmap_studio.ui.keeping import Keeping
from qmap_studio.ui.opening import Opened
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, paint_line, photo

PROJECT = Path("a.qmapproj")


def open_project(qtbot: QtBot, window: MainWindow, engine: FakeEngine, *, holds_picture: bool) -> None:
    window.open(PROJECT)
    number = len(engine.jobs)
    project = Document(photo(), source=Source("a.png", "ab" * 32)).project(0.5)
    with qtbot.waitSignals([window.controller.document_shown, window.controller.jobs.ended]):
        engine.deliver(ProjectOpened(number, PROJECT, project, photo(), False, holds_picture, ()))
        engine.deliver(JobDone(number, PROJECT, "a.qmapproj is open."))


@pytest.mark.parametrize("holds_picture", [True, False])
def test_a_project_goes_on_holding_its_picture(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, holds_picture: bool
) -> None:
    open_project(qtbot, window, engine, holds_picture=holds_picture)
    paint_line(window)
    window.actions_by_name["save"].trigger()
    job = engine.jobs[-1]
    assert isinstance(job, SaveProject)
    assert (job.path, job.holds_picture) == (PROJECT, holds_picture)


def test_what_is_left_of_a_damaged_project_is_saved_elsewhere(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open(PROJECT)
    project = Document(photo(), source=Source("a.png", "ab" * 32)).project(0.5)
    with qtbot.waitSignal(window.controller.document_shown):
        engine.deliver(ProjectOpened(1, None, project, photo(), False, False, ("It is damaged.",), is_damaged=True))
    assert window.controller.document is not None
    assert window.controller.document.is_modified
    asked: list[object] = []
    monkeypatch.setattr(saving, "ask_save_as", lambda *given: asked.append(given))
    window.actions_by_name["save"].trigger()
    assert len(asked) == 1


def test_a_picture_that_will_not_do_is_asked_about_with_the_reason(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    def answer(_parent: object, *about: object) -> PictureAnswer:
        asked.append(about)
        return PictureAnswer.CHOOSE

    monkeypatch.setattr(saving, "ask_picture", answer)
    monkeypatch.setattr(saving, "ask_open", lambda *_arguments: Path("other.png"))
    job = OpenProject(PROJECT)
    window.open(PROJECT)
    engine.deliver(PictureInQuestion(1, job, Path("a.png"), None, "It is too small."))
    qtbot.waitUntil(lambda: len(engine.jobs) == 2)
    assert asked == [("a.qmapproj", Path("a.png"), None, "It is too small.")]
    assert engine.jobs[-1] == OpenProject(PROJECT, Path("other.png"), takes_changed=True)


class FakeRecovery:
    """Remembers what is to be kept."""

    def __init__(self, *_arguments: object) -> None:
        self.kept: list[tuple[int, Picture | None]] = []

    def keep(self, document: int, _project: object, _replaces: object, picture: Picture | None) -> None:
        self.kept.append((document, picture))

    def forget(self, document: int) -> None:
        pass


def test_what_is_kept_has_the_picture_only_if_that_is_in_no_file(
    opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps = Keeping(opened, opened.controller, tmp_path)
    keeps._recovery = recovery = FakeRecovery()  # type: ignore[assignment]
    first = opened.controller.documents.front
    assert first is not None
    first.document.source = Source("photo.png", "")
    paint_line(opened)
    pasted = Picture(np.zeros((20, 30, 3), np.uint8))
    document = Document(pasted)
    document.mark_unsaved()
    opened.controller.take(Opened(document, PictureBuffers(pasted.pixels)))
    keeps.keep_all()
    keeps.keep_all()
    second = opened.controller.documents.front
    assert second is not None
    assert recovery.kept == [(first.number, None), (second.number, pasted)]
