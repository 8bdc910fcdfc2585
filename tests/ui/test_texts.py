"""Every text of the window can be translated: in a language of «quotation marks» nothing is shown without them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from qmap_studio.batch import Outcome, Totals
from qmap_studio.core import language
from qmap_studio.core.rect import Rect
from qmap_studio.core.settings import Settings
from qmap_studio.document import Annotation, AnnotationsFile
from qmap_studio.document.annotations.rules import Overlap, Rules
from qmap_studio.engine import (
    AnnotationsRead,
    Compared,
    EngineFailed,
    EngineReady,
    ImportanceFound,
    JobCancelled,
    JobDone,
    MapFound,
    MapImported,
    OptimiseMap,
    Result,
    Side,
)
from qmap_studio.ui.annotations.panel import AnnotationsPanel
from qmap_studio.ui.batch.progress import time_left
from qmap_studio.ui.batch.rows import Row, State
from qmap_studio.ui.batch.window import BatchWindow
from qmap_studio.ui.canvas.colours import Overlay
from qmap_studio.ui.commands.help import keys_by_menu
from qmap_studio.ui.dialogs.choose_picture import ChoosePictureDialog
from qmap_studio.ui.dialogs.export import ExportDialog
from qmap_studio.ui.dialogs.keys import KeysDialog
from qmap_studio.ui.dialogs.questions import ask_keep, ask_leave_batch, ask_picture, ask_recover, ask_stop
from qmap_studio.ui.dialogs.task import TaskDialog
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, figures, live_result, photo
from tests.ui.importance import stages, studied
from tests.ui.shown_texts import Quoted, Text, texts_of, untranslated


@pytest.fixture
def quoted() -> Iterator[None]:
    language.use_translations(Quoted())
    yield
    language.use_language(None)


def keys_dialog(window: MainWindow) -> QWidget:
    return KeysDialog(keys_by_menu(window.app.commands), window)


def task_dialog(window: MainWindow) -> QWidget:
    return TaskDialog(None, "", window)


def task_dialog_with_selection(window: MainWindow) -> QWidget:
    return TaskDialog(Rect(0, 0, 8, 8), "", window)


def export_dialog(window: MainWindow) -> QWidget:
    dialog = ExportDialog(Path("photo.sfc"), 96, 160, 900, window)
    dialog.limit_to(800)
    return dialog


def annotations_panel(window: MainWindow) -> QWidget:
    boxes = (Annotation.box("cat", 0, 0, 20, 10, 0.5), Annotation.box("dog", 50, 50, 10, 10))
    panel = AnnotationsPanel(AnnotationsFile(boxes), "photo.png", Rules(overlap=Overlap.ORDER))
    panel.show_recent(["photo.png"])
    panel.show_summary(1, 0.1)
    panel.footer.setParent(panel)
    panel.setParent(window)
    return panel


def heat_map_panel(window: MainWindow) -> QWidget:
    panel = AnnotationsPanel(AnnotationsFile((), (), np.zeros((2, 2), np.float32)), "photo.png", Rules())
    panel.footer.setParent(panel)
    panel.setParent(window)
    return panel


def choose_picture_dialog(window: MainWindow) -> QWidget:
    return ChoosePictureDialog(["photo.png"], "photo.png", "photo.png", window)


DIALOGS = [
    keys_dialog,
    task_dialog,
    task_dialog_with_selection,
    export_dialog,
    choose_picture_dialog,
    annotations_panel,
    heat_map_panel,
]


@pytest.mark.usefixtures("quoted")
@pytest.mark.parametrize("state", ["window", "opened"])
def test_the_window(request: pytest.FixtureRequest, state: str) -> None:
    assert untranslated(texts_of(request.getfixturevalue(state))) == []


@pytest.mark.usefixtures("quoted")
@pytest.mark.parametrize("make", DIALOGS)
def test_dialogs(opened: MainWindow, make: Callable[[MainWindow], QWidget]) -> None:
    assert untranslated(texts_of(make(opened))) == []


@pytest.mark.usefixtures("quoted")
@pytest.mark.parametrize("kind", ["quality", "pattern", "annotations"])
def test_the_window_of_a_batch(qtbot: QtBot, opened: MainWindow, kind: str) -> None:
    settings = Settings(
        batch_map=kind, batch_folders=["photo.png"], batch_results="photo.png", recent_rules=["photo.png"]
    )
    window = BatchWindow(settings)
    qtbot.addWidget(window)
    outcome = Outcome("photo.png", "photo.sfc", bytes=900, bpp=0.5, psnr=float("inf"), notices=("«One.»", "«Two.»"))
    failed = Outcome("photo.png", "", error="«It is damaged.»")
    rows = [Row("photo.png", Path("photo.png"), state) for state in State]
    rows[2].outcome, rows[4].outcome = outcome, failed
    window.model.set_rows(rows)
    assert untranslated(texts_of(window)) == []
    window.progress.show_idle(window.form.choices.missing)
    some = Totals(9, before=1, done=1, failed=1, bytes=900, began=1e9)
    stopped = replace(some, stopped="«Cancelled.»")
    for totals, is_running in ((None, True), (some, True), (some, False), (stopped, False), (Totals(), False)):
        for is_stopping in (False, True):
            run = SimpleNamespace(
                totals=totals,
                is_running=is_running,
                is_stopping=is_stopping,
                found=3,
                error="",
                results=Path("photo.png"),
            )
            window.progress.show_run(run)  # type: ignore[arg-type]
            assert untranslated(texts_of(window.progress)) == []
    told = [window._meaning([Path("photo.png")]), *map(time_left, (5, 60, 400, 4000))]
    told += [replace(window.form.choices, **missing).missing for missing in ({"folders": ()}, {"results": ""})]
    assert untranslated(("told", text) for text in told) == []


@pytest.mark.usefixtures("quoted")
def test_tools_and_recent_files(opened: MainWindow) -> None:
    for name, action in opened.actions_by_name.items():
        if name.startswith("tool_"):
            action.trigger()
            assert untranslated(texts_of(opened.options)) == []
    opened.welcome.show_recent(["photo.png"])
    assert untranslated(texts_of(opened.welcome)) == []


@pytest.mark.usefixtures("quoted")
def test_results(opened: MainWindow, engine: FakeEngine, deliver: Callable[[Result], None]) -> None:
    assert opened.canvas is not None
    panes = opened.canvas.workspace.panes
    deliver(EngineReady("cuda:0", "live", ()))
    for measured in (figures(estimated=True), figures(900)):
        deliver(live_result(engine, measured))
        opened.canvas.workspace.pixel_hovered.emit(5, 5)
        assert "quality" in opened.status.pixel
        assert untranslated(texts_of(opened)) == []
    opened.figures.show_updating()
    assert untranslated(texts_of(opened.figures)) == []
    opened.figures.show_figures(figures(), measured=0.62)
    for selected, threshold in ((False, 0.5), (True, 0.5)):
        opened.figures.show_inside(selected, threshold)
        assert untranslated(texts_of(opened.figures)) == []
    opened.figures.show_decoded(True)
    panes.set_source(language.tr("Decoded file"))
    for overlay in Overlay:
        panes.overlay = overlay
        assert untranslated(texts_of(panes)) == []
    panes.show_original_while(True)
    opened.codec_menu.aboutToShow.emit()
    opened.codec_menu.addAction("«»")  # it may be empty
    assert untranslated(texts_of(opened)) == []


@pytest.mark.usefixtures("quoted")
def test_what_is_important(opened: MainWindow, engine: FakeEngine, deliver: Callable[[Result], None]) -> None:
    for learns in (False, True):  # why it is disabled, and then what it is for
        deliver(EngineReady("cuda:0", "live", (), learns))
        assert untranslated(texts_of(opened)) == []
    picture = engine.shown[-1][0]
    opened.actions_by_name["importance_mask"].trigger()
    assert untranslated(texts_of(opened)) == []
    deliver(ImportanceFound(len(engine.jobs), picture, stages()))  # type: ignore[arg-type]
    deliver(JobDone(len(engine.jobs), None, ""))
    for edit in (lambda _document: None, lambda document: document.invert()):
        opened.controller.edit(edit)
        opened.importance.show("scale")
        assert opened.canvas is not None
        opened.canvas.workspace.pixel_hovered.emit(5, 5)
        assert untranslated(texts_of(opened)) == []
    opened.actions_by_name["importance_study"].trigger()
    deliver(studied(picture))
    dialog = opened.importance_study.dialog
    assert dialog is not None
    assert untranslated(texts_of(dialog)) == []


@pytest.mark.usefixtures("quoted")
@pytest.mark.parametrize("size_bytes", [900, 1236, 2000])
def test_the_comparison(
    opened: MainWindow, engine: FakeEngine, deliver: Callable[[Result], None], size_bytes: int
) -> None:
    bits = np.ones((6, 10), np.float32)
    sides = [Side(photo().pixels, bits, size, figures(size), "") for size in (size_bytes, 1236)]
    assert opened.controller.documents.front is not None
    opened.controller.documents.front.is_decoded = size_bytes == 2000
    opened.controller.compare()
    deliver(Compared(len(engine.jobs), photo(), *sides))
    deliver(JobDone(len(engine.jobs), None, ""))
    view = opened.comparing.view
    assert view is not None
    for is_old in (False, True):
        view.show_old(is_old)
        view.show_mode("wipe")
        assert untranslated(texts_of(view)) == []


@pytest.mark.usefixtures("quoted")
def test_what_the_window_tells(
    opened: MainWindow, engine: FakeEngine, deliver: Callable[[Result], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    controller, files, told = opened.controller, opened.files, []
    for signal in (
        controller.failed,
        controller.notice_given,
        controller.done,
        opened.annotating.failed,
        controller.jobs.ended,
    ):
        signal.connect(told.append)
    controller.jobs.progressed.connect(lambda _fraction, text: told.append(text))
    controller.engine_state_changed.connect(told.append)
    assert controller.document is not None
    picture, values = controller.document.picture, controller.document.quality_map.values // 2
    path = Path("photo.png")
    deliver(EngineFailed("«No weights.»"))
    for ask in (
        lambda: controller.open(path),
        lambda: files.import_map(path),
        lambda: files.import_annotations(path),
        lambda: files.import_checkpoint(path, "song2021"),
        lambda: files.export(path, None),
        lambda: files.save_map(path),
        lambda: files.save_picture("heat_map", path),
        controller.compare,
        lambda: controller.use_model("song2021"),
    ):
        ask()
        deliver(JobDone(len(engine.jobs), None, "«Done.»"))
    files.import_map(path)
    deliver(JobCancelled(len(engine.jobs)))
    deliver(AnnotationsRead(1, picture, path, AnnotationsFile(())))
    for _ in range(2):
        controller.find_map(OptimiseMap("edges"))
    deliver(MapFound(len(engine.jobs), picture, values))
    assert untranslated(texts_of(opened)) == []  # its name is in the menu
    deliver(MapImported(1, picture, values // 2, "photo.png"))
    deliver(MapFound(len(engine.jobs), picture, values))
    controller.undo()
    assert untranslated(texts_of(opened)) == []
    controller.redo()
    assert untranslated(texts_of(opened)) == []
    assert untranslated(("told", text) for text in told) == []
    assert len(set(told)) > 15


@pytest.mark.usefixtures("quoted")
def test_questions(opened: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Text] = []

    def exec_(box: QWidget) -> bool:
        asked.extend(texts_of(box))
        asked.append(("consequence", box.property("informativeText") or ""))
        return False

    def question(_parent: QWidget, *texts: str) -> None:
        asked.extend(("question", text) for text in texts)

    def ask_save(dialog: QFileDialog) -> bool:
        asked.extend([("title", dialog.windowTitle()), ("filters", ";;".join(dialog.nameFilters()))])
        return False

    def get_open_file_name(_parent: QWidget, title: str, _folder: str, filters: str) -> tuple[str, str]:
        asked.extend([("title", title), ("filters", filters)])
        return "", ""

    monkeypatch.setattr(QMessageBox, "exec", exec_)
    monkeypatch.setattr(QFileDialog, "exec", ask_save)
    monkeypatch.setattr(
        QMessageBox, "question", lambda _parent, *texts: asked.extend(("asked", text) for text in texts)
    )
    monkeypatch.setattr(QFileDialog, "getOpenFileName", get_open_file_name)
    ask_keep(opened, ["photo.png"])
    ask_keep(opened, 20 * ["photo.png"])
    ask_recover(opened, ["photo.png"])
    ask_picture(opened, "a.qmapproj", Path("photo.png"), None)
    ask_picture(opened, "a.qmapproj", Path("photo.png"), Path("photo.png"))
    ask_picture(opened, "a.qmapproj", Path("photo.png"), None, language.tr("Why not."))
    ask_stop(opened, "photo.png")
    ask_leave_batch(opened, "photo.png")
    for ask in (opened.files.ask_open, opened.files.ask_import_map, opened.files.ask_import_annotations):
        ask()
    opened.files.ask_import_checkpoint("song2021")
    opened.files.ask_save_map()
    opened.files.ask_attach_photo()
    opened.saving.save_as()
    opened.files.ask_save_picture("heat_map")
    TaskDialog(None, "", opened)._on_browse()
    ExportDialog(Path("photo.sfc"), 96, 160, None, opened)._on_browse()
    here = tmp_path / "photo.sfc"
    here.touch()
    ExportDialog(here, 96, 160, None, opened).accept()
    assert untranslated(iter(asked)) == []
    assert len(asked) > 15


def test_what_counts_as_translated() -> None:
    good = [
        "«Open»",
        "",
        "3.5 %",
        "photo.png",
        "«{n} bytes», «exact»",
        "«Save «photo» as»",
        "<b>«Undo»</b> Ctrl+Z",
        "Shift+Tab",
    ]
    bad = ["Open", "«a» or", "<b>Undo</b>"]
    assert [text for _, text in untranslated(("label", text) for text in good + bad)] == sorted(bad)
