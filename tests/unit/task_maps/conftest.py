import warnings

import numpy as np
import pytest
import torch
from torch import nn

from tests.fixtures import sample_photo


class Classifier(nn.Module):
    """Class 0 for what is bright at the left, class 1 at the right; class 2 never."""

    def __init__(self):
        super().__init__()
        self.brightness = nn.Conv2d(3, 1, 4, stride=4, bias=False)
        nn.init.constant_(self.brightness.weight, 1 / 48)

    def forward(self, x):
        side = torch.linspace(-1.0, 1.0, x.shape[3] // 4)
        seen = self.brightness(x).relu() * torch.stack([-side, side])[None, :, None].relu()
        return nn.functional.pad(20 * seen.mean(dim=(2, 3)), (0, 1))


def exported(module, path, *inputs):
    torch.export.save(torch.export.export(module.eval(), inputs), path)
    return path


def scripted(module, path):
    with warnings.catch_warnings(action="ignore"):  # torch would have TorchScript used no more
        torch.jit.save(torch.jit.script(module.eval()), path)
    return path


@pytest.fixture(scope="session")
def export_path(tmp_path_factory):
    return exported(Classifier(), tmp_path_factory.mktemp("models") / "sides.pt2", torch.rand(1, 3, 64, 64))


@pytest.fixture(scope="session")
def script_path(tmp_path_factory):
    return scripted(Classifier(), tmp_path_factory.mktemp("models") / "sides.pt")


@pytest.fixture
def right():
    """A picture that is bright at the right."""
    pixels = np.zeros((96, 128, 3), np.uint8)
    pixels[:, 64:] = 200
    return pixels


@pytest.fixture(scope="session")
def face():
    """192 x 192 pixels of the sample photo: a face before a flat wall."""
    return np.ascontiguousarray(sample_photo().pixels[20:212, 150:342])
