from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from qmap_studio.codec.common import installed
from qmap_studio.codec.common.passes.model import ENCODER
from qmap_studio.codec.common.passes.tables import logistic_tables
from qmap_studio.codec.common.weights_file import hash_of, read_weights, write_weights
from qmap_studio.codec.live.model import load_model, save_model
from qmap_studio.codec.models import weights_path
from qmap_studio.core.errors import WeightsError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    path = tmp_path / "live.safetensors"
    path.write_bytes(weights_path("live").read_bytes())
    return path


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    model = load_model(weights_path("live"))
    written = save_model(tmp_path / "again.safetensors", model.network, model.tables)
    again = load_model(tmp_path / "again.safetensors")
    assert written == again.weights_hash == model.weights_hash


def test_weights_are_loaded_in_inference_mode_too() -> None:
    with torch.inference_mode():
        network = load_model(weights_path("live")).network
        assert network.h_s(torch.zeros(1, 1, 1, network.config.hyper_latent)).shape == (1, 4, 4, network.config.hyper)


def test_the_hash_covers_what_a_decoder_reads_and_no_more(copy: Path) -> None:
    stored = load_file(copy)
    reference = hash_of(stored, ENCODER)
    stored["g_a.enter.bias"] += 1
    assert hash_of(stored, ENCODER) == reference
    stored["g_s.enter.bias"] += 1
    assert hash_of(stored, ENCODER) != reference


@pytest.mark.parametrize("damage", ["cut", "noise", "one bit", "empty", "other tensors"])
def test_damaged_weights_are_a_sentence(copy: Path, damage: str) -> None:
    data = copy.read_bytes()
    if damage == "cut":
        copy.write_bytes(data[: len(data) // 2])
    elif damage == "one bit":
        middle = len(data) // 2
        copy.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    elif damage == "noise":
        copy.write_bytes(bytes(255 - b for b in data[:5000]) + data[5000:])
    elif damage == "empty":
        copy.write_bytes(b"")
    else:
        save_file(dict(list(load_file(copy).items())[:5]), copy)
    with pytest.raises(WeightsError, match="damaged"):
        load_model(copy)


def test_weights_that_not_all_machines_would_round_alike_are_refused(copy: Path) -> None:
    weights = read_weights(copy, ENCODER)
    tensors = weights.tensors | {"index_context.mix.weight": weights.tensors["index_context.mix.weight"] * 1.001}
    write_weights(copy, "live", weights.config, tensors, weights.tables, ENCODER)
    with pytest.raises(WeightsError, match="damaged or of another version"):
        load_model(copy)


def test_a_network_that_has_not_settled_is_not_saved(tmp_path: Path) -> None:
    network = load_model(weights_path("live")).network
    with torch.no_grad():
        network.h_s.enter.weight.mul_(1.001)
    with pytest.raises(ValueError, match=r"h_s\.enter"):
        save_model(tmp_path / "x.safetensors", network, logistic_tables())
    assert not list(tmp_path.iterdir())


def test_missing_weights_are_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("resource_path", "user_path"):
        monkeypatch.setattr(installed, kind, lambda name: tmp_path / name)
    with pytest.raises(WeightsError, match="Install the program again"):
        weights_path("live")
