import numpy as np
import pytest
import torch
from torch import nn

from qmap_studio.core.errors import TaskModelError
from qmap_studio.task_maps import grad_cam_map, load_task_model
from tests.unit.task_maps.conftest import exported


@pytest.fixture
def model(export_path):
    return load_task_model(export_path)


def test_it_lies_where_the_class_is_seen(model, right):
    quality_map = grad_cam_map(model, right)
    assert quality_map.shape == right.shape[:2]
    assert quality_map.dtype == np.float32
    assert quality_map[:, 120:].min() > 0.8 > 0.1 > quality_map[:, :60].max()


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_alpha_is_its_highest_quality(model, right, alpha):
    assert grad_cam_map(model, right, alpha).max() == pytest.approx(alpha)


def test_a_class_that_nothing_speaks_for_gives_0(model, right):
    assert not grad_cam_map(model, np.zeros_like(right)).any()


def test_a_class_that_is_not_there(model, right):
    with pytest.raises(TaskModelError, match="classes 0 to 2"):
        grad_cam_map(model, right, label=3)


def test_torchscript_cannot_be_looked_into(script_path, right):
    with pytest.raises(TaskModelError, match="TorchScript hides it"):
        grad_cam_map(load_task_model(script_path), right)


def test_a_model_without_feature_maps(tmp_path, right):
    flat = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 5))
    model = load_task_model(exported(flat, tmp_path / "flat.pt2", torch.rand(1, 3, 8, 8)))
    with pytest.raises(TaskModelError, match="no feature map"):
        grad_cam_map(model, right)


def test_alpha_is_a_share():
    with pytest.raises(ValueError, match="alpha"):
        grad_cam_map(None, None, 1.5)
