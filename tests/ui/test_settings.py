import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from qmap_studio.core.files import atomic_write
from qmap_studio.core.settings import Settings
from qmap_studio.document import Brush
from qmap_studio.engine import PictureOpened
from qmap_studio.ui.canvas_controller import CanvasController
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, photo


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 100_000, b'{"recent_files": ["' + b"a" * 5000 + b'"]}'])
def test_hostile_files_open_the_window(qtbot: QtBot, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    window = MainWindow(Settings.read(path), path)
    qtbot.addWidget(window)
    CanvasController(window.settings)
    window.show()


def test_a_damaged_window_state_is_ignored(qtbot: QtBot) -> None:
    QSettings().setValue("geometry", "nonsense")
    window = MainWindow(Settings())
    qtbot.addWidget(window)
    window.show()


def test_what_is_set_is_kept_without_closing(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, tmp_path: Path
) -> None:
    workspace = opened.canvas.workspace
    opened.actions_by_name["theme_dark"].trigger()
    workspace.brush = Brush(size_px=33, hardness=0.7, flow=0.2, quality=0.8)
    workspace.other_quality = 0.3
    workspace.panes.overlay_opacity = 0.6
    workspace.panes.show_only(["original", "difference"])
    opened.options.values_changed.emit(replace(opened.options.values, feather_px=7))
    with qtbot.waitSignal(opened.controller.document_shown):
        engine.deliver(PictureOpened(2, tmp_path / "next.png", photo()))
    expected = Settings(
        theme="dark",
        panes=["original", "difference"],
        overlay_opacity=0.6,
        brush_size_px=33,
        brush_hardness=0.7,
        brush_flow=0.2,
        brush_quality=0.8,
        other_quality=0.3,
        feather_px=7,
        recent_files=[str(tmp_path / "next.png"), "photo.png"],
        folder=str(tmp_path),
    )
    qtbot.waitUntil(lambda: Settings.read(tmp_path / "settings.json") == expected)


def test_a_slow_disk_holds_nothing_up(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_go_on = threading.Event(), threading.Event()

    def slow(path: Path, data: bytes) -> None:
        begun.set()
        may_go_on.wait(10)
        atomic_write(path, data)

    monkeypatch.setattr("qmap_studio.core.settings.atomic_write", slow)
    window.settings.theme = "dark"
    qtbot.waitUntil(begun.is_set)
    may_go_on.set()
