"""Rates and the law between quality and lambda."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.core.rate import HEAT_TICKS_BPP, best_step, bits_per_pixel, heat_level, quality_to_lambda


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


def test_the_best_step_costs_least() -> None:
    lmbda = quality_to_lambda(0.3)
    steps = best_step(lmbda) * np.array([0.99, 1.0, 1.01])
    costs = -np.log2(steps) + lmbda / 3 * steps**2 / 12
    assert costs.argmin() == 1


def test_the_heat_maps_scale_is_logarithmic() -> None:
    ticks = np.array(HEAT_TICKS_BPP, np.float32)
    assert heat_level(ticks) == pytest.approx([0, 1 / 3, 2 / 3, 1], abs=1e-6)
    assert heat_level(np.array([0.0, 1e-5, 300.0], np.float32)).tolist() == [0, 0, 1]
    assert np.isnan(heat_level(np.array([np.nan], np.float32))).all()


def test_the_heat_maps_scale_does_not_depend_on_the_other_values() -> None:
    rates = np.geomspace(0.001, 100, 50).astype(np.float32)
    assert heat_level(rates).tolist() == [heat_level(rates[i : i + 1]).item() for i in range(50)]
