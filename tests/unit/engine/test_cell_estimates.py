import numpy as np
import pytest

from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.cells import level_of
from qmap_studio.core.rect import Rect
from qmap_studio.engine.cell_estimates import CellEstimates
from tests.fixtures import sample_photo

PIXELS = sample_photo().pixels[:512, :512]
ALL = np.s_[:, :]
RECT = Rect(8, 4, 12, 16)  # in cells


def estimates() -> CellEstimates:
    return CellEstimates(PIXELS, np.full((32, 32), level_of(0.5), np.float64), None)


def without_loss() -> np.ndarray:
    return np.zeros((16 * RECT.height, 16 * RECT.width), np.uint8)


def where(part) -> np.ndarray:
    found = np.zeros((32, 32), bool)
    found[part] = True
    return found


def test_a_part_without_loss_costs_more_and_the_rest_the_same():
    found = estimates()
    before = found.bits().copy()
    found.change_bounds(RECT, without_loss())
    inside = where(RECT.slices)
    assert (found.bits()[~inside] == before[~inside]).all()
    assert found.bits()[inside].sum() > 5 * before[inside].sum()
    found.change_bounds(RECT, None)
    assert (found.bits() == before).all()


def test_bounds_at_the_beginning_are_those_that_come_later():
    bounds = np.full((512, 512), UNBOUNDED, np.uint8)
    bounds[16 * RECT.y : 16 * RECT.bottom, 16 * RECT.x : 16 * RECT.right] = 0
    later = estimates()
    later.change_bounds(RECT, without_loss())
    means = np.full((32, 32), level_of(0.5), np.float64)
    assert CellEstimates(PIXELS, means, bounds).bits() == pytest.approx(later.bits())


def test_what_bounded_cells_cost_is_no_measure_for_the_others():
    found = estimates()
    before = found.bits().copy()
    found.learn(ALL, before, where(ALL))
    found.change_bounds(RECT, without_loss())
    dear = 3 * found.bits()
    found.learn(ALL, dear, where(RECT.slices))
    found.change_map(Rect(0, 20, 32, 12), np.full((12, 32), level_of(0.501), np.float64))
    below = where(np.s_[20:, :])
    assert found.bits()[below] == pytest.approx(before[below], rel=0.05)
    assert found.bits()[RECT.slices] == pytest.approx(dear[RECT.slices])


def test_bounded_cells_follow_bounded_cells_that_are_known():
    found = estimates()
    found.change_bounds(RECT, without_loss())
    expected = found.bits().copy()
    known = where(np.s_[4:12, 8:20])
    found.learn(ALL, 1.2 * expected, known)
    unknown = where(RECT.slices) & ~known
    assert found.bits()[known] == pytest.approx(1.2 * expected[known])
    assert found.bits()[unknown].sum() == pytest.approx(1.2 * expected[unknown].sum(), rel=0.03)


def test_a_cell_whose_bounds_are_others_is_not_known_any_more():
    found = estimates()
    found.change_bounds(RECT, without_loss())
    expected = found.bits().copy()
    found.learn(ALL, expected, where(RECT.slices))
    found.change_bounds(RECT, without_loss() + np.uint8(3))
    assert found.bits()[RECT.slices].sum() < 0.7 * expected[RECT.slices].sum()


def test_quality_counts_where_a_cell_is_bounded_in_part_only():
    found = estimates()
    bounds = np.full((16, 512), UNBOUNDED, np.uint8)
    bounds[:, :256] = 0
    bounds[:8, 256:] = 0
    found.change_bounds(Rect(0, 0, 32, 1), bounds)
    found.learn(ALL, found.bits().copy(), where(np.s_[0, :]))
    before = found.bits()[0].copy()
    found.change_map(Rect(0, 0, 32, 1), np.full((1, 32), level_of(0.9), np.float64))
    assert (found.bits()[0, :16] == before[:16]).all()
    assert found.bits()[0, 16:].sum() > before[16:].sum()
