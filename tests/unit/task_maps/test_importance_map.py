import numpy as np
import pytest

from qmap_studio.core.errors import ComputeError
from qmap_studio.task_maps import importance_map

HEIGHT, WIDTH = 130, 250  # neither is a whole number of cells


def mask(side_px: int, low: float = 0.49, high: float = 0.51) -> np.ndarray:
    """Rises from the left to the right of the picture."""
    rows, columns = -(-HEIGHT // side_px), -(-WIDTH // side_px)
    return np.tile(np.linspace(low, high, columns, dtype=np.float32), (rows, 1))


@pytest.mark.parametrize("side_px", [2, 4, 8, 16])
def test_a_mask_whose_values_are_near_each_other_makes_a_map_of_all_qualities(side_px: int) -> None:
    quality_map = importance_map(mask(side_px), side_px, HEIGHT, WIDTH)
    assert quality_map.shape == (HEIGHT, WIDTH)
    assert quality_map.dtype == np.float32
    assert quality_map.min() == pytest.approx(0.1)
    assert quality_map.max() == pytest.approx(0.9)
    assert (np.diff(quality_map, axis=1) > -1e-6).all()


def test_the_map_has_no_edges_between_cells() -> None:
    noise = np.random.default_rng(0).random((9, 16)).astype(np.float32)
    quality_map = importance_map(noise, 16, HEIGHT, WIDTH)
    steps = max(np.abs(np.diff(quality_map, axis=axis)).max() for axis in (0, 1))
    assert steps < 0.8 / 16 + 1e-6


def test_a_few_values_far_off_do_not_flatten_the_rest() -> None:
    few = mask(16)
    few[0, 0] = 1.0
    quality_map = importance_map(few, 16, HEIGHT, WIDTH)
    assert quality_map[100:, :32].mean() < 0.25
    assert quality_map[100:, -32:].mean() > 0.75


def test_a_mask_that_tells_nothing_apart_is_refused() -> None:
    with pytest.raises(ComputeError, match="equally important"):
        importance_map(np.full((9, 16), 0.5, np.float32), 16, HEIGHT, WIDTH)


def test_a_picture_smaller_than_a_cell_is_refused_as_it_has_one_value() -> None:
    with pytest.raises(ComputeError):
        importance_map(np.array([[0.1, 0.9]], np.float32), 2, 2, 4)
