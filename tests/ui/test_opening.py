"""Opening photos and `.sfc` files, by any way there is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from qmap_studio.core.picture import Picture
from qmap_studio.engine import (
    ExportPicture,
    JobFailed,
    Notice,
    OpenPicture,
    OpenSfc,
    PictureOpened,
    SfcOpened,
)
from qmap_studio.ui.canvas.geometry import Point
from qmap_studio.ui.dialogs.boxes import BoxesDialog
from qmap_studio.ui.settings import Settings
from qmap_studio.ui.window import MainWindow

from .conftest import HEIGHT, WIDTH, FakeEngine, figures, live_result, paint_line, photo


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
    caption = workspace.panes.pane("original").caption
    with qtbot.waitSignal(session.document_opened):
        engine.deliver(_old_file())
    assert caption.text() == "Decoded file + quality map"
    qtbot.keyPress(workspace, Qt.Key.Key_Tab)
    assert workspace.panes.pane("reconstruction").caption.text() == "Decoded file"
    qtbot.keyRelease(workspace, Qt.Key.Key_Tab)
    assert window.map_panel.uniform_quality == pytest.approx(40000 / 65535)
    workspace.panes.overlay_opacity = 0.3
    workspace.panes.cycle_overlay()
    workspace.panes.cycle_overlay()
    assert caption.text() == "Decoded file"
    assert window.figures.reference == (
        "Figures of the decoded picture, coded once more: the file does not hold the photo it was made from."
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


def test_an_error_goes_with_the_next_photo_that_opens(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    with qtbot.waitSignal(opened.session.failed):
        engine.deliver(JobFailed(2, "broken.png is cut short."))
    with qtbot.waitSignal(opened.session.document_opened):
        engine.deliver(PictureOpened(3, Path("next.png"), photo()))
    assert not opened.banner.isVisible()


def test_a_smaller_photo_opens_under_the_pointer(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    assert opened.desk is not None
    pane = opened.desk.workspace.panes.pane("original")
    corner = pane.view.to_pane(Point(WIDTH - 2.0, HEIGHT - 2.0), pane.size_device)
    QTest.mouseMove(pane.viewport(), QPointF(corner.x, corner.y).toPoint())
    qtbot.waitUntil(lambda: opened.status._pixel.text() != "")
    with qtbot.waitSignal(opened.session.document_opened):
        engine.deliver(PictureOpened(2, Path("small.png"), Picture(np.zeros((8, 9, 3), np.uint8))))
    opened.session.invert()
    x, y = opened.desk._hovered
    assert x < 9
    assert y < 8
