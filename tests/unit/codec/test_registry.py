"""Families of models: what the registry promises of each, and that one more is one line."""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from qmap_studio.codec import list_models, load_codec, model_of, models, registry
from qmap_studio.codec.common import installed
from qmap_studio.codec.common.complexity import Complexity, Work, complexity_of
from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.family import Family, Variant
from qmap_studio.codec.common.weights_file import read_weights, write_weights
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.model import load_model
from qmap_studio.codec.live.model import save_model as save_live
from qmap_studio.codec.models import weights_path
from qmap_studio.codec.registry import FAMILIES, family_of_weights
from qmap_studio.core.errors import WeightsError
from qmap_studio.training.registry import TRAININGS
from tests.fixtures import sample_photo
from tests.unit.codec.song2021.networks import golden_model
from tests.unit.evaluation.pictures import JpegCodec


@dataclass(frozen=True)
class ToyConfig:
    """The size of the toy's network."""

    width: int = 4


def load_toy(model_id: str, weights: Path, _device: str) -> JpegCodec:
    return JpegCodec(model_id, read_weights(weights, ()).weights_hash)


def toy_work(config: ToyConfig, height: int, width: int) -> Work:
    network, x = nn.Conv2d(3, config.width, 1, bias=False), torch.zeros(1, 3, height, width)
    return Work(network, lambda: network(x), lambda: (network(x), network(x)))


TOY = Family(
    family_id="toy",
    config_type=ToyConfig,
    variants=(Variant("toy", "a network to try the registry with", ToyConfig()),),
    load=load_toy,
    work=toy_work,
    how_to_install=lambda model_id: f"Roll a die for {model_id}.",
)


@pytest.fixture
def own_folder(tmp_path, monkeypatch) -> Path:
    """Where this user's weights lie: nowhere else but among the program's own."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr(installed, "user_path", lambda _name: folder)
    return folder


@pytest.fixture
def toy(monkeypatch) -> Family:
    """One more family: this line is all that the program needs beside its own folder."""
    monkeypatch.setattr(registry, "FAMILIES", (*FAMILIES, TOY))
    return TOY


def write_toy(path: Path, config: ToyConfig) -> None:
    tables = Tables((np.array([1, 1]), np.array([1, 2, 1, 1])))
    write_weights(path, "toy", asdict(config), {"kernel": torch.zeros(config.width, 3)}, tables, ())


def without_family(path: Path) -> None:
    """The same file as it was written before files stated their family."""
    with safe_open(path, "pt") as file:
        metadata = {key: value for key, value in file.metadata().items() if key != "family"}
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    save_file(tensors, path, metadata)


def test_a_new_family_is_listed_with_what_it_costs_and_how_to_get_it(toy, own_folder):
    listed = {model.model_id: model for model in list_models()}
    assert listed["toy"].complexity == Complexity(parameters=12, encode_kmac=0.012, decode_kmac=0.024)
    assert (listed["toy"].weights, listed["toy"].is_importable) == (None, False)
    with pytest.raises(WeightsError, match=r"model toy are not installed\. Roll a die for toy\."):
        load_codec("toy")


def test_a_new_family_encodes_and_decodes(toy, own_folder):
    write_toy(own_folder / "toy.safetensors", ToyConfig())
    codec, photo = load_codec("toy", "cpu"), sample_photo()
    encoding = codec.encode(photo, np.full((photo.height, photo.width), 0.5, np.float32))
    assert model_of(encoding.data) == "toy"
    np.testing.assert_array_equal(codec.decode(encoding.data).picture.pixels, encoding.reconstruction)


def test_the_file_and_not_its_name_says_what_weights_are_of(toy, own_folder):
    write_toy(own_folder / "my-own.safetensors", ToyConfig(width=7))
    assert load_codec("my-own").model_id == "my-own"
    mine = next(model for model in list_models() if model.model_id == "my-own")
    assert (mine.family, mine.complexity.parameters) == (TOY, 21)


def test_weights_of_an_unknown_family_are_a_sentence(own_folder):
    write_toy(own_folder / "toy.safetensors", ToyConfig())
    with pytest.raises(WeightsError, match="of the family toy; this version knows live, song2021"):
        load_codec("toy")


def test_weights_of_the_users_own_name_are_loaded_as_live(own_folder):
    model = load_model(weights_path("live"))
    weights_hash = save_live(own_folder / "my-live.safetensors", model.network, model.tables)
    assert weights_hash == model.weights_hash
    assert load_codec("my-live", "cpu").weights_hash == weights_hash


def test_files_that_do_not_state_their_family_are_known_by_the_sizes_of_their_network(tmp_path):
    from qmap_studio.codec.song2021.model import save_model as save_song2021

    live, song2021 = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    model = load_model(weights_path("live"))
    save_live(live, model.network, model.tables)
    save_song2021(song2021, golden_model())
    for path, family_id in ((live, "live"), (song2021, "song2021")):
        stated = family_of_weights(path)
        without_family(path)
        assert family_of_weights(path) == stated
        assert stated[0].family_id == family_id


def test_the_weights_that_ship_are_of_the_sizes_that_are_listed():
    family, config = family_of_weights(weights_path("live"))
    assert (family.family_id, config) == ("live", LiveConfig())


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.family_id)
def test_every_family_has_all_its_parts(family, own_folder):
    for variant in family.variants:
        assert variant.about
        assert json.loads(json.dumps(asdict(variant.config))) == asdict(variant.config), "a file can hold the sizes"
        assert family.how_to_install(variant.model_id)
        cost = complexity_of(family.work, variant.config)
        assert min(cost.parameters, cost.encode_kmac, cost.decode_kmac) > 0


def test_ids_are_given_once():
    ids = [variant.model_id for family in FAMILIES for variant in family.variants]
    assert len(set(ids)) == len(ids)
    assert len({family.family_id for family in FAMILIES}) == len(FAMILIES)
    assert registry.DEFAULT_MODEL in ids


def test_every_family_has_its_trainer():
    assert [training.family_id for training in TRAININGS] == [family.family_id for family in FAMILIES]


@pytest.mark.parametrize("change", [{"variants": ()}, {"config_type": LiveConfig}, {"config_type": int}])
def test_a_family_without_a_part_cannot_be_made(change):
    with pytest.raises((TypeError, ValueError)):
        replace(TOY, **change)


def test_only_what_has_an_importer_is_imported(tmp_path):
    with pytest.raises(ValueError, match="only of song2021"):
        models.import_checkpoint(tmp_path / "x.pt", "live")


def test_reading_the_registry_needs_no_torch():
    program = "import sys, qmap_studio.codec; sys.exit('torch' in sys.modules or 'safetensors' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
