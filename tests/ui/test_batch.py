"""The window of a batch, with workers that code when a test says so."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from qmap_studio.batch import Outcome, Task
from qmap_studio.core.errors import ComputeError
from qmap_studio.core.settings import BATCH_LIMITS, BATCH_MAPS, Settings
from qmap_studio.engine import JobDone, OpenPicture, OpenSfc, SfcOpened
from qmap_studio.ui import batching
from qmap_studio.ui.batch import window as batch_window
from qmap_studio.ui.batch.choices import usual_processes
from qmap_studio.ui.batch.form import LIMITS, MAPS
from qmap_studio.ui.batch.model import NAMES, NOTE, PHOTO, SIZE, STATE, BatchModel
from qmap_studio.ui.batch.rows import Row, State
from qmap_studio.ui.batch.table import BatchTable
from qmap_studio.ui.batch.thumbnails import HEIGHT, WIDTH, Thumbnails, thumbnail
from qmap_studio.ui.batch.window import BatchWindow
from qmap_studio.ui.dialogs.questions import LeaveBatch, ask_leave_batch
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import HEIGHT as PHOTO_HEIGHT
from tests.ui.conftest import WIDTH as PHOTO_WIDTH
from tests.ui.conftest import FakeEngine, photo

LOOK_EVERY_S = 0.01


class FakeWorkers:
    """Stands where Processes stand: a photo is coded when `allow` says so, one whose name begins with "bad" fails.

    Attributes:
        asked: with how many processes, which model and device it was made.
        error: cannot work at all, if it is said why.
    """

    count = 1

    def __init__(self) -> None:
        self._allowed = threading.Semaphore(0)
        self.coded: list[str] = []
        self.asked: list[tuple[int, str, str]] = []
        self.error = ""
        self.closed = 0

    def make(self, count: int, model: str, device: str) -> "FakeWorkers":
        self.asked.append((count, model, device))
        return self

    def allow(self, photos: int) -> None:
        for _ in range(photos):
            self._allowed.release()

    def outcomes(self, tasks: Iterator[Task], is_stopped: Callable[[], bool]) -> Iterator[tuple[Task, Outcome]]:
        if self.error:
            raise ComputeError(self.error)
        for task in tasks:
            while not self._allowed.acquire(timeout=LOOK_EVERY_S):
                if is_stopped():
                    return
            yield task, self._code(task)

    def _code(self, task: Task) -> Outcome:
        if task.photo.name.startswith("bad"):
            return Outcome(task.place, task.file, error=f"{task.photo} is damaged.")
        self.coded.append(task.place)
        task.output.parent.mkdir(parents=True, exist_ok=True)
        task.output.write_bytes(b"coded")
        return Outcome(task.place, task.file, bytes=1000 * len(self.coded), bpp=0.5, psnr=30.0)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def workers() -> FakeWorkers:
    return FakeWorkers()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder: a.png, bad.png, and c.png in a folder below."""
    folder = tmp_path / "photos"
    (folder / "below").mkdir(parents=True)
    for name in ("a.png", "bad.png", "below/c.png"):
        Image.new("RGB", (40, 20), "red").save(folder / name)
    return folder


@pytest.fixture
def batch(qtbot: QtBot, window: MainWindow, workers: FakeWorkers, photos: Path) -> Iterator[BatchWindow]:
    """Its window, with all that is needed to start."""
    window.batching.make_workers = workers.make
    window.actions_by_name["batch"].trigger()
    batch = window.batching.batch
    assert batch is not None
    batch.form.add_folders([photos])
    yield batch
    window.batching.end()


def column(batch: BatchWindow, number: int) -> list[str]:
    model = batch.model
    return [str(model.index(row, number).data()) for row in range(model.rowCount())]


def until_over(qtbot: QtBot, batch: BatchWindow) -> None:
    qtbot.waitUntil(lambda: not batch.is_running)


def run_all(qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers) -> None:
    workers.allow(3)
    batch.start_button.click()
    until_over(qtbot, batch)


# What is chosen


def test_a_folder_is_enough_and_the_results_go_beside_it(
    qtbot: QtBot, window: MainWindow, workers: FakeWorkers, tmp_path: Path
) -> None:
    window.batching.make_workers = workers.make
    window.batching.show()
    batch = window.batching.batch
    assert batch is not None
    assert not batch.start_button.isEnabled()
    assert batch.progress.details.text() == "Add a folder of photos."
    batch.form.add_folders([tmp_path / "trip"])
    assert batch.form.choices.results == str(tmp_path / "trip-sfc")
    assert batch.start_button.isEnabled()
    batch.form.add_folders([tmp_path / "trip", tmp_path / "other"])
    assert batch.form.choices.folders == (str(tmp_path / "trip"), str(tmp_path / "other"))
    assert batch.form.choices.results == str(tmp_path / "trip-sfc")


