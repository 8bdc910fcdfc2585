from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from qmap_studio.core.settings import Settings
from qmap_studio.ui.canvas_controller import CanvasController
from qmap_studio.ui.window import MainWindow


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
