import numpy as np
import pytest

from qmap_studio.evaluation.metrics import psnr_db
from qmap_studio.evaluation.protocol import REGION, UNIFORM, centred_third
from tests.unit.evaluation.pictures import waves


@pytest.mark.parametrize("size", [(64, 64), (512, 768), (768, 512), (1000, 333)])
def test_the_box_is_a_third_of_the_picture_on_the_grid(size):
    box = centred_third(*size)
    assert all(side % 16 == 0 for side in box)
    assert 0.2 < box.area / (size[0] * size[1]) < 0.4
    assert box.clipped(width=size[1], height=size[0]) == box


def test_maps():
    assert np.all(UNIFORM.map_of(32, 48, 0.3) == np.float32(0.3))
    quality_map = REGION.map_of(128, 192, 0.5)
    assert np.allclose(np.unique(quality_map), [0.1, 0.9])
    assert np.all(quality_map[centred_third(128, 192).slices] > 0.5)
    for quality in REGION.qualities:
        assert 0.0 <= REGION.map_of(64, 64, quality).min() <= REGION.map_of(64, 64, quality).max() <= 1.0


def test_errors_in_the_box_count_forty_times():
    picture = waves(128, 192) // 2 + 60
    inside, outside = picture.copy(), picture.copy()
    box = np.zeros(picture.shape[:2], bool)
    box[centred_third(128, 192).slices] = True
    inside[box] += 4
    outside[~box] += 4
    both = picture + 4
    share = box.mean()
    weight = 100**0.8 * share / (100**0.8 * share + 1 - share)

    assert REGION.psnr_db(picture, both) == pytest.approx(psnr_db(picture, both))
    assert REGION.psnr_db(picture, inside) == pytest.approx(psnr_db(picture, both) - 10 * np.log10(weight))
    assert REGION.psnr_db(picture, outside) == pytest.approx(psnr_db(picture, both) - 10 * np.log10(1 - weight))
