import math

import numpy as np
import pytest

from qmap_studio.evaluation.metrics import ms_ssim, ms_ssim_db, psnr_db, squared_error_map
from tests.unit.evaluation.pictures import posterised, waves


def shifted(pixels, by):
    return np.clip(pixels.astype(int) + by, 0, 255).astype(np.uint8)


def test_squared_error_is_the_mean_over_channels():
    a = np.zeros((130, 5, 3), np.uint8)
    b = a.copy()
    b[129, 4] = (3, 0, 255)
    errors = squared_error_map(a, b)
    assert errors.dtype == np.float32
    assert errors[129, 4] == pytest.approx((9 + 255**2) / 3)
    assert errors.sum() == pytest.approx(errors[129, 4])


def test_psnr_of_a_known_error():
    a = np.full((20, 30, 3), 100, np.uint8)
    assert psnr_db(a, shifted(a, 5)) == pytest.approx(10 * math.log10(255**2 / 25))


def test_psnr_counts_only_the_region():
    a = np.full((20, 30, 3), 100, np.uint8)
    b = a.copy()
    b[:, 15:] += 5
    right = np.zeros((20, 30), bool)
    right[:, 15:] = True
    assert psnr_db(a, b, right) == pytest.approx(10 * math.log10(255**2 / 25))
    assert psnr_db(a, b, ~right) == math.inf


def test_identical_pictures():
    a = waves(64, 80)
    assert psnr_db(a, a) == math.inf
    assert ms_ssim(a, a) == 1
    assert ms_ssim_db(ms_ssim(a, a)) == math.inf


def test_ms_ssim_in_decibels():
    assert ms_ssim_db(0.99) == pytest.approx(20)
    assert math.isnan(ms_ssim_db(math.nan))


# From pytorch_msssim 1.0.0, data range 255, in float64; odd sizes because halving them is where versions differ.
@pytest.mark.parametrize(
    ("height", "width", "step", "expected"),
    [(192, 256, 40, 0.944863), (177, 161, 40, 0.934131), (201, 163, 90, 0.746175), (170, 300, 8, 0.998128)],
)
def test_ms_ssim_agrees_with_the_usual_implementation(height, width, step, expected):
    picture = waves(height, width)
    assert ms_ssim(picture, posterised(picture, step)) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (7, 9), (10, 10), (11, 11), (12, 8), (20, 300), (161, 160)])
def test_small_pictures_use_what_scales_they_have(size):
    picture = waves(*size)
    assert ms_ssim(picture, picture) == pytest.approx(1)
    worse, better = ms_ssim(picture, posterised(picture, 100)), ms_ssim(picture, posterised(picture, 10))
    assert 0 <= worse < better < 1


@pytest.mark.parametrize("size", [(192, 256), (177, 163), (40, 30)])
def test_a_region_that_covers_the_picture_changes_nothing(size):
    picture = waves(*size)
    other = posterised(picture, 40)
    assert ms_ssim(picture, other, np.ones(size, bool)) == pytest.approx(ms_ssim(picture, other), abs=1e-6)


def test_a_region_sees_its_own_damage_most():
    picture = waves(192, 256)
    other = picture.copy()
    other[:, :128] = posterised(picture[:, :128], 60)
    left = np.zeros((192, 256), bool)
    left[:, :128] = True
    assert ms_ssim(picture, other, left) < ms_ssim(picture, other) < ms_ssim(picture, other, ~left)


def test_a_corner_no_window_is_centred_on_has_a_value():
    picture = waves(192, 256)
    corner = np.zeros((192, 256), bool)
    corner[:4, :4] = True
    assert 0 < ms_ssim(picture, posterised(picture, 40), corner) < 1


def test_an_empty_region_has_none():
    picture = waves(32, 32)
    assert math.isnan(ms_ssim(picture, picture, np.zeros((32, 32), bool)))


def test_pictures_of_different_sizes_are_misuse():
    with pytest.raises(ValueError, match="shapes"):
        psnr_db(waves(8, 8), waves(8, 9))
    with pytest.raises(ValueError, match="shapes"):
        ms_ssim(waves(8, 8), waves(8, 9))
