import numpy as np
import pytest
import torch

from qmap_studio.core.rate import quality_to_lambda


def test_training_weighs_errors_by_the_law_of_the_files() -> None:
    quality = np.linspace(0, 1, 9, dtype=np.float32)
    lambda_map = quality_to_lambda(torch.from_numpy(quality))
    assert lambda_map.dtype == torch.float32
    assert lambda_map.numpy() == pytest.approx(quality_to_lambda(quality), rel=1e-6)
