"""Training of the paper's network: the same loop, its own recipe."""

import io
import math

import numpy as np
import pytest
import torch
from PIL import Image

from qmap_studio.codec.common.detail import layer
from qmap_studio.codec.song2021.codec import Song2021Codec
from qmap_studio.codec.song2021.config import Song2021Config
from qmap_studio.codec.song2021.forward import Song2021Forward, gaussian_bits
from qmap_studio.codec.song2021.model import Song2021Model, load_model
from qmap_studio.core.pictures import Picture
from qmap_studio.training.batches import Batches
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import load_pictures
from qmap_studio.training.families.song2021 import PaperRecipe, Song2021Learner, export
from qmap_studio.training.preview import draw_maps
from qmap_studio.training.trainer import Trainer
from tests.fixtures import sample_photo
from tests.unit.training.conftest import assert_a_resumed_run_is_the_uninterrupted_one

TINY = Song2021Config(N=8, M=8, prior=2, hidden=4)


@pytest.fixture
def train(data, tmp_path):
    """Makes trainers of a tiny network, each in a folder of its name."""

    def make(name: str, config: Song2021Config = TINY, **recipe) -> Trainer:
        full = PaperRecipe(**{"steps": 4, "batch": 2, "crop": 128, "validate_every": 100} | recipe)
        learner = Song2021Learner("song2021-reduced", full, config)
        learner.validation_crops = 4
        return Trainer.alone(tmp_path / name, data, learner, torch.device("cpu"))

    return make


def test_the_loss_falls(train):
    run = train("run", steps=1000, learning_rate=3e-3)
    losses = [run.train_step()["loss"] for _ in range(16)]
    assert sum(losses[-4:]) < 0.7 * sum(losses[:4])


def test_a_resumed_run_is_the_uninterrupted_one(train):
    assert_a_resumed_run_is_the_uninterrupted_one(train)


def test_the_recipe_is_the_papers(train):
    run = train("run", steps=10)
    assert (run.recipe.batch, PaperRecipe().batch, PaperRecipe().crop, PaperRecipe().clip) == (2, 8, 256, 1.0)
    rates = [run.learner.learning_rate(step) for step in range(10)]
    assert rates == pytest.approx([1e-4] * 7 + [1e-5] * 3)
    m = torch.tensor([0.0, 0.5, 1.0])
    expected = [0.001 * math.exp(4.382 * q) for q in (0.0, 0.5, 1.0)]
    assert run.learner.lambda_map(m).tolist() == pytest.approx(expected)
    maps = Batches(run.pictures, 128, 1, shares=run.learner.shares).draw(0, range(300)).maps
    uniform = (maps.flatten(1).std(dim=1) < 1e-6).float().mean()
    assert 0.13 < uniform < 0.28  # a fifth; gradients between equal ends are rare


def test_a_network_without_a_map_trains_at_one_quality(train):
    run = train("run", Song2021Config(N=8, M=8, conditioning="none"), quality=0.25)
    run.train_step()
    expected = 0.001 * math.exp(4.382 * 0.25)
    assert run.learner.lambda_map(torch.rand(2, 8, 8)).flatten().tolist() == pytest.approx([expected] * 128)


def test_an_exported_model_codes_pictures(train, tmp_path):
    train("run").run()
    path = tmp_path / "tiny.safetensors"
    weights_hash = export(Checkpoint.read(tmp_path / "run" / "checkpoint.pt"), path).weights_hash
    codec = Song2021Codec("song2021-reduced", load_model(path), torch.device("cpu"))
    assert codec.weights_hash == weights_hash
    picture = Picture(np.ascontiguousarray(sample_photo().pixels[100:228, 100:260]))
    encoding = codec.encode(picture, np.full((128, 160), 0.5, np.float32))
    np.testing.assert_array_equal(codec.decode(encoding.data).picture.pixels, encoding.reconstruction)


def test_rounded_training_counts_the_bits_of_the_latents(monkeypatch):
    monkeypatch.setattr(layer, "choose", lambda *_: None)  # untrained networks leave much to the detail layer
    torch.manual_seed(5)
    trained = Song2021Forward.of(TINY).requires_grad_(False)
    codec = Song2021Codec("song2021-reduced", Song2021Model.of(trained.network, trained.prior), torch.device("cpu"))
    pixels = np.ascontiguousarray(sample_photo().pixels[100:228, 100:292])
    coded = codec.preview(pixels, np.full((128, 192), 0.5, np.float32))
    x = torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255.0
    out = trained(x, torch.full((1, 1, 128, 192), 32768 / 65535), hard=True)
    assert (out.bits_y + out.bits_z).item() == pytest.approx(coded.estimated_bits, rel=0.01)
    shown = (out.x_hat[0] * 255.0).round().clamp(0, 255).permute(1, 2, 0).numpy()
    assert np.abs(shown - coded.reconstruction).max() <= 1


def test_gaussian_bits_are_those_of_the_normal_distribution():
    normal = torch.distributions.Normal(0.0, 1.5)
    expected = -torch.log2(normal.cdf(torch.tensor(1.5)) - normal.cdf(torch.tensor(0.5)))
    assert gaussian_bits(torch.tensor(-1.0), torch.tensor(1.5)) == pytest.approx(expected.item(), rel=1e-4)


def test_maps_of_every_kind_are_drawn(data):
    sheet = Image.open(io.BytesIO(draw_maps(load_pictures(data)[0], columns=3, size=128)))
    assert sheet.width == 3 * 68 + 4
    assert len(sheet.getcolors(1 << 16)) > 100
