"""Rates and the law between quality and lambda."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.core.rate import bits_per_pixel, heat_top, quality_to_lambda


def test_bits_per_pixel() -> None:
    assert bits_per_pixel(49152, 512, 768) == 1.0


def test_ends_of_the_law() -> None:
    assert quality_to_lambda(0.0) == pytest.approx(0.0008)
    assert quality_to_lambda(1.0) == pytest.approx(0.08)


@given(st.floats(0, 1), st.floats(0, 1))
def test_lambda_rises_with_quality(a: float, b: float) -> None:
    assert (quality_to_lambda(a) <= quality_to_lambda(b)) == (quality_to_lambda(min(a, b)) == quality_to_lambda(a))


def test_a_map_gives_what_its_values_give() -> None:
    quality_map = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    lambda_map = quality_to_lambda(quality_map)
    assert lambda_map.dtype == np.float32
    assert lambda_map.shape == (3, 4)
    assert lambda_map[1, 2] == pytest.approx(quality_to_lambda(float(quality_map[1, 2])), rel=1e-5)


@pytest.mark.parametrize(("peak", "top"), [(0.03, 0.05), (0.9, 1.0), (1.04, 1.0), (1.2, 2.0), (4.4, 5.0), (7.0, 10.0)])
def test_the_heat_maps_scale_ends_at_a_round_number(peak: float, top: float) -> None:
    assert heat_top(np.full((4, 4), peak)) == pytest.approx(top)


def test_the_heat_maps_scale_holds_still_while_it_serves() -> None:
    assert heat_top(np.full((4, 4), 1.1), current=2.0) == 2.0
    assert heat_top(np.full((4, 4), 0.5), current=2.0) == 0.5
    assert heat_top(np.full((4, 4), np.nan), current=2.0) == 2.0
