import numpy as np
import pytest
from PIL import Image

from qmap_studio.cli.main import main
from qmap_studio.core.pictures import Picture, write_picture
from qmap_studio.document import read_quality_map
from tests.fixtures import sample_photo
from tests.unit.task_maps.conftest import Classifier, exported, scripted


def run(*arguments):
    return main([str(argument) for argument in arguments])


@pytest.fixture
def photo(tmp_path):
    """96 x 80 pixels of a face."""
    path = tmp_path / "photo.png"
    write_picture(path, Picture(np.ascontiguousarray(sample_photo().pixels[60:140, 200:296])))
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    import torch

    return exported(Classifier(), tmp_path_factory.mktemp("models") / "sides.pt2", torch.rand(1, 3, 64, 64))


def quality_of(path):
    return read_quality_map(path, 80, 96).quality()


def test_the_map_can_be_encoded_with(photo, tmp_path, capsys):
    path = tmp_path / "map.png"
    assert run("optimise-map", photo, "--task", "edges", "--iterations", 2, "-o", path, "--device", "cpu") == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith(f"{path}: quality 0.")
    assert "\nMap optimised, from " in said.out or "\nNo map " in said.out
    assert run("encode", photo, "--map", path, "-o", tmp_path / "x.sfc", "--device", "cpu") == 0


def test_a_region(photo, tmp_path):
    path = tmp_path / "map.npy"
    options = ("--lambda", 1, "--iterations", 2, "--device", "cpu")
    assert run("optimise-map", photo, "--task", "region:0,0,48,80", *options, "-o", path) == 0
    assert quality_of(path)[:, :48].mean() > quality_of(path)[:, 48:].mean() + 0.1


def test_a_model_and_what_is_kept_of_it(photo, model, tmp_path):
    maps = []
    for kept in (("--label", 0), ("--label", 1), ("--whole-answer",)):
        path = tmp_path / f"{len(maps)}.png"
        options = (*kept, "--lambda", 30, "--iterations", 3, "--device", "cpu")
        assert run("optimise-map", photo, "--task", model, *options, "-o", path) == 0
        maps.append(quality_of(path))
    assert not any(np.array_equal(maps[i], maps[i - 1]) for i in range(3))


def test_grad_cam(photo, model, tmp_path):
    path = tmp_path / "map.png"
    assert run("optimise-map", photo, "--grad-cam", model, "--label", 1, "--alpha", 0.6, "-o", path) == 0
    quality = quality_of(path)
    assert quality.max() == pytest.approx(0.6, abs=0.01)
    assert quality[:, :40].max() == 0


def test_it_begins_with_a_map(photo, tmp_path):
    start, path = tmp_path / "start.png", tmp_path / "map.png"
    Image.new("L", (96, 80), 128).save(start)
    assert run("optimise-map", photo, "--task", "edges", "--start", start, "--iterations", 0, "-o", path) == 0
    assert quality_of(path) == pytest.approx(np.full((80, 96), 0.5), abs=0.01)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--task", "region"],
        ["--task", "region:1,2,3"],
        ["--task", "edges", "--grad-cam", "model.pt2"],
        ["--task", "model.pt2", "--label", "1", "--whole-answer"],
        ["--task", "edges", "--lambda", "0"],
        ["--task", "edges", "--iterations", "-1"],
        ["--grad-cam", "model.pt2", "--alpha", "2"],
    ],
)
def test_wrong_usage(arguments, photo, tmp_path, capsys):
    assert run("optimise-map", photo, "-o", tmp_path / "map.png", *arguments) == 2
    assert "usage: qmap-studio optimise-map" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--task", "none.pt2"], "none.pt2 does not exist"),
        (["--task", "photo.png"], "photo.png is no model"),
        (["--task", "region:500,0,10,10"], "no pixel of the picture"),
        (["--grad-cam", "hidden.pt"], "TorchScript hides it"),
        (["--task", "edges", "--start", "small.png"], "small.png is 9 x 9 pixels"),
        (["--task", "hidden.pt", "--label", "5"], "classes 0 to 2"),
        (["--task", "edges", "--iterations", "0", "-o", "map.gif"], "choose .png, .tif or .npy"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments, reason, photo, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    scripted(Classifier(), tmp_path / "hidden.pt")
    Image.new("L", (9, 9)).save("small.png")
    assert run("optimise-map", photo, "-o", tmp_path / "map.png", "--device", "cpu", *arguments) == 1
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1
    assert not (tmp_path / "map.png").exists()
