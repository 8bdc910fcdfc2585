"""Tests need no screen and leave no settings behind."""

import os
import tempfile
from math import inf

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "PYTEST_XDIST_WORKER" in os.environ:  # workers share the cores: more threads would wait for each other's
    os.environ.setdefault("OMP_NUM_THREADS", "1")
# What a person has installed and chosen on this machine is no part of a test.
os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="qmap-studio-tests-")
os.environ["QMAP_STUDIO_SETTINGS"] = os.path.join(os.environ["XDG_DATA_HOME"], "settings.json")

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no fault.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what tests/golden compares with, from what the code gives now",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Warnings of Qt's own about every window that has a minimum size, and about one of several that comes in front.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support propagateSizeHints")
    config.addinivalue_line("qt_log_ignore", r"This plugin does not support raise\(\)")


@pytest.fixture(autouse=True)
def _own_settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """QSettings of tests that have a QApplication go to a folder of their own."""
    if "qapp" in request.fixturenames:
        from PySide6.QtCore import QSettings

        folder: Path = tmp_path_factory.mktemp("settings")
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))


@pytest.fixture(autouse=True)
def _edits_compose_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the window would leave some of a small map for later, too; tests of that say so."""
    if "qapp" in request.fixturenames:
        from qmap_studio.document import layered_map

        monkeypatch.setattr(layered_map, "AT_ONCE_S", inf)
