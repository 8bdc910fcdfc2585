"""What is not given on the command line is as in the person's settings."""

import pytest

from qmap_studio.cli.main import main
from qmap_studio.codec import DEFAULT_MODEL
from qmap_studio.core.settings import Settings


def test_the_default_model_is_the_codecs():
    assert Settings().model == DEFAULT_MODEL


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    """A person's file of settings that chooses other things than the defaults."""
    path = tmp_path / "settings.json"
    monkeypatch.setenv("QMAP_STUDIO_SETTINGS", str(path))
    Settings(model="song2021", device="cpu").write(path)


def test_model_and_device_come_from_the_settings(chosen, codec, photo, tmp_path):
    assert main(["encode", str(photo), "-o", str(tmp_path / "x.sfc")]) == 0
    assert codec.loaded == [("song2021", "cpu")]


def test_what_is_given_goes_before_the_settings(chosen, codec, photo, tmp_path):
    arguments = ["--model", "live", "--device", "auto"]
    assert main(["encode", str(photo), "-o", str(tmp_path / "x.sfc"), *arguments]) == 0
    assert codec.loaded == [("live", "auto")]


def test_without_settings_the_defaults_hold(codec, photo, tmp_path):
    assert main(["encode", str(photo), "-o", str(tmp_path / "x.sfc")]) == 0
    assert codec.loaded == [("live", "auto")]


def test_a_foreign_device_in_the_settings_is_the_default(codec, photo, tmp_path, monkeypatch):
    path = tmp_path / "settings.json"
    monkeypatch.setenv("QMAP_STUDIO_SETTINGS", str(path))
    path.write_text('{"device": "toaster", "model": 3}')
    assert main(["encode", str(photo), "-o", str(tmp_path / "x.sfc")]) == 0
    assert codec.loaded == [("live", "auto")]


def test_help_tells_what_the_settings_choose(chosen, capsys):
    assert main(["encode", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "default: as in the settings, now song2021" in told
    assert "default: as in the settings, now cpu" in told


def test_a_name_with_a_percent_sign_does_not_break_the_help(tmp_path, monkeypatch, capsys):
    path = tmp_path / "settings.json"
    monkeypatch.setenv("QMAP_STUDIO_SETTINGS", str(path))
    Settings(model="100%s").write(path)
    assert main(["encode", "--help"]) == 0
    assert "now 100%s" in " ".join(capsys.readouterr().out.split())
