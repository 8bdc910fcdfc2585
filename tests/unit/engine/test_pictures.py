import math
from dataclasses import replace

import numpy as np
import pytest
from fake_codec import FakeCodec, flat_map, photo

from qmap_studio.core.cells import qualities_of
from qmap_studio.core.rect import Rect
from qmap_studio.engine import Compared, Side
from qmap_studio.engine.figures import region_in
from qmap_studio.engine.pictures import comparison_picture, heat_map_picture
from qmap_studio.recipes.figures import measure_file


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
    picture = photo(height, width)
    values = flat_map(picture)
    values[: height // 2] = 65535
    encoding = FakeCodec().encode(picture, qualities_of(values))
    side = Side(
        encoding.reconstruction, encoding.cell_bits, 10, measure_file(picture, encoding).figures, "quality 0.25"
    )
    pixels = comparison_picture(Compared(1, picture.pixels, side, replace(side, size_bytes=11)))
    assert pixels.dtype == np.uint8
    assert 3 * min(width, 320) < pixels.shape[1] < 13_000
    assert math.isclose(pixels[-1, -1].mean(), 255)


def test_inside_is_the_selection_or_else_what_is_above_the_threshold():
    values = np.zeros((40, 60), np.uint16)
    whole = Rect(0, 0, 60, 40)
    values[10:20, 30:50] = 65535
    values[0, 0] = 30000
    assert region_in(whole, values, None, None) is None
    for threshold, pixels in ((0.0, 201), (0.5, 200), (1.0, 0)):
        by_quality = region_in(whole, values, None, threshold)
        assert by_quality is not None
        assert by_quality.sum() == pixels
    part = region_in(Rect(32, 0, 28, 16), values, None, 0.5)
    assert part is not None
    assert (part == (values[:16, 32:] > 0)).all()
    selected = region_in(whole, values, Rect(-5, -5, 10, 10), 0.5)
    assert selected is not None
    assert selected.sum() == 25