def test_folders_are_taken_out(batch: BatchWindow) -> None:
    folders = batch.form.folders
    folders.list.setCurrentRow(0)
    QTest.keyClick(folders.list, Qt.Key.Key_Delete)
    assert folders.paths == ()
    assert not batch.start_button.isEnabled()


def test_folders_are_dropped_anywhere(batch: BatchWindow, tmp_path: Path, photos: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(more)), QUrl.fromLocalFile(str(photos / "a.png"))])
    here, copy = QPointF(600, 300), Qt.DropAction.CopyAction
    buttons = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(batch, QDragEnterEvent(QPoint(600, 300), copy, data, *buttons))
    QApplication.sendEvent(batch, QDropEvent(here, copy, data, *buttons))
    assert batch.form.folders.paths == (str(photos), str(more))


@pytest.mark.parametrize(
    ("kind", "missing"), [("pattern", "Say where the maps are."), ("annotations", "Choose the annotations.")]
)
def test_what_is_missing_is_said_first(batch: BatchWindow, kind: str, missing: str) -> None:
    batch.form.map.setCurrentIndex(batch.form.map.findData(kind))
    assert batch.progress.details.text() == missing
    assert not batch.start_button.isEnabled()


def test_choices_are_remembered(
    qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers, window: MainWindow, tmp_path: Path
) -> None:
    form = batch.form
    form.map.setCurrentIndex(form.map.findData("pattern"))
    form.pattern.setText(str(tmp_path / "{stem}.png"))
    form.limit.setCurrentIndex(form.limit.findData("bpp"))
    form.bpp.setValue(0.75)
    form.metadata.setCurrentIndex(form.metadata.findData("gps"))
    form.processes.setValue(7)
    form.thorough.setChecked(True)
    chosen = form.choices
    run_all(qtbot, batch, workers)
    assert workers.asked == [(7, "live", "auto")]
    qtbot.waitUntil(lambda: Settings.read(tmp_path / "settings.json").batch_processes == 7)
    again = BatchWindow(Settings.read(tmp_path / "settings.json"))
    qtbot.addWidget(again)
    assert again.form.choices == chosen


@pytest.mark.parametrize("kind", BATCH_MAPS)
def test_everything_has_a_name_for_screen_readers(batch: BatchWindow, kind: str) -> None:
    batch.form.map.setCurrentIndex(batch.form.map.findData(kind))
    kinds = QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit
    parts = [part for kind in kinds for part in batch.findChildren(kind) if part.isVisible()]
    own = [part for part in parts if not isinstance(part.parent(), QAbstractSpinBox | QLineEdit | QAbstractItemView)]
    assert len(own) > 12
    assert [part for part in own if not (part.accessibleName() or getattr(part, "text", str)())] == []
    assert batch.table.accessibleName()
    assert batch.form.folders.list.accessibleName()


def test_one_core_is_left_to_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, processes in ((1, 1), (2, 1), (16, 15)):
        monkeypatch.setattr("qmap_studio.ui.batch.choices.cores", lambda cores=cores: cores)
        assert usual_processes() == processes


def test_all_choices_have_names() -> None:
    assert set(MAPS) == set(BATCH_MAPS)
    assert set(LIMITS) == set(BATCH_LIMITS)


def test_annotations_by_the_rules_that_were_used_last(
    qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "boxes").mkdir()
    window.settings.annotate(tmp_path / "before", tmp_path / "x.json", "rest = 0.125\n")
    batch.form.map.setCurrentIndex(batch.form.map.findData("annotations"))
    batch.form.annotations.setText(str(tmp_path / "boxes"))
    tasks: list[Task] = []
    code = workers._code
    workers._code = lambda task: tasks.append(task) or code(task)  # type: ignore[method-assign,func-returns-value]
    run_all(qtbot, batch, workers)
    assert {task.recipe.rules.rest for task in tasks} == {0.125}
    assert {task.target_bytes for task in tasks} == {None}


