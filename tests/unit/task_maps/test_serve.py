"""What a search gives in the place of the map there is."""

import numpy as np
import pytest
import torch

from qmap_studio.codec import load_codec
from qmap_studio.codec.common.differentiable import Trace, differentiable
from qmap_studio.core.errors import Cancelled
from qmap_studio.core.rect import Rect
from qmap_studio.task_maps import Kept, keep_edges, keep_region, serve_task

FLAT = np.full((192, 192), 0.5, np.float32)


@pytest.fixture(scope="module")
def codec():
    return differentiable(load_codec(device="cpu"))


class DearMap:
    """A pixel fades to grey as its quality falls; quality costs 1 bit a pixel, and a map that is not flat far more."""

    cell, device = 16, torch.device("cpu")

    def __call__(self, pixels, quality_map):
        spread = (quality_map - quality_map.mean()).square().sum()
        return Trace(0.5 + (pixels - 0.5) * quality_map, quality_map.sum() + 500 * spread)


@pytest.mark.parametrize(
    ("task", "most"), [(keep_edges, 0.97), (keep_region(Rect(32, 48, 64, 64), 192, 192), 0.75)], ids=["edges", "region"]
)
@pytest.mark.parametrize("quality", [0.3, 0.7])
def test_without_a_weight_the_task_is_served_better_at_the_same_size(codec, face, task, most, quality):
    served = serve_task(codec, face, task, np.full_like(FLAT, quality))
    assert served.kept is Kept.FOUND
    assert served.is_better
    assert served.best.bpp == pytest.approx(served.before.bpp, rel=0.01)
    assert served.best.task_loss < most * served.before.task_loss
    assert served.uniform.bpp == pytest.approx(served.best.bpp, rel=0.01)
    assert f"task loss {served.uniform.task_loss:.3g}" in served.verdict


def test_a_random_start_is_compared_with_the_map_there_is(codec, face):
    task = keep_region(Rect(32, 48, 64, 64), 192, 192)
    served = serve_task(codec, face, task, FLAT, seed=3)
    assert np.ptp(served.before.quality_map) == pytest.approx(0, abs=1e-6)
    assert served.best.bpp == pytest.approx(served.before.bpp, rel=0.01)


def test_where_no_map_is_better_the_one_there_is_stays_and_that_is_said(face):
    served = serve_task(DearMap(), face, keep_edges, FLAT)
    assert served.kept is Kept.BEFORE
    assert not served.is_better
    assert served.best.quality_map == pytest.approx(FLAT, abs=1e-3)
    assert served.verdict.startswith("No map of this size was found that serves the task better, so the map stays")


def test_a_uniform_map_that_serves_better_is_given_and_that_is_said(face):
    wild = np.random.default_rng(0).uniform(0.2, 0.8, (12, 12)).astype(np.float32)
    wild = wild.repeat(16, axis=0).repeat(16, axis=1)
    served = serve_task(DearMap(), face, keep_edges, wild, iterations=1)
    assert served.kept is Kept.UNIFORM
    assert np.ptp(served.best.quality_map) == pytest.approx(0, abs=1e-6)
    assert served.best.task_loss < served.before.task_loss
    assert "so it is uniform now" in served.verdict


def test_a_weight_that_gives_the_task_up_for_bits_says_so(codec, face):
    served = serve_task(codec, face, keep_edges, FLAT, lmbda=0.001)
    assert served.best.bpp < served.before.bpp
    assert served.best.task_loss > served.before.task_loss
    assert served.verdict.endswith(
        "The task is served less well than before, for fewer bits; a larger weight serves it better."
    )


def test_a_cancelled_search_gives_the_best_so_far(codec, face):
    iterates, fractions = [], []

    def checkpoint(fraction):
        fractions.append(fraction)
        if len(iterates) == 3:
            raise Cancelled

    task = keep_region(Rect(32, 48, 64, 64), 192, 192)
    served = serve_task(codec, face, task, FLAT, report=iterates.append, checkpoint=checkpoint)
    assert served.iterations == 2
    assert served.uniform is None
    assert fractions == sorted(fractions)
    assert served.verdict.startswith("Map optimised, from ")


def test_progress_never_falls_and_never_passes_the_end(face):
    fractions = []
    serve_task(DearMap(), face, keep_edges, FLAT, checkpoint=fractions.append)
    assert fractions == sorted(fractions)
    assert 0 == fractions[0] < fractions[-1] < 1


def test_cancelled_before_there_was_a_map(face):
    def checkpoint(_fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        serve_task(DearMap(), face, keep_edges, FLAT, checkpoint=checkpoint)
