"""Training of SigVIC: the same loop, its own recipe; the paper's loss and the other one."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from qmap_studio.codec.sigvic2023.codec import Sigvic2023Codec
from qmap_studio.codec.sigvic2023.config import Sigvic2023Config
from qmap_studio.codec.sigvic2023.model import load_model
from qmap_studio.core.pictures import Picture
from qmap_studio.evaluation.metrics import ms_ssim
from qmap_studio.training import passes_export
from qmap_studio.training.batches import Batch, Batches
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import load_pictures
from qmap_studio.training.families.sigvic2023 import TRAINING, Sigvic2023Learner, SigvicRecipe, choose_shallow
from qmap_studio.training.trainer import Trainer
from tests.fixtures import sample_photo
from tests.unit.codec.sigvic2023.networks import NARROW
from tests.unit.training.conftest import assert_a_resumed_run_is_the_uninterrupted_one


@pytest.fixture
def train(data, tmp_path, monkeypatch):
    """Makes trainers of a narrow network, each in a folder of its name; exports are quick."""
    monkeypatch.setattr(passes_export, "CROPS", 4)

    def make(name: str, config: Sigvic2023Config = NARROW, **recipe) -> Trainer:
        full = SigvicRecipe(**{"steps": 4, "batch": 2, "crop": 64, "validate_every": 1000} | recipe)
        learner = Sigvic2023Learner("sigvic2023-reduced", full, config)
        learner.validation_crops = 4
        return Trainer.alone(tmp_path / name, data, learner, torch.device("cpu"))

    return make


def psnr_of(codec: Sigvic2023Codec, picture: Picture, quality: float) -> float:
    """Of what the networks alone make of a picture."""
    encoding = codec.encode(picture, np.full((picture.height, picture.width), quality, np.float32))
    np.testing.assert_array_equal(codec.decode(encoding.data).picture.pixels, encoding.reconstruction)
    decoder, _ = codec.latents_of(encoding.data)
    error = np.mean((decoder.pixels.astype(float) - picture.pixels) ** 2)
    return 10 * math.log10(255**2 / error)


PHOTO = np.ascontiguousarray(sample_photo().pixels[100:356, 100:356])
JUDGED = Batch(torch.from_numpy(PHOTO)[None], torch.full((1, 1, 256, 256), 0.5))


def test_what_was_trained_for_200_steps_codes_pictures_by_either_loss(train, data, tmp_path):
    """That of MS-SSIM says little of noise: it goes on where the other has been."""
    run = train("mse", steps=200, learning_rate=3e-3)
    before = run.learner.judged(run.network, JUDGED)[0]
    for _ in range(200):
        run.train_step()
    assert run.learner.judged(run.network, JUDGED)[0] < 0.5 * before
    run.save()
    other = train("ms-ssim", steps=200, learning_rate=1e-3, loss="ms-ssim", crop=192, batch=1)
    other.start(tmp_path / "mse" / "checkpoint.pt")
    before = other.learner.judged(other.network, JUDGED)[0]
    for _ in range(200):
        other.train_step()
    assert other.learner.judged(other.network, JUDGED)[0] < 0.8 * before
    other.save()

    grey = 10 * math.log10(255**2 / PHOTO.astype(float).var())
    for name in ("mse", "ms-ssim"):
        path = tmp_path / f"{name}.safetensors"
        done = TRAINING.export(Checkpoint.read(tmp_path / name / "checkpoint.pt"), path, *load_pictures(data))
        codec = Sigvic2023Codec("sigvic2023-reduced", load_model(path), torch.device("cpu"))
        assert codec.weights_hash == done.weights_hash
        assert "integers in place of real numbers" in done.remarks[0]
        assert psnr_of(codec, Picture(PHOTO), 0.9) > grey + 3.0
        assert codec.lmbda_of(1.0) == pytest.approx(0.045 if name == "mse" else 120.0)


def test_a_resumed_run_is_the_uninterrupted_one(train):
    assert_a_resumed_run_is_the_uninterrupted_one(train)


def test_the_recipe_is_the_papers():
    recipe = SigvicRecipe()
    learner = Sigvic2023Learner("sigvic2023", recipe, Sigvic2023Config())
    assert (recipe.batch, recipe.crop, recipe.steps, recipe.learning_rate) == (8, 256, 2_000_000, 1e-4)
    rates = [learner.learning_rate(step) for step in (0, 1_899_999, 1_900_000, 1_999_999)]
    assert rates == pytest.approx([1e-4, 1e-4, 1e-5, 1e-5])
    assert learner.importance(torch.rand(3, 1, 8, 8)).tolist() == [1.0] * 3


@pytest.mark.parametrize(("options", "share"), [({}, 0.5), ({"varied": 0.0}, 1.0), ({"loss": "ms-ssim"}, 1.0)])
def test_lambda_varies_within_as_many_crops_as_it_shall(data, options, share):
    learner = Sigvic2023Learner("sigvic2023", SigvicRecipe(**options), Sigvic2023Config())
    pictures, _ = load_pictures(data)
    maps = Batches(pictures, 128, 1, shares=learner.shares).draw(0, range(300)).maps
    uniform = (maps.flatten(1).std(dim=1) < 1e-6).float().mean().item()
    assert uniform == pytest.approx(share, abs=0.12)


def test_the_other_loss_is_that_of_ms_ssim(train):
    learner = Sigvic2023Learner("sigvic2023", SigvicRecipe(loss="ms-ssim"), NARROW)
    network = learner.make_network()
    pixels = torch.from_numpy(np.ascontiguousarray(sample_photo().pixels[None, :256, :256]))
    network.start_from(pixels.float() / 255.0 - 0.5)
    for quality, weight in ((0.0, 5.0), (1.0, 120.0)):
        with torch.no_grad():
            done = learner.losses(network, Batch(pixels, torch.full((1, 1, 256, 256), quality)), hard=True)
        shown = ((done.x_hat[0] + 0.5) * 255.0).numpy()
        similarity = ms_ssim(pixels[0].numpy(), np.clip(np.rint(shown), 0, 255).astype(np.uint8))
        assert (done.loss - done.bpp).item() == pytest.approx(weight * (1.0 - similarity), rel=0.05)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"loss": "psnr"}, "mse or ms-ssim, not psnr"),
        ({"optimizer": "sgd"}, "adam or soap, not sgd"),
        ({"loss": "ms-ssim", "crop": 128}, "more than 160 px, not 128"),
    ],
)
def test_what_there_is_not_is_refused(options, said):
    with pytest.raises(ValueError, match=said):
        Sigvic2023Learner("sigvic2023", SigvicRecipe(**options), NARROW)


def test_balanced_a_percent_of_the_loss_counts_alike_at_every_quality():
    learner = Sigvic2023Learner("sigvic2023", SigvicRecipe(balance=0.5), NARROW)
    low, high = learner.importance(torch.tensor([0.0, 1.0])[:, None, None, None]).tolist()
    assert low / high == pytest.approx(math.sqrt(0.045 / 0.0016), rel=1e-3)


def test_the_other_optimizer_learns(train):
    run = train("run", optimizer="soap", learning_rate=1e-3, balance=0.5, steps=60)
    before = run.learner.judged(run.network, JUDGED)[0]
    for _ in range(60):
        run.train_step()
    assert run.learner.judged(run.network, JUDGED)[0] < before


def test_channels_are_chosen_by_what_they_do_on_the_training_set(train, data):
    run = train("run")
    with torch.no_grad():
        run.network.g_a.norms[0].beta[:4] *= 30.0  # which makes four channels small
    choose_shallow(run.network, load_pictures(data)[0])
    assert run.network.g_a.shallow.chosen.tolist() == [0.0] * 4 + [1.0] * 4


def test_scheme_a_has_nothing_to_choose(train, data, tmp_path):
    config = Sigvic2023Config(**{**vars(NARROW), "shallow": 0, "has_gating": False})
    run = train("run", config)
    run.run()
    path = Path(tmp_path / "a.safetensors")
    TRAINING.export(Checkpoint.read(tmp_path / "run" / "checkpoint.pt"), path, *load_pictures(data))
    assert load_model(path).network.g_a.shallow is None