def test_a_file_of_rules_and_a_size(
    qtbot: QtBot, window: MainWindow, workers: FakeWorkers, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "boxes").mkdir()
    (tmp_path / "rules.toml").write_text("rest = 0.25\n")
    window.settings.batch_map, window.settings.batch_annotations = "annotations", str(tmp_path / "boxes")
    window.settings.batch_rules, window.settings.batch_limit = str(tmp_path / "rules.toml"), "bytes"
    window.settings.batch_kilobytes, window.settings.batch_folders = 12.5, [str(photos)]
    window.settings.batch_results = str(tmp_path / "out")
    window.batching.make_workers = workers.make
    window.batching.show()
    batch = window.batching.batch
    assert batch is not None
    plan = batch.form.choices.plan("live", "")
    task = next(plan.entries())
    assert isinstance(task, Task)
    assert (task.recipe.rules.rest, task.target_bytes, task.target_bpp) == (0.25, 12_500, None)
    (tmp_path / "rules.toml").write_text("rest = 7\n")
    batch.start()
    until_over(qtbot, batch)
    assert "rules.toml: rest" in batch.banner.text


# How it goes


def test_the_table_follows(qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers) -> None:
    batch.start_button.click()
    qtbot.waitUntil(lambda: column(batch, STATE) == ["Coding…", "Waiting", "Waiting"])
    assert column(batch, PHOTO) == ["a.png", "bad.png", "below/c.png"]
    assert not batch.form.isEnabled()
    assert not batch.start_button.isEnabled()
    workers.allow(1)
    qtbot.waitUntil(lambda: column(batch, STATE) == ["Done", "Coding…", "Waiting"])
    assert column(batch, SIZE) == ["1.0 KB", "", ""]
    assert batch.progress.headline.text() == "1 of 3 photos · less than a minute left"
    workers.allow(2)
    until_over(qtbot, batch)
    assert column(batch, STATE) == ["Done", "Failed", "Done"]
    assert column(batch, NOTE) == ["", "bad.png is damaged.", ""]
    assert batch.progress.headline.text() == "Finished; 1 photo failed"
    assert batch.progress.details.text() == "2 done now · 3.0 KB · 1 failed"
    assert batch.form.isEnabled()
    assert workers.closed == 1


def test_only_those_that_failed(qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers) -> None:
    batch.only_failed.setChecked(True)
    batch.start_button.click()
    qtbot.waitUntil(lambda: batch.run is not None and batch.run.totals is not None)
    assert column(batch, PHOTO) == []
    workers.allow(3)
    until_over(qtbot, batch)
    assert column(batch, PHOTO) == ["bad.png"]
    assert batch.only_failed.text() == "Only failed (1)"
    batch.only_failed.setChecked(False)
    batch.search.setText("BELOW")
    qtbot.waitUntil(lambda: column(batch, PHOTO) == ["below/c.png"])
    batch.search.setText("damaged")
    qtbot.waitUntil(lambda: column(batch, PHOTO) == ["bad.png"])


def test_the_largest_first(qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers) -> None:
    run_all(qtbot, batch, workers)
    batch.table.sortByColumn(SIZE, Qt.SortOrder.DescendingOrder)
    assert column(batch, PHOTO) == ["below/c.png", "a.png", "bad.png"]  # what has no file comes last
    assert batch.model.headerData(SIZE, Qt.Orientation.Horizontal) == "Size ↓"
    batch.table.sortByColumn(SIZE, Qt.SortOrder.AscendingOrder)
    assert column(batch, PHOTO) == ["a.png", "below/c.png", "bad.png"]
    batch.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert column(batch, PHOTO) == ["a.png", "bad.png", "below/c.png"]


def test_cancelled_it_goes_on_from_there(qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers) -> None:
    workers.allow(1)
    batch.start_button.click()
    qtbot.waitUntil(lambda: column(batch, STATE) == ["Done", "Coding…", "Waiting"])
    batch.cancel_button.click()
    assert not batch.cancel_button.isEnabled()
    until_over(qtbot, batch)
    assert column(batch, STATE) == ["Done", "Waiting", "Waiting"]
    assert batch.progress.headline.text() == "Stopped with 2 photos left"
    assert batch.banner.isHidden()  # the person knows why
    assert batch.start_button.text() == "Go On"
    workers.allow(2)
    batch.start_button.click()
    until_over(qtbot, batch)
    assert column(batch, STATE) == ["Done before", "Failed", "Done"]
    assert column(batch, SIZE) == ["1.0 KB", "", "2.0 KB"]
    assert workers.coded == ["a.png", "below/c.png"]
    assert batch.progress.details.text() == "1 done now · 2.0 KB · 1 done before · 1 failed"


def test_page_and_folder_are_there_at_the_end(
    qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(batch_window.QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()) or True)
    assert not batch.page_button.isEnabled()
    run_all(qtbot, batch, workers)
    batch.page_button.click()
    batch.folder_button.click()
    assert batch.run is not None
    assert [Path(path) for path in shown] == [batch.run.results / "batch.html", batch.run.results]
    assert "2 photos" not in (batch.run.results / "batch.html").read_text()
    assert "3 photos" in (batch.run.results / "batch.html").read_text()


