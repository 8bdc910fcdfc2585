import io
import tarfile

import numpy as np
import pytest
import torch
from PIL import Image

from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.training.data import is_held_out
from qmap_studio.training.families.live import LiveLearner
from qmap_studio.training.recipe import Recipe
from qmap_studio.training.trainer import Trainer
from tests.fixtures import sample_photo

TINY = LiveConfig(
    luma=8, chroma=4, width8=8, width16=8, blocks8=1, blocks16=1, condition=4, hyper_latent=4, hyper=4, context=8
)


def weights(trainer):
    return torch.cat([p.detach().flatten() for p in trainer.network.parameters()])


def averages(trainer):
    return torch.cat([trainer.weights.averages[name].flatten() for name, _ in trainer.network.named_parameters()])


def assert_a_resumed_run_is_the_uninterrupted_one(train):
    """Of runs of a name that `train` makes, four steps at a stretch and with a pause after the first."""
    whole, parts = train("whole"), train("parts")
    for _ in range(4):
        whole.train_step()
    parts.train_step()
    parts.save()
    resumed = train("parts")
    resumed.resume(resumed.states.newest())
    assert resumed.step == 1
    for _ in range(3):
        resumed.train_step()
    assert torch.equal(weights(resumed), weights(whole))


def learner_of(config: LiveConfig = TINY, **recipe) -> LiveLearner:
    learner = LiveLearner(
        "live", Recipe(**{"steps": 4, "batch": 2, "crop": 64, "warmup": 2, "validate_every": 100} | recipe), config
    )
    learner.validation_crops = 4
    return learner


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder with one tar file of crops of a real photo, one of them held out."""
    folder = tmp_path_factory.mktemp("data")
    names = [f"{n}.jpg" for n in range(200)]
    chosen = [n for n in names if not is_held_out(n)][:3] + [n for n in names if is_held_out(n)][:1]
    pixels = sample_photo().pixels
    with tarfile.open(folder / "shard.tar", "w") as tar:
        for i, name in enumerate(chosen):
            file = io.BytesIO()
            Image.fromarray(np.ascontiguousarray(pixels[30 * i : 30 * i + 400, 20 * i : 20 * i + 384])).save(
                file, "JPEG"
            )
            info = tarfile.TarInfo(name)
            info.size = file.tell()
            file.seek(0)
            tar.addfile(info, file)
    return folder


@pytest.fixture
def trainer(data, tmp_path):
    """Makes trainers of a tiny network, each in a folder of its name."""

    def make(name: str, config: LiveConfig = TINY, **recipe) -> Trainer:
        return Trainer.alone(tmp_path / name, data, learner_of(config, **recipe), torch.device("cpu"))

    return make
