import re
import subprocess
import sys

import pytest

import qmap_studio
from qmap_studio import __main__ as entry
from qmap_studio.cli.main import COMMANDS, main
from qmap_studio.core.errors import WeightsError


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["paint"],
        ["encode", "photo.png"],
        ["encode", "photo.png", "-o", "x.sfc", "--quality", "1.5"],
        ["encode", "photo.png", "-o", "x.sfc", "--quality", "nan"],
        ["encode", "photo.png", "-o", "x.sfc", "--quality", "0.5", "--map", "m.png"],
        ["encode", "photo.png", "-o", "x.sfc", "--target-bpp", "1", "--target-bytes", "9"],
        ["encode", "photo.png", "-o", "x.sfc", "--target-bytes", "0"],
        ["encode", "photo.png", "-o", "x.sfc", "--target-bytes", "10.5"],
        ["encode", "photo.png", "-o", "x.sfc", "--target-bpp", "inf"],
        ["encode", "photo.png", "-o", "x.sfc", "--device", "abacus"],
        ["evaluate", ".", "-o", "r.json", "--against", "gif"],
        ["decode", "x.sfc"],
    ],
)
def test_wrong_usage(arguments, capsys):
    assert main(arguments) == 2
    assert "usage: qmap-studio" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command(command, capsys):
    assert main([command, "--help"]) == 0
    assert f"usage: qmap-studio {command}" in capsys.readouterr().out


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"qmap-studio {qmap_studio.__version__}"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (WeightsError("No weights for live."), 1, "qmap-studio: No weights for live.\n"),
        (MemoryError(), 1, "qmap-studio: There is not enough memory for this picture.\n"),
        (KeyboardInterrupt(), 130, "qmap-studio: interrupted\n"),
    ],
)  # fmt: skip
def test_failures_are_one_sentence(photo, tmp_path, monkeypatch, capsys, error, code, said):
    def load_codec(model_id, device):
        raise error

    monkeypatch.setattr("qmap_studio.codec.load_codec", load_codec)
    assert main(["encode", str(photo), "-o", str(tmp_path / "x.sfc")]) == code
    assert capsys.readouterr().err == said
    assert not (tmp_path / "x.sfc").exists()


def test_commands_go_to_the_command_line_and_pictures_to_the_window(monkeypatch):
    calls = []
    fake_app = type(sys)("qmap_studio.app")
    fake_app.main = lambda pictures: calls.append(("window", pictures)) or 0
    monkeypatch.setitem(sys.modules, "qmap_studio.app", fake_app)
    monkeypatch.setattr("qmap_studio.cli.main.main", lambda arguments: calls.append(("command", arguments)) or 0)
    for arguments in ([], ["a.png", "b.sfc"], ["info", "b.sfc"], ["--help"], ["encod"]):
        monkeypatch.setattr(sys, "argv", ["qmap-studio", *arguments])
        assert entry.main() == 0
    assert calls == [
        ("window", []), ("window", ["a.png", "b.sfc"]), ("command", ["info", "b.sfc"]), ("command", ["--help"]),
        ("command", ["encod"]),
    ]  # fmt: skip


def test_the_language_is_that_of_the_system(monkeypatch):
    chosen = []
    monkeypatch.setattr(entry, "use_language", chosen.append)
    monkeypatch.setattr("locale.getlocale", lambda: ("pl_PL", "UTF-8"))
    monkeypatch.setattr(sys, "argv", ["qmap-studio", "--version"])
    assert entry.main() == 0
    assert chosen == ["pl_PL"]


def test_a_command_starts_without_anything_slow():
    code = "import qmap_studio.__main__, qmap_studio.cli.main, sys; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not re.findall(r"\b(torch|cv2|matplotlib|PySide6|qmap_studio\.(engine|codec|document))\b", modules)