def test_workers_that_cannot_work(qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers) -> None:
    workers.error = "The weights are missing."
    batch.start_button.click()
    until_over(qtbot, batch)
    assert batch.banner.text == "The weights are missing."
    assert batch.progress.headline.text() == "Not carried out"
    assert workers.closed == 1


@pytest.mark.parametrize("change", ["results", "pattern", "gone"])
def test_choices_that_do_not_hold_are_told(
    qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers, photos: Path, change: str
) -> None:
    form = batch.form
    if change == "results":
        form.results.setText(str(photos))
    elif change == "pattern":
        form.map.setCurrentIndex(form.map.findData("pattern"))
        form.pattern.setText("maps/all.png")
    else:
        form.folders.list.takeItem(0)
        form.add_folders([photos / "gone"])
    batch.start_button.click()
    until_over(qtbot, batch)
    told = {"results": "a folder of their own", "pattern": "{stem}", "gone": "is no folder"}
    assert told[change] in batch.banner.text
    assert batch.start_button.isEnabled()
    assert workers.coded == []


def test_folders_without_photos(qtbot: QtBot, batch: BatchWindow, photos: Path) -> None:
    (photos / "empty").mkdir()
    batch.form.folders.list.takeItem(0)
    batch.form.add_folders([photos / "empty"])
    batch.start_button.click()
    until_over(qtbot, batch)
    assert batch.progress.headline.text() == "There are no photos in these folders"


# What a double click opens


def double_click(batch: BatchWindow, row: int) -> None:
    place = batch.table.visualRect(batch.model.index(row, PHOTO)).center()
    for click in (QTest.mouseClick, QTest.mouseDClick):
        click(batch.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_double_click_opens_the_photo_with_its_map(
    qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers, window: MainWindow, engine: FakeEngine, photos: Path
) -> None:
    window.settings.annotate(photos, photos / "boxes.json", "")  # are not laid over it once more
    run_all(qtbot, batch, workers)
    assert batch.run is not None
    double_click(batch, 0)
    coded = batch.run.results / "a.png.sfc"
    assert engine.jobs == [OpenSfc(coded, photos / "a.png")]
    values = np.zeros((PHOTO_HEIGHT, PHOTO_WIDTH), np.uint16)
    values[:, 32:] = 50_000
    with qtbot.waitSignal(window.controller.document_shown):
        bits = np.ones((6, 10), np.float32)
        engine.deliver(SfcOpened(1, coded, photo(), values, bits, 5, digest="d", photo=photos / "a.png"))
        engine.deliver(JobDone(1, photos / "a.png", "Open."))
    document = window.controller.document
    assert document is not None
    assert document.path == photos / "a.png"
    assert np.array_equal(document.quality_map.values, values)
    assert not window.controller.is_decoded
    assert not document.is_modified
    assert len(engine.jobs) == 1
    double_click(batch, 0)
    assert len(engine.jobs) == 1
    assert window.controller.document is document


def test_a_photo_without_a_file_opens_as_it_is(
    qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers, engine: FakeEngine, photos: Path
) -> None:
    run_all(qtbot, batch, workers)
    double_click(batch, 1)
    assert engine.jobs == [OpenPicture(photos / "bad.png")]


# Closing


@pytest.fixture
def running(qtbot: QtBot, batch: BatchWindow) -> BatchWindow:
    batch.start_button.click()
    qtbot.waitUntil(lambda: column(batch, STATE) == ["Coding…", "Waiting", "Waiting"])
    return batch


@pytest.mark.parametrize("answer", list(LeaveBatch))
def test_closing_asks(
    qtbot: QtBot,
    running: BatchWindow,
    workers: FakeWorkers,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    answer: LeaveBatch,
) -> None:
    monkeypatch.setattr(batch_window, "ask_leave_batch", lambda *_: answer)
    told: list[str] = []
    window.controller.done.connect(told.append)
    QTest.keyClick(running, Qt.Key.Key_Escape)
    assert running.isVisible() == (answer is LeaveBatch.STAY)
    workers.allow(3 if answer is not LeaveBatch.CANCEL else 0)
    until_over(qtbot, running)
    ends = {
        LeaveBatch.STAY: [],
        LeaveBatch.GO_ON: ["Batch: Finished; 1 photo failed."],
        LeaveBatch.CANCEL: ["Batch: Stopped with 3 photos left."],
    }
    assert told == ends[answer]
    window.actions_by_name["batch"].trigger()
    assert running.isVisible()
    assert window.batching.batch is running


def test_closing_when_nothing_runs_asks_nothing(
    qtbot: QtBot, batch: BatchWindow, workers: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_window, "ask_leave_batch", lambda *_: pytest.fail("nothing runs"))
    run_all(qtbot, batch, workers)
    assert batch.close()


@pytest.mark.parametrize("goes", [False, True])
def test_the_program_asks_before_it_ends_with_a_batch(
    running: BatchWindow, workers: FakeWorkers, window: MainWindow, monkeypatch: pytest.MonkeyPatch, goes: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(batching, "ask_stop", lambda _parent, doing, _consequence: asked.append(doing) or goes)
    assert window.close() == goes
    assert asked == ["The batch to photos-sfc"]
    assert running.isVisible() != goes
    assert workers.closed == goes


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Go On in the Background", LeaveBatch.GO_ON),
        ("Cancel the Batch", LeaveBatch.CANCEL),
        ("Keep Open", LeaveBatch.STAY),
    ],
)
def test_the_question(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, text: str, answer: LeaveBatch) -> None:
    def exec_(box: QMessageBox) -> None:
        next(button for button in box.buttons() if button.text().replace("&", "") == text).click()

    monkeypatch.setattr(QMessageBox, "exec", exec_)
    parent = QWidget()
    qtbot.addWidget(parent)
    assert ask_leave_batch(parent, "out") is answer


