"""What a model finds important is found in the background, for the codecs that offer it."""

import threading
from pathlib import Path

import numpy as np
import pytest
from fake_codec import PATIENCE_S, FakeCodec, ImportanceCodec, Results, painted, photo

from qmap_studio.core.pictures import read_picture
from qmap_studio.core.rect import Rect
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.engine import (
    EngineReady,
    FindImportance,
    ImportanceFound,
    ImportanceStudied,
    JobCancelled,
    JobDone,
    JobFailed,
    LiveResult,
    MapFound,
    MapFromImportance,
    OpenPicture,
    SaveDrawing,
    StudyImportance,
    UseModel,
    live,
)
from qmap_studio.engine.jobs import study_importance


@pytest.fixture
def codec():
    return ImportanceCodec()


@pytest.mark.parametrize(("codec", "learns"), [(FakeCodec(), False), (ImportanceCodec(), True)])
def test_the_engine_says_whether_the_model_learns_it(engine, results, learns: bool):
    assert results.wait_for(EngineReady).learns_importance is learns


def test_the_stages_are_those_of_the_map_when_it_was_asked_for(shown, results, codec):
    job = shown.submit(FindImportance())
    shown.update_map(Rect(0, 0, 192, 128), painted(Rect(0, 0, 192, 128), 0.0), 2)
    found = results.wait_for(ImportanceFound)
    assert found.job_id == job
    assert [stage.side_px for stage in found.stages] == [2, 4, 8, 16]
    coarsest = found.stages[-1]
    assert coarsest.mask.shape == coarsest.scale.shape == (8, 12)
    assert coarsest.mask.max() > 0.2
    assert "fake finds important" in results.wait_for(JobDone).text


