import numpy as np
import pytest
from PIL import Image

from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.errors import QualityMapError, QualityMapShapeError
from qmap_studio.document import bounds_file, read_bounds


def write(path, bounds):
    path.write_bytes(bounds_file(path, bounds))


@pytest.fixture
def mask(tmp_path):
    """A soft mask as an editor saves it, and its path."""
    values = np.tile(np.linspace(0, 255, 40).astype(np.uint8), (30, 1))
    Image.fromarray(values).save(tmp_path / "mask.png")
    return values, tmp_path / "mask.png"


@pytest.mark.parametrize("suffix", [".png", ".tif", ".npy"])
def test_bounds_come_back_as_they_were_saved(tmp_path, suffix):
    bounds = np.random.default_rng(0).choice(np.array([0, 1, 5, 8, UNBOUNDED], np.uint8), (30, 40))
    write(tmp_path / f"region{suffix}", bounds)
    np.testing.assert_array_equal(read_bounds(tmp_path / f"region{suffix}", 30, 40), bounds)


def test_a_mask_is_without_loss_above_half_or_gets_the_bound_that_is_asked_for(mask):
    values, path = mask
    np.testing.assert_array_equal(read_bounds(path, 30, 40), np.where(values > 127, 0, UNBOUNDED))
    np.testing.assert_array_equal(read_bounds(path, 30, 40, 3), np.where(values > 127, 3, UNBOUNDED))


def test_booleans_and_pictures_of_two_colours_are_masks(tmp_path):
    inside = np.random.default_rng(1).random((30, 40)) < 0.5
    np.save(tmp_path / "mask.npy", inside)
    Image.fromarray(inside).save(tmp_path / "mask.bmp")
    for name in ("mask.npy", "mask.bmp"):
        np.testing.assert_array_equal(read_bounds(tmp_path / name, 30, 40), np.where(inside, 0, UNBOUNDED))


def test_saved_bounds_are_white_for_everybody_else(tmp_path):
    write(tmp_path / "region.png", np.array([[0, UNBOUNDED]], np.uint8))
    assert np.asarray(Image.open(tmp_path / "region.png")).tolist() == [[255, 0]]


def test_a_mask_of_another_size_or_none_at_all_says_so(mask, tmp_path):
    with pytest.raises(QualityMapShapeError, match=r"The map mask\.png is 40 x 30 pixels, the picture is 50 x 30"):
        read_bounds(mask[1], 30, 50)
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(QualityMapError, match="no map"):
        read_bounds(tmp_path / "text.png", 30, 40)
    with pytest.raises(QualityMapError, match=r"region\.jpg"):
        write(tmp_path / "region.jpg", np.zeros((3, 3), np.uint8))