# Very many


def test_of_very_many_photos_only_those_that_are_seen_are_looked_at(qtbot: QtBot, tmp_path: Path) -> None:
    asked: set[str] = set()
    thumbnails = Thumbnails()
    thumbnails.of = asked.add  # type: ignore[method-assign,assignment]
    model = BatchModel(thumbnails)
    table = BatchTable(model)
    qtbot.addWidget(table)
    table.resize(900, 600)
    table.show()
    count = 100_000
    model.set_rows([Row(f"{number:06}.jpg", tmp_path / f"{number:06}.jpg", State.WAITING) for number in range(count)])
    table.grab()
    outcome = Outcome("x", "x.sfc", bytes=7)
    model.change([(number, State.DONE, outcome) for number in range(count)])
    table.scrollToBottom()
    table.grab()
    assert model.index(count - 1, STATE).data() == "Done"
    assert 10 < len(asked) < 60
    assert str(tmp_path / f"{count - 1:06}.jpg") in asked


def test_what_is_coded_stays_in_view_until_the_person_looks_elsewhere(qtbot: QtBot, tmp_path: Path) -> None:
    model = BatchModel(Thumbnails())
    table = BatchTable(model)
    qtbot.addWidget(table)
    table.resize(900, 300)
    table.show()
    model.set_rows([Row(f"{number}.jpg", tmp_path / f"{number}.jpg", State.WAITING) for number in range(500)])
    table.grab()

    def is_seen(number: int) -> bool:
        return table.viewport().rect().contains(table.visualRect(model.index(number, PHOTO)).center())

    table.show_coded(300)
    assert is_seen(300)
    QTest.keyClick(table, Qt.Key.Key_Home)
    table.show_coded(301)
    assert not is_seen(301)
    table.follow()
    table.show_coded(302)
    assert is_seen(302)


# Thumbnails


def test_thumbnails_are_upright_and_small(tmp_path: Path) -> None:
    image = Image.new("RGB", (400, 200), "blue")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    image.save(tmp_path / "turned.jpg", exif=exif)
    image.save(tmp_path / "wide.png")
    image.save(tmp_path / "other.jp2")
    assert thumbnail(str(tmp_path / "turned.jpg")).size() == QSize(42, HEIGHT)
    assert thumbnail(str(tmp_path / "wide.png")).size() == QSize(WIDTH, 56)
    other = thumbnail(str(tmp_path / "other.jp2"))  # Qt does not read it
    assert other.size() == QSize(WIDTH, 56)
    assert other.pixelColor(5, 5) == QColor("blue")


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"x" * 40])
def test_what_is_no_photo_has_no_thumbnail(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    assert thumbnail(str(tmp_path / "a.png")).isNull()
    assert thumbnail(str(tmp_path / "none.png")).isNull()


def test_a_thumbnail_comes_when_it_is_made(qtbot: QtBot, photos: Path) -> None:
    thumbnails = Thumbnails()
    path = str(photos / "a.png")
    with qtbot.waitSignal(thumbnails.made) as told:
        assert thumbnails.of(path) is None
    assert told.args == [path]
    made = thumbnails.of(path)
    assert made is not None
    assert made.pixelColor(2, 2) == QColor("red")
    thumbnails.end()


def test_every_state_has_a_name() -> None:
    assert set(NAMES) == set(State)
