"""The table of settings and its file; the window's own state is not part of it."""

from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from qmap_studio.core import resources
from qmap_studio.core.errors import FileAccessError
from qmap_studio.core.settings import RECENT_FILES, SETTINGS, Choice, Number, Row, Settings, Text, rows_of, setting


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
    numbers = [name for name, row in SETTINGS.items() if isinstance(row.kind, Number)]
    assert numbers == [known.name for known in fields(Settings) if known.type is float]
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


def test_every_setting_has_a_row_with_a_label() -> None:
    assert list(SETTINGS) == [known.name for known in fields(Settings)]
    for name, row in SETTINGS.items():
        assert isinstance(row, Row), name
        assert row.label.strip(), name
        assert row.kind.read(row.default) == row.default == getattr(Settings(), name), name


def test_a_row_whose_default_is_out_of_range_fails_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="is no Number"):
        setting("Size", Number(0, 1), 2.0)
    with pytest.raises(ValueError, match="is no Choice"):
        setting("Theme", Choice(("light", "dark")), "sepia")


def test_a_row_without_one_of_its_parts_fails_when_it_is_made() -> None:
    with pytest.raises(TypeError):
        setting("Name", Text())  # type: ignore[call-arg]

    @dataclass
    class Forgetful(Settings):
        size: float = 1.0

    with pytest.raises(TypeError, match="size has no row"):
        rows_of(Forgetful)


def test_nobody_changes_a_default() -> None:
    Settings().panes.append("front")
    Settings().recent_files.append("a.png")
    assert Settings() == Settings.read(Path("no such file"))


def test_settings_that_cannot_be_kept_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileAccessError):
        Settings().write(tmp_path / "file" / "settings.json")


def test_the_environment_names_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QMAP_STUDIO_SETTINGS", str(tmp_path / "mine.json"))
    assert Settings.default_path() == tmp_path / "mine.json"
    monkeypatch.delenv("QMAP_STUDIO_SETTINGS")
    assert Settings.default_path() == resources.config_path("settings.json")


@pytest.mark.parametrize(
    ("system", "folder"),
    [
        ("linux", "/home/me/.config"),
        ("darwin", "/home/me/Library/Preferences"),
        ("win32", "/home/me/AppData/Local"),
    ],
)
def test_the_usual_places(monkeypatch: pytest.MonkeyPatch, system: str, folder: str) -> None:
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    for name in ("XDG_CONFIG_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    assert resources.config_path("settings.json") == Path(folder, "QMap Studio", "qmap-studio", "settings.json")


@pytest.mark.parametrize(("named", "folder"), [("/etc/mine", "/etc/mine"), ("mine", "/home/me/.config")])
def test_a_folder_of_configurations_is_named_in_full(monkeypatch: pytest.MonkeyPatch, named: str, folder: str) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    monkeypatch.setenv("XDG_CONFIG_HOME", named)
    assert resources.config_path("x") == Path(folder, "QMap Studio", "qmap-studio", "x")
