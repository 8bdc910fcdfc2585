"""A map is searched in the background, with a codec whose pixels fade to grey as their quality falls."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from fake_codec import FakeCodec, flat_map, painted, photo

from qmap_studio.codec.common.differentiable import Trace
from qmap_studio.core.rect import Rect
from qmap_studio.engine import (
    Engine,
    GradCam,
    JobCancelled,
    JobDone,
    JobFailed,
    JobProgress,
    LiveResult,
    MapFound,
    Notice,
    OptimiseMap,
    progress,
)
from tests.unit.task_maps.conftest import Classifier, exported


@dataclass
class Fading(FakeCodec):
    """`at_checkpoint("trace", 0)` runs before each evaluation of a map."""

    cell = 16

    def differentiable(self):
        network = Network()
        network.codec = self
        return network


class Network:
    cell, device = 16, torch.device("cpu")

    def __call__(self, pixels, quality_map):
        self.codec.at_checkpoint("trace", 0)
        return Trace(0.5 + (pixels - 0.5) * quality_map, quality_map.sum())


@pytest.fixture
def codec():
    return Fading()


@pytest.fixture
def shown(engine, results):
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    results.wait_for(LiveResult, lambda result: result.figures is not None)
    return engine


def test_each_better_map_is_delivered(shown: Engine, results, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(progress, "REPORT_EVERY_S", 0)
    job = shown.submit(OptimiseMap("edges", iterations=3, from_current=True))
    done = results.wait_for(JobDone)
    found = results.of(MapFound)
    assert len(found) == 4  # that of each iteration, and the one that serves best
    assert {result.job_id for result in found} == {job}
    for result in found:
        assert result.picture.pixels.shape[:2] == result.values.shape == (128, 192)
        assert result.values.dtype == np.uint16
    assert done.text.startswith("Map optimised, from 0.2")
    assert results.of(JobProgress)[-1].text.startswith("Iteration ")


def test_without_a_weight_the_size_of_the_map_stays(shown: Engine, results):
    shown.submit(OptimiseMap(Rect(0, 0, 64, 128), from_current=True))
    results.wait_for(JobDone)
    picture = photo()
    size = flat_map(picture).mean(dtype=float)
    assert results.of(MapFound)[-1].values.mean(dtype=float) == pytest.approx(size, rel=0.01)


def test_a_task_that_is_served_less_well_is_told(shown: Engine, results):
    shown.submit(OptimiseMap(Rect(0, 0, 192, 128), lmbda=0.001, from_current=True))
    done = results.wait_for(JobDone)
    assert "The task is served less well than before" in done.text
    assert results.of(Notice)[-1].text == done.text


def test_a_region_of_the_picture(shown: Engine, results):
    shown.submit(OptimiseMap(Rect(0, 0, 64, 128), iterations=5, from_current=True))
    results.wait_for(JobDone)
    values = results.of(MapFound)[-1].values
    assert values[:, :64].mean() > values[:, 64:].mean() + 500


def test_cancelled_it_keeps_the_best_so_far(shown: Engine, codec, results):
    maps = []

    def cancel_after_the_second(what, _fraction):
        if what == "trace":
            maps.append(what)
            if len(maps) == 6:  # three looked at what there was, one at the start, one or more at the first
                shown.cancel(job)

    codec.at_checkpoint = cancel_after_the_second
    job = shown.submit(OptimiseMap("edges", iterations=50, from_current=True))
    done = results.wait_for(JobDone)
    assert " Stopped after " in done.text
    assert 1 <= len(results.of(MapFound)) < 50


def test_cancelled_before_anything_was_found(shown: Engine, codec, results):
    codec.at_checkpoint = lambda what, _fraction: shown.cancel(job) if what == "trace" else None
    job = shown.submit(OptimiseMap("edges"))
    assert results.wait_for(JobCancelled).job_id == job
    assert results.of(MapFound) == []


def test_painting_is_answered_during_a_search(shown: Engine, codec, results):
    painted_once = []

    def paint(what, _fraction):
        if what == "trace" and not painted_once:
            painted_once.append(what)
            shown.update_map(Rect(0, 0, 32, 32), painted(Rect(0, 0, 32, 32)), 2)

    codec.at_checkpoint = paint
    shown.submit(OptimiseMap("edges"))
    results.wait_for(LiveResult, lambda result: result.revision == 2)
    assert results.of(JobDone) == []
    results.wait_for(JobDone)


def test_grad_cam(shown: Engine, results, tmp_path: Path):
    path = exported(Classifier(), tmp_path / "sides.pt2", torch.rand(1, 3, 64, 64))
    shown.submit(GradCam(path, label=1, alpha=0.5))
    assert results.wait_for(JobDone).text == "The map shows where sides.pt2 looks."
    (found,) = results.of(MapFound)
    assert found.values.max() == pytest.approx(0.5 * 65535, rel=0.01)
    assert not found.values[:, :80].any()


@pytest.mark.parametrize("job", [OptimiseMap(Path("none.pt2")), GradCam(Path("none.pt2"))])
def test_a_model_that_cannot_be_used(job, shown: Engine, results):
    shown.submit(job)
    assert results.wait_for(JobFailed).message == "none.pt2 does not exist."


class TestWithoutGradients:
    @pytest.fixture
    def codec(self):
        return FakeCodec()

    def test_a_model_without_gradients_says_so(self, shown: Engine, results):
        shown.submit(OptimiseMap("edges"))
        assert "fake has no differentiable form" in results.wait_for(JobFailed).message
