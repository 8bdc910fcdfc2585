"""Opening photos and `.sfc` files, by any way there is."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel
from pytestqt.qtbot import QtBot

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.pictures import Picture
from qmap_studio.core.settings import Settings
from qmap_studio.document import Document
from qmap_studio.document.annotations import formats
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader
from qmap_studio.engine import (
    ExportPicture,
    JobFailed,
    Notice,
    OpenPicture,
    PictureOpened,
    ReadAnnotations,
    SfcOpened,
)
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import HEIGHT, WIDTH, FakeEngine, figures, live_result, paint_line, photo


def test_a_file_asked_for_before_the_engine_is_there_is_opened_later(window: MainWindow, settings: Settings) -> None:
    early = MainWindow(settings)
    early.open(Path("photo.png"))
    bridge = window._bridge
    assert bridge is not None
    early.controller.attach(bridge)
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


@pytest.mark.parametrize("name", ["voc.xml", "via.csv", "tasks.jsonl"])
def test_annotations_that_are_not_read_are_not_taken_for_photos(
    opened: MainWindow, engine: FakeEngine, name: str
) -> None:
    opened.files.take([name])
    assert isinstance(engine.jobs[-1], ReadAnnotations)


@pytest.mark.parametrize("name", ["boxes.json", "photo.txt", "map.npy"])
def test_boxes_and_arrays_dropped_without_a_photo_ask_for_one(
    window: MainWindow, engine: FakeEngine, name: str
) -> None:
    window.welcome.file_chosen.emit(name)
    assert engine.jobs == []
    assert window.banner.text == f"Open the photo first: {name} holds a map or annotations for one."


def test_a_new_format_of_annotations_can_be_dropped_and_chosen(
    opened: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = Reader("Toy list", (".toy", ".list"), lambda _source: False, lambda _source: AnnotationsFile(()))
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, toy))
    opened.files.take(["photo.TOY"])
    assert engine.jobs[-1] == ReadAnnotations(Path("photo.TOY"), Path("photo.png"))
    filters: list[str] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (filters.append(given[-1]) or "", ""))
    opened.actions_by_name["import_annotations"].trigger()
    assert filters[0].startswith("Annotations (")
    assert filters[0].endswith(" *.toy *.list);;All files (*)")


def test_the_map_of_an_sfc_file_is_editable(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    window.open(Path("old.sfc"))
    with qtbot.waitSignal(window.controller.document_shown):
        engine.deliver(_old_file())
    paint_line(window)
    document = window.controller.document
    assert document is not None
    assert document.quality_map.values.max() > 50000
    window.controller.undo()
    assert (document.quality_map.values == 40000).all()


def test_a_decoded_file_is_not_called_the_original(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    assert window.canvas is not None
    workspace, controller = window.canvas.workspace, window.controller
    caption = workspace.panes.pane("original").caption
    with qtbot.waitSignal(controller.document_shown):
        engine.deliver(_old_file())
    assert caption.text() == "Decoded file + quality map"
    qtbot.keyPress(workspace, Qt.Key.Key_Tab)
    assert workspace.panes.pane("reconstruction").caption.text() == "Decoded file"
    qtbot.keyRelease(workspace, Qt.Key.Key_Tab)
    assert window.map_panel.uniform_quality == pytest.approx(40000 / MAX_LEVEL)
    workspace.panes.overlay_opacity = 0.3
    workspace.panes.cycle_overlay()
    workspace.panes.cycle_overlay()
    assert caption.text() == "Decoded file"
    assert window.figures.reference == (
        "Figures of the decoded picture, coded once more: the file does not hold the photo it was made from."
    )
    window.files.save_picture("comparison", Path("both.png"))
    assert engine.jobs[-1] == ExportPicture("comparison", Path("both.png"), "Decoded file")

    with qtbot.waitSignal(controller.document_shown):
        engine.deliver(PictureOpened(2, Path("photo.png"), photo()))
    assert caption.text() == "Original"
    assert window.figures.reference == ""
    window.files.save_picture("comparison", Path("both.png"))
    assert engine.jobs[-1] == ExportPicture("comparison", Path("both.png"))


def _old_file() -> SfcOpened:
    values = np.full((HEIGHT, WIDTH), 40000, np.uint16)
    return SfcOpened(1, Path("old.sfc"), photo(), values, np.ones((6, 10), np.float32), 999)


def test_a_reduced_picture_says_so(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    text = "deep.tif has more than 8 bits a channel."
    with qtbot.waitSignal(window.controller.notice_given):
        engine.deliver(PictureOpened(1, Path("deep.tif"), photo(), (text,)))
    assert window.banner.isVisible()
    assert window.banner.text == text


def test_several_notices_stand_below_each_other(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(window.controller.document_shown):
        engine.deliver(PictureOpened(1, Path("deep.tif"), photo(), ("One.", "Two.")))
    assert window.banner.text == "One.\nTwo."
    with qtbot.waitSignal(window.controller.failed):
        engine.deliver(JobFailed(2, "Three."))
    assert window.banner.text == "One.\nTwo.\nThree."
    window.banner.hide()
    with qtbot.waitSignal(window.controller.failed):
        engine.deliver(JobFailed(3, "Four."))
    assert window.banner.text == "Four."


def test_names_of_files_neither_widen_the_window_nor_are_markup(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    window.controller.failed.emit("short.png does not exist.")
    window.status.show_progress(0.5, "Opening short.png")
    width = window.minimumSizeHint().width()
    sentence = f"/nowhere/<b>bold</b>{'x' * 250}.png does not exist."
    window.open(Path("photo.png"))
    with qtbot.waitSignal(window.controller.failed):
        engine.deliver(JobFailed(1, sentence))
    window.status.show_message(sentence)
    assert window.banner.text == f"photo.png: {sentence}"
    assert window.minimumSizeHint().width() <= width
    labels = [label for label in window.banner.findChildren(QLabel) if "bold" in label.text()]
    assert [label.textFormat() for label in labels] == [Qt.TextFormat.PlainText]


def test_another_page_of_the_file_is_opened(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_page = window.actions_by_name["open_page"]
    assert not open_page.isEnabled()
    with qtbot.waitSignal(window.controller.document_shown):
        engine.deliver(PictureOpened(1, Path("pages.tif"), photo(), page=1, page_count=4))
    asked = []
    monkeypatch.setattr(QInputDialog, "getInt", lambda *arguments: asked.append(arguments[3:]) or (3, True))
    open_page.trigger()
    assert asked == [(2, 1, 4)]
    assert engine.jobs[-1] == OpenPicture(Path("pages.tif"), 2)
    with qtbot.waitSignal(window.controller.document_shown):
        engine.deliver(PictureOpened(2, Path("photo.png"), photo()))
    assert not open_page.isEnabled()


def test_late_results_of_another_document_are_dropped(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    late = live_result(engine, figures())
    with qtbot.waitSignal(opened.controller.document_shown):
        engine.deliver(PictureOpened(2, Path("next.png"), photo()))
    with (
        qtbot.assertNotEmitted(opened.controller.live_result_arrived),
        qtbot.waitSignal(opened.controller.notice_given),
    ):
        engine.deliver(late)
        engine.deliver(Notice("Delivered after it."))


def test_an_error_goes_with_the_next_photo_that_opens(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(opened.controller.failed):
        engine.deliver(JobFailed(2, "broken.png is cut short."))
    with qtbot.waitSignal(opened.controller.document_shown):
        engine.deliver(PictureOpened(3, Path("next.png"), photo()))
    assert not opened.banner.isVisible()


def test_a_smaller_photo_opens_under_the_pointer(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    assert opened.canvas is not None
    pane = opened.canvas.workspace.panes.pane("original")
    corner = pane.view.to_pane(Point(WIDTH - 2.0, HEIGHT - 2.0), pane.size_device)
    QTest.mouseMove(pane.viewport(), QPointF(corner.x, corner.y).toPoint())
    qtbot.waitUntil(lambda: opened.status.pixel != "")
    with qtbot.waitSignal(opened.controller.document_shown):
        engine.deliver(PictureOpened(2, Path("small.png"), Picture(np.zeros((8, 9, 3), np.uint8))))
    opened.controller.edit(Document.invert)
    x, y = opened.canvas._hovered
    assert x < 9
    assert y < 8
