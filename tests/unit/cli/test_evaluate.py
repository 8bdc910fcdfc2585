import json

import pytest

from qmap_studio.cli.main import main
from qmap_studio.core.pictures import Picture, write_picture
from tests.unit.evaluation.pictures import waves


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "pictures"
    path.mkdir()
    for name in ("a.png", "b.png"):
        write_picture(path / name, Picture(waves(48, 40)))
    return path


def test_table_json_and_plot(codec, folder, tmp_path, capsys):
    output = tmp_path / "result.json"
    assert main(["evaluate", str(folder), "-o", str(output), "--against", "webp, jpeg"]) == 0
    result = json.loads(output.read_text())
    assert len(result["learned"]["points"]) == 11
    assert [measured["name"] for measured in result["classical"]] == ["webp", "jpeg"]
    assert (tmp_path / "result.png").read_bytes().startswith(b"\x89PNG")
    shown = capsys.readouterr()
    assert "MS-SSIM dB" in shown.out
    assert "measured here jpeg" in shown.out
    assert "BD-PSNR dB" in shown.out
    assert "result.png" in shown.err


def test_a_thorough_codec_is_measured_and_told(codec, folder, tmp_path):
    output = tmp_path / "result.json"
    assert main(["evaluate", str(folder), "-o", str(output), "--thorough"]) == 0
    assert set(codec.thorough) == {True}
    result = json.loads(output.read_text())
    assert result["command"].endswith("--thorough")
    assert "thorough" in result["learned"]["description"]


def test_a_region_of_interest(codec, folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))  # no FFmpeg there
    write_picture(folder / "c.png", Picture(waves(64, 80)))
    assert main(["evaluate", str(folder), "-o", str(tmp_path / "result.json"), "--roi"]) == 0
    assert len(json.loads((tmp_path / "result.json").read_text())["learned"]["points"]) == 5
    assert "FFmpeg with x265 is not installed" in capsys.readouterr().out


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, MemoryError])
def test_interrupted_it_leaves_nothing(codec, folder, tmp_path, monkeypatch, interrupt):
    calls = []

    def encode(picture, quality_map, *, bounds=None, thorough=False, checkpoint=None):
        calls.append(1)
        if len(calls) == 14:
            raise interrupt
        return type(codec).encode(codec, picture, quality_map)

    monkeypatch.setattr(codec, "encode", encode, raising=False)
    assert main(["evaluate", str(folder), "-o", str(tmp_path / "result.json")]) in (1, 130)
    assert [path.name for path in tmp_path.iterdir()] == ["pictures"]


@pytest.mark.parametrize("output", ["result.png", "missing/result.json", "pictures"])
def test_outputs_that_cannot_be(codec, folder, tmp_path, capsys, output):
    assert main(["evaluate", str(folder), "-o", str(tmp_path / output)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert codec.loaded == []


def test_a_folder_without_pictures(codec, tmp_path, capsys):
    assert main(["evaluate", str(tmp_path), "-o", str(tmp_path / "result.json")]) == 1
    assert "no pictures" in capsys.readouterr().err
    assert codec.loaded == []
