import numpy as np

from tests.fixtures import six_soft_strokes


def test_the_named_map_is_the_same_every_time_and_at_every_size():
    quality = six_soft_strokes(512, 768)
    assert quality.dtype == np.float32
    np.testing.assert_array_equal(quality, six_soft_strokes(512, 768))
    assert 0.29 < quality.min() < 0.31
    assert 0.89 < quality.max() <= 0.9
    assert 0.1 < (quality > 0.6).mean() < 0.3
    np.testing.assert_allclose(six_soft_strokes(256, 384), quality[::2, ::2], atol=0.1)
