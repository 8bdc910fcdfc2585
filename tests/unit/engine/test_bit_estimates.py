import numpy as np
import pytest

from qmap_studio.codec.common.rate_model import RateModel
from qmap_studio.engine.bit_estimates import BitEstimates
from tests.fixtures import sample_photo

ALL = np.s_[:, :]
ROWS, COLUMNS = 38, 32


class Flat:
    """A model that expects as much of every cell, twice as much at quality 1 as at 0."""

    def bits(self, quality, cells=ALL):
        return (10 * (1 + quality)).astype(np.float32)


def estimates(quality=0.5):
    return BitEstimates(Flat(), np.full((ROWS, COLUMNS), quality))


def mask(part):
    where = np.zeros((ROWS, COLUMNS), bool)
    where[part] = True
    return where


def bits(value):
    return np.full((ROWS, COLUMNS), value, np.float32)


def test_with_nothing_known_it_is_what_the_model_expects():
    assert estimates().bits() == pytest.approx(15)


def test_what_is_known_is_kept_and_the_rest_follows_it():
    found = estimates()
    found.learn(ALL, bits(60), mask(np.s_[:20, :16]))
    assert (found.bits()[:20, :16] == 60).all()
    assert found.bits() == pytest.approx(60, rel=0.1)


def test_near_cells_count_more_than_far_ones():
    found = estimates()
    found.learn(ALL, bits(60), mask(np.s_[:, :8]))
    found.learn(ALL, bits(15), mask(np.s_[:, 24:]))
    assert (np.diff(found.bits().mean(axis=0)) < 1e-3).all()
    assert found.bits()[:, 9].mean() > 50
    assert found.bits()[:, 22].mean() < 25


def test_a_new_quality_follows_cells_of_that_quality():
    found = estimates()
    found.learn(ALL, bits(15), mask(ALL))
    found.change_map(np.s_[:, 16:], np.full((ROWS, 16), 0.9))
    assert (found.bits()[:, :16] == 15).all()
    assert found.bits()[:, 16:] == pytest.approx(19)
    found.learn(ALL, bits(38), mask(np.s_[:12, 16:]))
    assert (found.bits()[:12, 16:] == 38).all()
    assert found.bits()[12:, 16:] == pytest.approx(38, rel=0.15)


def test_a_cell_keeps_how_it_differs_from_its_neighbours():
    found = estimates()
    found.learn(ALL, np.where(mask(np.s_[10:20, 10:20]), 30, 10).astype(np.float32), mask(ALL))
    found.change_map(ALL, np.full((ROWS, COLUMNS), 0.6))
    assert found.bits()[12:18, 12:18].min() > 1.5 * found.bits()[30:, 20:].max()


def test_an_undone_edit_costs_what_it_did():
    found = estimates()
    found.learn(ALL, bits(23), mask(ALL))
    found.change_map(np.s_[5:9, 5:9], np.full((4, 4), 0.9))
    found.change_map(np.s_[5:9, 5:9], np.full((4, 4), 0.5))
    assert (found.bits() == 23).all()


@pytest.mark.parametrize("quality", [0.2, 0.9])
def test_a_real_photo_is_known_when_half_of_it_is_coded(quality):
    from qmap_studio.codec import load_codec

    pixels = sample_photo().pixels
    exact = load_codec(device="cpu").preview(pixels, np.full(pixels.shape[:2], quality, np.float32)).cell_bits
    found = BitEstimates(RateModel(pixels), np.full(exact.shape, quality))
    assert found.bits().sum() == pytest.approx(exact.sum(), rel=0.35)
    assert np.corrcoef(found.bits().ravel(), exact.ravel())[0, 1] > 0.85
    rows, columns = np.indices(exact.shape) // 8
    found.learn(ALL, exact, (rows + columns) % 2 == 0)
    assert found.bits().sum() == pytest.approx(exact.sum(), rel=0.05)
