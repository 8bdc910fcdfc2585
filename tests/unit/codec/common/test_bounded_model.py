import io

import numpy as np
import pytest
from PIL import Image

from qmap_studio.codec.common.bounded_model import MOST_CELLS, BoundedModel
from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.cells import cells_of
from qmap_studio.core.rect import Rect
from tests.fixtures import sample_photo

PHOTO = sample_photo().pixels


def webp_bits(pixels: np.ndarray, bound: int) -> int:
    """What WebP lossless needs for the pixels in the steps that a bound allows."""
    file = io.BytesIO()
    steps = (pixels.astype(int) + bound) // (2 * bound + 1)
    Image.fromarray(steps.astype(np.uint8)).save(file, "WEBP", lossless=True, method=4, quality=75)
    return 8 * len(file.getvalue())


def bits(pixels: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    return BoundedModel(pixels).bits(cells_of(Rect.whole(*bounds.shape)), bounds)


@pytest.mark.parametrize("bound", [0, 1, 2, 4, 8])
@pytest.mark.parametrize(("top", "left"), [(40, 120), (300, 200)])
def test_a_tile_of_a_photo_costs_about_what_is_expected(bound, top, left):
    tile = PHOTO[top : top + 256, left : left + 256]
    expected = bits(tile, np.full((256, 256), bound, np.uint8)).sum()
    assert expected == pytest.approx(webp_bits(tile, bound), rel=0.1 if bound < 2 else 0.25)


def test_only_bounded_pixels_cost_something():
    bounds = np.full((100, 90), UNBOUNDED, np.uint8)
    whole = np.zeros((100, 90), np.uint8)
    bounds[20:50, 40:90] = 0
    found = bits(PHOTO[:100, :90], bounds)
    assert (found > 0).sum() == 3 * 4
    everywhere = bits(PHOTO[:100, :90], whole)
    np.testing.assert_allclose(found[2, 3:], everywhere[2, 3:])
    np.testing.assert_allclose(found[1, 3], everywhere[1, 3] * 12 / 16, rtol=1e-5)


def test_a_flat_picture_costs_next_to_nothing_and_noise_more_than_it_is():
    flat, all_of_it = np.full((64, 64, 3), 90, np.uint8), np.zeros((64, 64), np.uint8)
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    assert bits(flat, all_of_it).sum() == 0
    assert bits(noise, all_of_it).sum() > 8 * 3 * 64 * 64


def test_it_does_not_matter_in_which_parts_a_picture_is_looked_at():
    whole = np.zeros(PHOTO.shape[:2], np.uint8)
    model = BoundedModel(PHOTO)
    cells = Rect(3, 5, 10, 4)
    part = model.bits(cells, whole[80:144, 48:208])
    of_whole = model.bits(cells_of(Rect.whole(*whole.shape)), whole)[cells.slices]
    np.testing.assert_allclose(part, of_whole, rtol=1e-6)  # a sum's last digit depends on the processor


def test_a_very_large_part_is_looked_at_in_samples():
    pixels = np.tile(PHOTO, (4, 6, 1))[: 16 * 128, : 16 * 160]
    assert 2 * MOST_CELLS < 128 * 160
    model, whole = BoundedModel(pixels), np.zeros(pixels.shape[:2], np.uint8)
    sampled = model.bits(Rect(0, 0, 160, 128), whole).sum()
    parts = [BoundedModel(pixels).bits(Rect(0, row, 160, 16), whole[:256]).sum() for row in range(0, 128, 16)]
    assert sampled == pytest.approx(sum(parts), rel=0.03)
