from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from qmap_studio.core.settings import RECENT_FILES, Settings
from qmap_studio.ui.canvas_controller import CanvasController
from qmap_studio.ui.window import MainWindow


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "settings.json"
    settings = Settings(theme="dark", brush_size_px=33.5, panes=["difference"])
    settings.add_recent(Path("a.png"))
    settings.write(path)
    assert Settings.read(path) == settings


@pytest.mark.parametrize("content", ["", "[]", "{", '{"theme": 3, "panes": [1], "brush_size_px": true}', "\ufeff"])
def test_damaged_files_give_defaults(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content, encoding="utf-8")
    assert Settings.read(path) == Settings()


@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "-Infinity", "1e999", "-1", "-0.001", "1e300", "1" + "0" * 400, '"0.5"', "true", "null", "[1]"],
)
def test_numbers_that_mean_nothing_give_defaults(tmp_path: Path, number: str) -> None:
    path = tmp_path / "settings.json"
    numbers = [known.name for known in fields(Settings) if isinstance(known.default, float)]
    path.write_text("{" + ", ".join(f'"{name}": {number}' for name in numbers) + "}", encoding="utf-8")
    assert Settings.read(path) == Settings()


def test_numbers_are_taken_up_to_their_ends(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"brush_size_px": 2000, "brush_quality": 0, "other_quality": 1, "feather_px": 500.5}')
    settings = Settings.read(path)
    assert (settings.brush_size_px, settings.brush_quality, settings.other_quality) == (2000, 0, 1)
    assert settings.feather_px == Settings().feather_px


def test_words_that_mean_nothing_give_defaults(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "sepia", "device": "toaster", "panes": ["front", "back"], "folder": 7}')
    assert Settings.read(path) == Settings()


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


def test_recent_files_are_few_and_unique() -> None:
    settings = Settings()
    for number in [*range(20), 19]:
        settings.add_recent(Path(f"{number}.png"))
    assert settings.recent_files == [f"{number}.png" for number in range(19, 19 - RECENT_FILES, -1)]


def test_an_unknown_theme_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "sepia", "brush_size_px": 12}')
    settings = Settings.read(path)
    assert (settings.theme, settings.brush_size_px) == ("system", 12)
