"""The window with settings and a state of its own that mean nothing, and where both lie."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from qmap_studio.core.settings import Settings
from qmap_studio.ui.desk import Desk
from qmap_studio.ui.window import MainWindow


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 100_000, b'{"recent_files": ["' + b"a" * 5000 + b'"]}'])
def test_hostile_files_open_the_window(qtbot: QtBot, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    window = MainWindow(Settings.read(path), path)
    qtbot.addWidget(window)
    Desk(window.settings)
    window.show()


def test_a_damaged_window_state_is_ignored(qtbot: QtBot) -> None:
    QSettings().setValue("geometry", "nonsense")
    window = MainWindow(Settings())
    qtbot.addWidget(window)
    window.show()


@pytest.mark.skipif(sys.platform == "win32", reason="the folder is asked from the system there, not the environment")
def test_settings_lie_where_qt_has_them(tmp_path: Path) -> None:
    code = """
from PySide6.QtCore import QStandardPaths
from qmap_studio.app import make_application
from qmap_studio.core.resources import config_path
application = make_application()
folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)
print(str(config_path("settings.json")) == folder + "/settings.json")
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "True"
