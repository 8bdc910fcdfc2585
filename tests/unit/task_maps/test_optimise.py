import cv2
import numpy as np
import pytest
import torch

from qmap_studio.codec import load_codec
from qmap_studio.codec.common.differentiable import Trace, differentiable
from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.errors import Cancelled, QualityMapError
from qmap_studio.core.rect import Rect
from qmap_studio.task_maps import keep_edges, keep_region, optimise, optimise_map


@pytest.fixture(scope="module")
def codec():
    return differentiable(load_codec(device="cpu"))


class PlainCodec:
    """A pixel fades to grey as its quality falls; quality costs 1 bit a pixel. Keeps the sizes that it was given."""

    cell, device = 16, torch.device("cpu")

    def __init__(self):
        self.shapes = []

    def __call__(self, pixels, quality_map):
        self.shapes.append(tuple(pixels.shape[-2:]))
        return Trace(0.5 + (pixels - 0.5) * quality_map, quality_map.sum())


def means(quality_map, mask):
    return quality_map[mask].mean(), quality_map[~mask].mean()


def objective_of_uniform(codec, pixels, quality):
    """Of keeping edges at lambda 0.3, as the search counts it."""
    start = np.full(pixels.shape[:2], quality, np.float32)
    return optimise_map(codec, pixels, keep_edges, lmbda=0.3, iterations=0, start=start).objective


def test_edges_get_more_quality_than_flat_ground(codec, face):
    iterates = []
    best = optimise_map(codec, face, keep_edges, lmbda=0.3, iterations=8, report=iterates.append)
    objectives = [iterate.objective for iterate in iterates]
    assert objectives == sorted(objectives, reverse=True)
    assert best.objective == pytest.approx(best.bpp + 0.3 * best.task_loss)
    assert [iterate.iteration for iterate in iterates] == list(range(9))

    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float32)
    strength = np.hypot(cv2.Sobel(grey, -1, 1, 0), cv2.Sobel(grey, -1, 0, 1))
    cells = strength.reshape(12, 16, 12, 16).mean(axis=(1, 3)).repeat(16, axis=0).repeat(16, axis=1)
    edges, flat = cells > np.quantile(cells, 0.75), cells < np.quantile(cells, 0.25)
    assert best.quality_map[edges].mean() > best.quality_map[flat].mean() + 0.2


def test_from_any_start_a_search_finds_more_than_uniform_maps_give(codec, face):
    uniform = min(objective_of_uniform(codec, face, quality) for quality in (0.3, 0.4, 0.5, 0.6))
    left = []
    for seed in range(3):
        iterates = []
        best = optimise_map(codec, face, keep_edges, lmbda=0.3, iterations=8, seed=seed, report=iterates.append)
        assert best.objective < uniform
        left.append(best.objective / iterates[0].objective)
    assert np.mean(left) < 0.7


def test_a_region_gets_more_quality_than_the_rest(codec, face):
    rect = Rect(32, 48, 64, 64)
    start = np.full(face.shape[:2], 0.4, np.float32)
    best = optimise_map(codec, face, keep_region(rect, 192, 192), lmbda=0.3, iterations=3, start=start)
    mask = np.zeros(face.shape[:2], bool)
    mask[rect.slices] = True
    inside, outside = means(best.quality_map, mask)
    assert inside > outside + 0.2


def test_a_cancelled_search_gives_the_best_so_far(face):
    iterates = []

    def checkpoint(_fraction):
        if len(iterates) == 3:
            raise Cancelled

    best = optimise_map(
        PlainCodec(), face, keep_edges, lmbda=0.1, iterations=5, report=iterates.append, checkpoint=checkpoint
    )
    assert best is iterates[-1]
    assert best.iteration == 2


def test_cancelled_before_anything_was_found(face):
    def checkpoint(_fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        optimise_map(PlainCodec(), face, keep_edges, lmbda=0.1, iterations=5, checkpoint=checkpoint)


def test_progress_never_falls_and_never_passes_the_end(face):
    fractions = []
    optimise_map(PlainCodec(), face, keep_edges, lmbda=0.1, iterations=5, checkpoint=fractions.append)
    assert fractions == sorted(fractions)
    assert 0 == fractions[0] < fractions[-1] < 1


def test_a_large_photo_is_searched_on_a_reduced_copy(monkeypatch):
    monkeypatch.setattr(optimise, "LARGEST_PX", 10_000)
    codec, pixels = PlainCodec(), np.random.default_rng(0).integers(0, 256, (301, 333, 3), np.uint8)
    best = optimise_map(codec, pixels, keep_region(Rect(300, 10, 20, 20), 301, 333), lmbda=0.1, iterations=1)
    assert set(codec.shapes) == {(76, 84)}
    assert best.quality_map.shape == (301, 333)


@pytest.mark.parametrize("shape", [(1, 1), (17, 5), (16, 64)])
def test_any_size(shape):
    best = optimise_map(PlainCodec(), np.zeros((*shape, 3), np.uint8), keep_edges, lmbda=0.1, iterations=1)
    assert best.quality_map.shape == shape
    assert best.quality_map.dtype == np.float32
    assert (best.quality_map >= 0).all()
    assert (best.quality_map <= 1).all()


def test_the_random_start_is_the_papers(face):
    iterates = []
    pixels = np.zeros((640, 640, 3), np.uint8)
    optimise_map(PlainCodec(), pixels, keep_edges, lmbda=0.1, iterations=0, report=iterates.append, seed=3)
    p = np.log(iterates[0].quality_map[::16, ::16] / (1 - iterates[0].quality_map[::16, ::16]))
    assert p.mean() == pytest.approx(-2, abs=0.1)
    assert p.std() == pytest.approx(1, abs=0.1)


def test_a_start_of_0_or_1_can_still_be_left(face):
    for start, lmbda in ((0.0, 100.0), (1.0, 0.0)):
        whole = np.full((192, 192), start, np.float32)
        best = optimise_map(PlainCodec(), face, keep_edges, lmbda=lmbda, iterations=5, start=whole)
        assert np.abs(best.quality_map - start).max() > 0.5


def test_a_region_off_the_picture():
    with pytest.raises(QualityMapError, match="no pixel of the picture, which is 192 x 192"):
        keep_region(Rect(200, 0, 10, 10), 192, 192)


def test_nothing_is_spent_where_a_bound_keeps_the_pixels_anyway(face):
    rect = Rect(32, 48, 64, 64)
    bounds = np.full(face.shape[:2], UNBOUNDED, np.uint8)
    bounds[:, : face.shape[1] // 2] = WITHOUT_LOSS
    start = np.full(face.shape[:2], 0.4, np.float32)
    task = keep_region(rect, 192, 192)
    best = optimise_map(PlainCodec(), face, task, lmbda=3.0, iterations=3, bounds=bounds, start=start)
    without = optimise_map(PlainCodec(), face, task, lmbda=3.0, iterations=3, start=start)
    assert best.task_loss < without.task_loss
    assert best.quality_map[rect.slices].mean() < without.quality_map[rect.slices].mean()


def test_bounds_of_a_large_picture_are_reduced_with_it(monkeypatch, face):
    monkeypatch.setattr(optimise, "LARGEST_PX", 96 * 96)
    bounds = np.full(face.shape[:2], WITHOUT_LOSS, np.uint8)
    best = optimise_map(PlainCodec(), face, keep_edges, lmbda=0.1, iterations=1, bounds=bounds)
    assert best.task_loss == pytest.approx(0, abs=1e-6)