class Hold:
    """Holds the codec in the middle of finding."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self, what: str, fraction: float) -> None:
        if what == "importance" and fraction == 0.5:
            self.reached.set()
            assert self.go_on.wait(PATIENCE_S)


def test_painting_is_answered_while_it_is_found(shown, results, codec):
    codec.at_checkpoint = hold = Hold()
    shown.submit(FindImportance())
    assert hold.reached.wait(PATIENCE_S)
    shown.update_map(Rect(0, 0, 16, 16), painted(Rect(0, 0, 16, 16)), 2)
    hold.go_on.set()
    results.wait_for(LiveResult, lambda result: result.revision == 2)
    assert not results.of(ImportanceFound)
    results.wait_for(ImportanceFound)


@pytest.mark.parametrize("job", [FindImportance(), MapFromImportance(), StudyImportance()])
def test_it_can_be_cancelled(shown, results, codec, job):
    codec.at_checkpoint = hold = Hold()
    job_id = shown.submit(job)
    assert hold.reached.wait(PATIENCE_S)
    shown.cancel(job_id)
    hold.go_on.set()
    assert results.wait_for(JobCancelled).job_id == job_id
    assert not [kind for kind in (ImportanceFound, MapFound, ImportanceStudied) if results.of(kind)]


def test_it_is_cancelled_in_the_middle_of_an_exact_answer(shown, results, codec, monkeypatch: pytest.MonkeyPatch):
    """An answer that it lets through at a checkpoint takes long on a large photo."""
    monkeypatch.setattr(live, "LONGEST_DELAY_S", 0.0)
    begun, reached, go_on, exact = (threading.Event() for _ in range(4))
    order, take = [], Results.__call__

    def watch(what: str, fraction: float) -> None:
        if what == "importance" and fraction == 0.25:
            begun.set()
            shown.update_map(Rect(0, 0, 16, 16), painted(Rect(0, 0, 16, 16)), 2)
        elif not begun.is_set():
            return  # an answer of before
        elif what == "update" and fraction == 0.5 and not reached.is_set():
            reached.set()
            assert go_on.wait(PATIENCE_S)
        elif what == "updated":
            order.append("answered")
            exact.set()

    def deliver(of: Results, result) -> None:
        order.append(type(result))
        take(of, result)

    monkeypatch.setattr(Results, "__call__", deliver)
    codec.at_checkpoint = watch
    job = shown.submit(FindImportance())
    assert reached.wait(PATIENCE_S)
    shown.cancel(job)
    go_on.set()
    assert results.wait_for(JobCancelled).job_id == job
    assert exact.wait(PATIENCE_S)
    assert order.index(JobCancelled) < order.index("answered")


@pytest.mark.parametrize("job", [FindImportance(), MapFromImportance(), StudyImportance()])
@pytest.mark.parametrize("other", [OpenPicture(sample_photo_path()), UseModel("other")])
def test_it_gives_way_to_another_photo_and_to_another_model(shown, results, codec, job, other):
    codec.at_checkpoint = hold = Hold()
    job_id = shown.submit(job)
    assert hold.reached.wait(PATIENCE_S)
    other_id = shown.submit(other)
    hold.go_on.set()
    assert results.wait_for(JobCancelled).job_id == job_id
    assert results.wait_for(JobDone).job_id == other_id


@pytest.mark.parametrize("codec", [FakeCodec()])
@pytest.mark.parametrize("job", [FindImportance(), MapFromImportance(), StudyImportance()])
def test_a_model_that_does_not_learn_it_says_which_does(shown, results, job):
    shown.submit(job)
    assert "sigvic2023" in results.wait_for(JobFailed).message


@pytest.mark.parametrize("side_px", [2, 16])
@pytest.mark.parametrize("kind", ["mask", "scale"])
def test_what_a_stage_finds_becomes_a_map_of_the_whole_picture(shown, results, side_px: int, kind):
    shown.submit(MapFromImportance(side_px, kind))
    found = results.wait_for(MapFound)
    assert found.values.shape == (128, 192)
    assert found.values.min() == pytest.approx(0.1 * 65535, abs=1)
    assert found.values.max() == pytest.approx(0.9 * 65535, abs=1)
    results.wait_for(JobDone)


def test_a_study_tells_what_each_uniform_quality_gives(shown, results, codec):
    shown.submit(StudyImportance())
    studied = results.wait_for(ImportanceStudied)
    assert studied.model_id == "fake"
    assert [at.quality for at in studied.at_qualities] == [0.1, 0.5, 0.9]
    assert [at.lmbda for at in studied.at_qualities] == pytest.approx([0.11, 0.51, 0.91])
    for at in studied.at_qualities:
        assert [stage.side_px for stage in at.stages] == [2, 4, 8, 16]
        assert at.cell_bits.shape == (8, 12)
        assert at.bpp == pytest.approx(at.quality, abs=0.01)  # the fake codec's: 256 bits times the quality a cell
    assert len({at.psnr_db for at in studied.at_qualities}) == 3
    results.wait_for(JobDone)


def test_planes_finer_than_can_be_seen_are_reduced(shown, results, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(study_importance, "MOST_VALUES", 24)
    shown.submit(FindImportance())
    whole = results.wait_for(ImportanceFound).stages
    shown.submit(StudyImportance(qualities=(0.5,)))
    (at,) = results.wait_for(ImportanceStudied).at_qualities
    assert [stage.mask.shape for stage in at.stages] == [(16, 24), (16, 24), (16, 24), (8, 12)]
    assert [stage.scale.shape for stage in at.stages] == [stage.mask.shape for stage in at.stages]
    assert [stage.side_px for stage in at.stages] == [stage.side_px for stage in whole]


def test_a_drawing_is_saved(engine, results, tmp_path: Path):
    engine.submit(SaveDrawing(tmp_path / "drawing.png", photo().pixels))
    assert results.wait_for(JobDone).path == tmp_path / "drawing.png"
    assert np.array_equal(read_picture(tmp_path / "drawing.png").pixels, photo().pixels)
