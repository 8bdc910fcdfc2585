import math

import numpy as np
import pytest

from qmap_studio.core.pictures import Picture
from qmap_studio.recipes.compare import Comparison
from qmap_studio.recipes.encode import uniform_map
from qmap_studio.recipes.figures import measure_file
from qmap_studio.recipes.pictures import comparison_picture, heat_map_picture
from tests.unit.evaluation.pictures import JpegCodec, waves


@pytest.mark.parametrize(("height", "width"), [(1, 1), (17, 33), (40, 900)])
def test_a_heat_map_of_any_size_lies_above_its_scale(height: int, width: int):
    bits = np.zeros((-(-height // 16), -(-width // 16)), np.float32)
    bits[0, 0] = 100
    pixels = heat_map_picture(bits, height, width)
    assert pixels.dtype == np.uint8
    assert pixels.shape[0] > height
    assert pixels.shape[1] >= width
    assert pixels[0, 0].sum() > 300
    assert width <= 16 or pixels[0, 16].sum() < 50


def test_a_rate_has_the_same_colour_in_every_heat_map():
    bits = np.full((2, 3), 30, np.float32)
    alone = heat_map_picture(bits, 32, 48)
    bits[1] = 5000
    beside = heat_map_picture(bits, 32, 48)
    assert (alone[:16] == beside[:16]).all()
    assert (alone[32:] == beside[32:]).all()


@pytest.mark.parametrize(("height", "width"), [(1, 1), (50, 30), (20, 5000)])
def test_a_comparison_of_any_size_has_three_columns(height: int, width: int):
    picture = Picture(waves(height, width))
    with_map, uniform = (JpegCodec().encode(picture, uniform_map(picture, quality)) for quality in (0.2, 0.8))
    region = np.zeros((height, width), bool)
    region[: height // 2] = True
    files = (measure_file(picture, encoding, region) for encoding in (with_map, uniform))
    pixels = comparison_picture(Comparison(picture, *files))
    assert pixels.dtype == np.uint8
    assert 3 * min(width, 320) < pixels.shape[1] < 13_000
    assert math.isclose(pixels[-1, -1].mean(), 255)
