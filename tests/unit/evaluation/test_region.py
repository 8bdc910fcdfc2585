import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.core.cells import CELL_PX
from qmap_studio.evaluation.region import CELL, bits_in, default_threshold, measure, region_of

from .pictures import posterised, waves


def cells(height, width, seed=0):
    return np.random.default_rng(seed).uniform(1, 50, (-(-height // CELL), -(-width // CELL))).astype(np.float32)


def test_the_cell_is_the_codec_s():
    assert CELL == CELL_PX


@given(height=st.integers(1, 70), width=st.integers(1, 70), seed=st.integers(0, 9))
def test_bits_of_a_region_and_of_the_rest_are_all_bits(height, width, seed):
    region = np.random.default_rng(seed).random((height, width)) < 0.4
    bits = cells(height, width, seed)
    assert bits_in(bits, region) + bits_in(bits, ~region) == pytest.approx(float(bits.sum()), rel=1e-5)
    assert bits_in(bits, np.ones((height, width), bool)) == pytest.approx(float(bits.sum()), rel=1e-5)


def test_a_cell_at_the_edge_spreads_its_bits_over_the_pixels_it_has():
    bits = np.array([[0, 90]], np.float32)  # the second cell is 16 high and 3 wide
    region = np.zeros((16, 19), bool)
    region[:, 18] = True
    assert bits_in(bits, region) == pytest.approx(30)


def test_figures_inside_outside_and_overall():
    picture = waves(64, 96)
    other = picture.copy()
    other[:, 48:] = posterised(picture[:, 48:], 60)
    left = np.zeros((64, 96), bool)
    left[:, :48] = True
    bits = np.zeros((4, 6), np.float32)
    bits[:, :3], bits[:, 3:] = 30, 10

    figures = measure(picture, other, bits, left, size_bytes=77)

    assert (figures.inside.pixels, figures.outside.pixels, figures.overall.pixels) == (3072, 3072, 6144)
    assert (figures.inside.bits, figures.outside.bits, figures.overall.bits) == (360, 120, 8 * 77)
    assert figures.inside.bpp == pytest.approx(360 / 3072)
    assert figures.inside.share_of_bits == pytest.approx(0.75)
    assert figures.overall.share_of_bits == 1
    assert figures.inside.psnr_db == math.inf
    assert figures.outside.psnr_db < figures.overall.psnr_db < math.inf
    assert figures.inside.ms_ssim > figures.overall.ms_ssim > figures.outside.ms_ssim
    assert (figures.size_bytes, figures.estimated) == (77, False)


def test_without_a_file_its_size_is_estimated_from_the_bits():
    picture = waves(16, 16)
    figures = measure(picture, picture, np.array([[81]], np.float32))
    assert (figures.inside, figures.outside) == (None, None)
    assert (figures.size_bytes, figures.estimated) == (11, True)


@pytest.mark.parametrize("whole", [True, False])
def test_an_empty_side_has_no_figures(whole):
    picture = waves(16, 16)
    figures = measure(picture, picture, np.array([[80]], np.float32), np.full((16, 16), whole))
    assert (figures.inside is not None, figures.outside is not None) == (whole, not whole)


def test_a_picture_of_no_bits_has_no_shares():
    picture = waves(16, 16)
    assert math.isnan(measure(picture, picture, np.zeros((1, 1), np.float32)).overall.share_of_bits)


def test_cells_of_another_picture_are_misuse():
    picture = waves(16, 16)
    with pytest.raises(ValueError, match="cells"):
        measure(picture, picture, np.zeros((2, 1), np.float32))


def two_qualities(low, high, dtype):
    quality_map = np.full((70, 100), low, dtype)
    quality_map[16:48, 32:80] = high
    return quality_map


@pytest.mark.parametrize(("low", "high", "dtype"), [(0.2, 0.8, np.float32), (13107, 52428, np.uint16)])
def test_two_qualities_are_parted_half_way(low, high, dtype):
    quality_map = two_qualities(low, high, dtype)
    assert default_threshold(quality_map) == pytest.approx((low + high) / 2, rel=1e-3)
    assert (region_of(quality_map) == (quality_map == dtype(high))).all()


def test_an_outlier_does_not_move_the_threshold():
    quality_map = np.full((320, 320), 0.1, np.float32)
    quality_map[:160, :160] = 0.3
    quality_map[304:, 304:] = 1.0
    assert 0.1 < default_threshold(quality_map) < 0.3


def test_a_threshold_given_counts():
    quality_map = two_qualities(0.2, 0.8, np.float32)
    assert region_of(quality_map, 0.1).all()
    assert not region_of(quality_map, 0.9).any()


@pytest.mark.parametrize("quality", [0.0, 0.7, 1.0])
def test_a_constant_map_has_no_threshold_and_no_region(quality):
    quality_map = np.full((40, 33), quality, np.float32)
    assert default_threshold(quality_map) is None
    assert region_of(quality_map) is None
