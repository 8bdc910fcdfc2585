"""The command that lists models and imports the authors' checkpoint."""

import pytest
import torch

from qmap_studio.cli.main import main
from qmap_studio.codec import models
from qmap_studio.codec.common import installed
from tests.unit.codec.song2021.networks import authors_state


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    folder = tmp_path / "of the user"
    for module in (installed, models):
        monkeypatch.setattr(module, "user_path", lambda name: folder / name)
    return folder / "models"


def test_every_model_is_listed_with_what_it_costs(own_folder, capsys):
    assert main(["models"]) == 0
    said = capsys.readouterr().out
    lines = {line.split()[0]: line for line in said.splitlines()[1:10]}
    assert lines["song2021"].split()[1:6] == ["27.56", "M", "804.2", "425.3", "not"]
    assert "came with the program" in lines["live"]
    assert "models import 2M_itrs.pt --as song2021" in said
    assert "training train --model MODEL" in said


def test_an_imported_checkpoint_is_a_model_of_the_user(own_folder, tmp_path, capsys):
    path = tmp_path / "2M_itrs.pt"
    torch.save({"itr": 1, "model": authors_state()}, path)
    assert main(["models", "import", str(path), "--as", "song2021"]) == 0
    path.unlink()
    assert capsys.readouterr().out == f"song2021: installed in {own_folder / 'song2021.safetensors'}\n"
    assert main(["models"]) == 0
    assert f"installed by you: {own_folder}" in capsys.readouterr().out
    (own_folder / "song2021.safetensors").unlink()


def test_a_file_that_is_no_checkpoint_installs_nothing(own_folder, tmp_path, capsys):
    path = tmp_path / "2M_itrs.pt"
    path.write_bytes(b"something else")
    assert main(["models", "import", str(path), "--as", "song2021"]) == 1
    assert "2M_itrs.pt is damaged" in capsys.readouterr().err
    assert not own_folder.exists()


@pytest.mark.parametrize("arguments", [["import", "x.pt"], ["import", "x.pt", "--as", "live"], ["export"]])
def test_wrong_usage_is_told(arguments, capsys):
    assert main(["models", *arguments]) == 2
    assert "usage: qmap-studio models" in capsys.readouterr().err
