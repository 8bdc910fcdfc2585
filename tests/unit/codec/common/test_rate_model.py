import numpy as np
import pytest

from qmap_studio.codec.common.rate_model import FLOOR_BITS, RateModel
from tests.fixtures import sample_photo


def test_more_quality_costs_more_and_nothing_costs_the_least():
    model = RateModel(sample_photo().pixels)
    sums = [float(model.bits(np.full((38, 32), quality)).sum()) for quality in np.linspace(0, 1, 9)]
    assert sums == sorted(sums)
    assert sums[-1] > 5 * sums[0]
    assert RateModel(np.full((64, 64, 3), 90, np.uint8)).bits(np.ones((4, 4))) == pytest.approx(FLOOR_BITS)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (15, 33), (300, 500)])
def test_every_size_has_its_cells(height, width):
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    rows, columns = -(-height // 16), -(-width // 16)
    bits = RateModel(pixels).bits(np.full((rows, columns), 0.5))
    assert bits.shape == (rows, columns)
    assert np.isfinite(bits).all()


def test_a_part_is_a_part_of_the_whole():
    pixels = sample_photo().pixels
    whole = RateModel(pixels).bits(np.full((38, 32), 0.5))
    part = np.s_[17:30, 3:9]
    np.testing.assert_allclose(RateModel(pixels).bits(np.full((13, 6), 0.5), part), whole[part], rtol=1e-5)
    # Bands of rows do not show.
    np.testing.assert_allclose(RateModel(pixels[256:]).bits(np.full((22, 32), 0.5)), whole[16:], rtol=1e-5)
