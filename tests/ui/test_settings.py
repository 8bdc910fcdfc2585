from pathlib import Path

import pytest

from qmap_studio.ui.settings import RECENT_FILES, Settings


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
