"""Files dragged over the window and dropped on it."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from qmap_studio.app import open_files
from qmap_studio.engine import (
    ImportMap,
    JobFailed,
    OpenPicture,
    OpenSfc,
    PictureOpened,
    ReadAnnotations,
)
from qmap_studio.ui.dialogs.export import ExportDialog
from qmap_studio.ui.dialogs.task import TaskDialog
from qmap_studio.ui.widgets.drop_hint import DropHint
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, photo

COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
SHIFT = Qt.KeyboardModifier.ShiftModifier  # proposes a move


class Source:
    """A file manager that drags files, with Shift held: it would move them, and looks at what is accepted."""

    def __init__(self, *names: str, actions: Qt.DropAction = COPY | MOVE) -> None:
        self._data = QMimeData()
        self._data.setUrls([QUrl.fromLocalFile(f"/photos/{name}") for name in names])
        self._data.setText("".join(f"file:///photos/{name}" for name in names))
        self._actions = actions

    def drag_over(self, target: QWidget) -> list[Qt.DropAction | None]:
        """Gives what is accepted on entering and on moving, None for what is not."""
        place = QPoint(9, 9), self._actions, self._data, Qt.MouseButton.LeftButton, SHIFT
        return [self._sent(target, QDragEnterEvent(*place)), self._sent(target, QDragMoveEvent(*place))]

    def drop_on(self, target: QWidget) -> Qt.DropAction | None:
        if None in self.drag_over(target):
            return None
        event = QDropEvent(QPointF(9, 9), self._actions, self._data, Qt.MouseButton.LeftButton, SHIFT)
        assert event.proposedAction() == MOVE
        return self._sent(target, event)

    def _sent(self, target: QWidget, event: QDropEvent) -> Qt.DropAction | None:
        event.setDropAction(MOVE)
        event.ignore()
        QApplication.sendEvent(target, event)
        return event.dropAction() if event.isAccepted() else None


def dropped(window: MainWindow, *names: str) -> None:
    assert Source(*names).drop_on(window) == COPY


def paths(names: Sequence[str]) -> list[Path]:
    return [Path("/photos", name) for name in names]


@pytest.mark.parametrize("name", ["photo.png", "photo.sfc", "map.npy", "boxes.json"])
def test_what_is_dropped_is_copied_whatever_its_source_proposes(opened: MainWindow, name: str) -> None:
    source = Source(name)
    assert source.drag_over(opened) == [COPY, COPY]
    assert source.drop_on(opened) == COPY


@pytest.mark.parametrize("source", [Source("photo.png", actions=MOVE), Source()])
def test_what_can_only_be_moved_or_is_no_file_is_refused(
    opened: MainWindow, engine: FakeEngine, source: Source
) -> None:
    before = list(engine.jobs)
    assert source.drag_over(opened) == [None, None]
    assert source.drop_on(opened) is None
    assert engine.jobs == before
    assert opened.findChild(DropHint).isHidden()


@pytest.mark.usefixtures("qapp")
def test_fields_of_dialogs_copy_too(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    task, export = TaskDialog(None, "", parent), ExportDialog(Path("a.sfc"), 9, 9, None, parent)
    task.model.setChecked(True)
    for dialog in (task, export):
        for field in dialog.findChildren(QLineEdit):
            assert Source("model.pt2").drop_on(field) in (COPY, None)
    assert task.path.text() == "/photos/model.pt2"


def test_nothing_in_the_window_takes_a_move(opened: MainWindow) -> None:
    for part in opened.findChildren(QWidget):
        assert Source("photo.png").drop_on(part) != MOVE


def test_a_photo_or_file_is_opened(window: MainWindow, engine: FakeEngine) -> None:
    dropped(window, "photo.sfc")
    assert engine.jobs == [OpenSfc(Path("/photos/photo.sfc"))]


def test_boxes_and_arrays_dropped_on_a_photo_are_for_its_map(opened: MainWindow, engine: FakeEngine) -> None:
    dropped(opened, "photo.txt")
    assert engine.jobs[-1] == ReadAnnotations(Path("/photos/photo.txt"), Path("photo.png"))
    dropped(opened, "map.npy")
    assert engine.jobs[-1] == ImportMap(Path("/photos/map.npy"))
    dropped(opened, "other.png")
    assert engine.jobs[-1] == OpenPicture(Path("/photos/other.png"))


def test_a_photo_is_opened_and_then_what_was_dropped_with_it(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    boxes, array, path = paths(["boxes.json", "map.npy", "photo.png"])
    dropped(window, "boxes.json", "map.npy", "photo.png")
    assert engine.jobs == [OpenPicture(path)]
    with qtbot.waitSignal(window.controller.document_shown):
        engine.deliver(PictureOpened(1, path, photo()))
    assert engine.jobs == [OpenPicture(path), ImportMap(array), ReadAnnotations(boxes, path)]


def test_files_that_the_program_is_started_with_are_taken_alike(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    boxes, path = paths(["boxes.json", "photo.png"])
    open_files(window, [boxes, path])
    with qtbot.waitSignal(window.controller.document_shown):
        engine.deliver(PictureOpened(1, path, photo()))
    assert engine.jobs == [OpenPicture(path), ReadAnnotations(boxes, path)]
    open_files(window, [Path("next.png")])
    assert engine.jobs[-1] == OpenPicture(Path("next.png"))


def test_boxes_of_a_photo_that_did_not_open_are_for_no_other(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine
) -> None:
    dropped(opened, "boxes.json", "broken.png")
    with qtbot.waitSignal(opened.controller.failed):
        engine.deliver(JobFailed(2, "broken.png is cut short."))
    opened.open(Path("next.png"))
    with qtbot.waitSignal(opened.controller.document_shown):
        engine.deliver(PictureOpened(3, Path("next.png"), photo()))
    assert not any(isinstance(job, ReadAnnotations) for job in engine.jobs)


def test_several_photos_open_in_a_tab_each(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    first, second = paths(["a.png", "b.png"])
    dropped(window, "a.png", "b.png")
    assert engine.jobs == [OpenPicture(first), OpenPicture(second)]


def test_how_many_files_are_left_out_is_said(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    dropped(opened, "a.png", "b.png", "c.json", "d.json", "notes.docx")
    with qtbot.waitSignal(opened.controller.document_shown):
        engine.deliver(PictureOpened(2, Path("/photos/a.png"), photo()))
    assert opened.banner.isVisible()
    assert opened.banner.text.startswith("2 files were left out: one map and one file of annotations")


@pytest.mark.parametrize(
    ("names", "meaning"),
    [
        (["next.png"], "Open next.png"),
        (["next.sfc"], "Open next.sfc"),
        (["next.qmapproj"], "Open next.qmapproj"),
        (["a.png", "b.png", "c.sfc"], "Open 3 files"),
        (["map.npy"], "Import the map map.npy"),
        (["boxes.json"], "Import annotations from boxes.json"),
        (["map.npy", "boxes.json"], "Import a map and annotations"),
        (["boxes.json", "next.png"], "Open next.png with its annotations"),
    ],
)
def test_what_a_drop_would_do_is_said_over_an_open_photo(opened: MainWindow, names: list[str], meaning: str) -> None:
    hint = opened.findChild(DropHint)
    source = Source(*names)
    source.drag_over(opened)
    assert hint.isVisible()
    assert hint.text == meaning
    QApplication.sendEvent(opened, QDragLeaveEvent())
    assert not hint.isVisible()
    source.drag_over(opened)
    source.drop_on(opened)
    assert not hint.isVisible()


def test_the_empty_window_says_it_too(window: MainWindow) -> None:
    title = window.welcome._title
    for name, meaning in (("photo.png", "Open photo.png"), ("boxes.json", "Open the photo first")):
        Source(name).drag_over(window)
        assert title.text() == meaning
        QApplication.sendEvent(window, QDragLeaveEvent())
        assert title.text() == "Drop a photo here"
