from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from qmap_studio.core.strip import STRIPS
from qmap_studio.document import AnnotationsFile
from qmap_studio.engine import (
    AnnotationsRead,
    EngineReady,
    ExportSfc,
    JobFailed,
    PictureOpened,
    ReadAnnotations,
    Result,
)
from qmap_studio.ui.dialogs.choose_picture import ChoosePictureDialog
from qmap_studio.ui.dialogs.export import ExportDialog
from qmap_studio.ui.dialogs.questions import Keep, ask_keep, ask_save, ask_stop
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, photo


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


def test_an_answer_about_a_photo_does_nothing_to_another_one(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another photo, which was asked for before, is there while the dialog is open."""
    before = opened.controller.document
    assert before is not None

    def answer(_dialog: QWidget) -> bool:
        with qtbot.waitSignal(opened.controller.document_shown):
            engine.deliver(PictureOpened(3, Path("next.png"), photo()))
        return True

    jobs = list(engine.jobs)
    monkeypatch.setattr(ExportDialog, "exec", answer)
    with qtbot.waitSignal(opened.controller.notice_given):
        opened.files.ask_export()
    assert opened.controller.document is not before
    assert engine.jobs == jobs


def test_the_picture_of_a_file_is_searched_and_chosen(parent: QWidget) -> None:
    dialog = ChoosePictureDialog(["b/photo.png", "a/photo.png", "x (1).png"], "boxes.json", "photo.png", parent)
    assert dialog.chosen == "b/photo.png"
    for key, chosen in (
        (Qt.Key.Key_Down, "a/photo.png"),
        (Qt.Key.Key_Up, "b/photo.png"),
        (Qt.Key.Key_Up, "b/photo.png"),
    ):
        QTest.keyClick(dialog.search, key)
        assert dialog.chosen == chosen
    dialog.search.setText("A/PH")
    assert dialog.chosen == "a/photo.png"
    dialog.search.setText("(1)")
    assert dialog.chosen == "x (1).png"
    dialog.search.setText("none")
    assert dialog.chosen is None


def test_boxes_are_read_for_the_picture_that_was_chosen(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChoosePictureDialog, "exec", lambda _self: True)
    document = opened.controller.document
    assert document is not None
    path = Path("boxes.json")
    opened.files.import_annotations(path)
    with qtbot.waitSignal(opened.controller.annotations_read):
        engine.deliver(AnnotationsRead(2, document.picture, path, AnnotationsFile(()), choices=("b.png", "a.png")))
    assert engine.jobs[-1] == ReadAnnotations(path, document.path, "b.png")


def test_a_file_of_boxes_that_cannot_be_read_says_so(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    opened.files.import_annotations(Path("photo.json"))
    with qtbot.waitSignal(opened.controller.failed):
        engine.deliver(JobFailed(2, "This is not COCO JSON."))
    assert opened.banner.text == "photo.json: This is not COCO JSON."


def test_export_asks_for_path_and_size(parent: QWidget) -> None:
    dialog = ExportDialog(Path("here/photo.sfc"), 512, 768, 20_000, parent)
    assert (dialog.path, dialog.target_bytes) == (Path("here/photo.sfc"), None)
    dialog.limit_to(12_300)
    dialog._path.setText("there/photo")
    assert (dialog.path, dialog.target_bytes) == (Path("there/photo.sfc"), 12_300)


def test_export_keeps_the_choice_of_a_thorough_search(
    opened: MainWindow, engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = []

    def answer(dialog: ExportDialog) -> bool:
        chosen.append(dialog.is_thorough)
        dialog._path.setText(str(tmp_path / "photo.sfc"))
        dialog._thorough.setChecked(True)
        return True

    monkeypatch.setattr(ExportDialog, "exec", answer)
    for _ in range(2):
        opened.files.ask_export()
    assert chosen == [False, True]
    assert [job.thorough for job in engine.jobs if isinstance(job, ExportSfc)] == [True, True]


def test_a_thorough_search_is_offered_by_a_model_that_can(
    opened: MainWindow,
    engine: FakeEngine,
    deliver: Callable[[Result], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened.settings.export_thorough = True
    offered = []

    def answer(dialog: ExportDialog) -> bool:
        offered.append((dialog._thorough.isEnabled(), dialog.is_thorough))
        dialog._path.setText(str(tmp_path / "photo.sfc"))
        return True

    monkeypatch.setattr(ExportDialog, "exec", answer)
    for can in (False, True):
        deliver(EngineReady("cpu", "any", (), can_be_thorough=can))
        opened.files.ask_export()
    assert offered == [(False, False), (True, True)]  # the choice is kept for models that can
    assert [job.thorough for job in engine.jobs if isinstance(job, ExportSfc)] == [False, True]


def test_export_never_writes_over_a_photo(parent: QWidget, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"a photo")
    dialog = ExportDialog(tmp_path / "photo.sfc", 512, 768, 20_000, parent)
    dialog._path.setText(str(photo))
    assert dialog.path == tmp_path / "photo.png.sfc"


def test_export_asks_before_it_replaces_a_file(
    parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "photo.sfc"
    path.write_bytes(b"earlier work")
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *texts: asked.append(texts[-1]) or answers[len(asked) - 1])
    dialog = ExportDialog(path, 512, 768, 20_000, parent)
    dialog.accept()
    assert dialog.result() == 0
    dialog.accept()
    assert dialog.result() == 1
    assert asked == ["photo.sfc already exists. Replace it?"] * 2


@pytest.mark.parametrize(("filters", "suffix"), [("PNG (*.png);;TIFF (*.tif)", "png"), ("TIFF (*.tif)", "tif")])
def test_a_suffix_is_added_before_replacing_is_asked_about(
    parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filters: str, suffix: str
) -> None:
    seen = []

    def exec_(dialog: QFileDialog) -> bool:
        seen.append(dialog.defaultSuffix())
        return False

    monkeypatch.setattr(QFileDialog, "exec", exec_)
    assert ask_save(parent, "Save", tmp_path / "map.png", filters) is None
    assert seen == [suffix]


@pytest.mark.parametrize(("text", "answer"), [("Save…", Keep.SAVE), ("Discard", Keep.DISCARD), ("Cancel", Keep.CANCEL)])
def test_unsaved_work_is_saved_discarded_or_kept(
    parent: QWidget, monkeypatch: pytest.MonkeyPatch, text: str, answer: Keep
) -> None:
    def exec_(box: QMessageBox) -> None:
        next(button for button in box.buttons() if button.text().replace("&", "") == text).click()

    monkeypatch.setattr(QMessageBox, "exec", exec_)
    assert ask_keep(parent, ["photo.png"]) is answer


@pytest.mark.parametrize(("text", "answer"), [("Keep Open", False), ("Close Anyway", True), (None, False)])
def test_a_file_being_written_is_waited_for_or_given_up(
    parent: QWidget, monkeypatch: pytest.MonkeyPatch, text: str | None, answer: bool
) -> None:
    def exec_(box: QMessageBox) -> None:
        buttons = {button.text().replace("&", ""): button for button in box.buttons()}
        (buttons[text] if text else box.escapeButton()).click()

    monkeypatch.setattr(QMessageBox, "exec", exec_)
    assert ask_stop(parent, "Exporting photo.sfc") is answer


def test_every_answer_has_a_key(parent: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: texts.extend(button.text() for button in box.buttons()))
    ask_keep(parent, ["photo.png"])
    ask_stop(parent, "Exporting photo.sfc")
    keys = [text[text.index("&") + 1] for text in texts if "&" in text]
    assert len(keys) == len(texts) - 1 == 4, "Escape is the key of Cancel"


def test_escape_keeps_unsaved_work(parent: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda box: box.reject())
    assert ask_keep(parent, ["photo.png"]) is Keep.CANCEL


@pytest.mark.parametrize("strip", ["none", "gps", "all"])
def test_the_choice_of_metadata_is_remembered_and_exported(
    opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, strip: str
) -> None:
    monkeypatch.setattr(ExportDialog, "exec", lambda self: self._metadata.setCurrentIndex(STRIPS.index(strip)) or True)
    opened.files.ask_export()
    assert engine.jobs[-1].strip == strip
    assert opened.settings.strip_metadata == strip
    assert ExportDialog(Path("a.sfc"), 8, 8, None, opened, strip).strip == strip
    opened.files.save_picture("reconstruction", Path("out.png"))
    assert engine.jobs[-1].strip == strip
