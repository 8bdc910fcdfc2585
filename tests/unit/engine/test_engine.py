import subprocess
import sys
import threading

import pytest
from fake_codec import PATIENCE_S, FakeCodec, flat_map, painted, photo

from qmap_studio.core.errors import WeightsError
from qmap_studio.core.pictures import write_picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine import (
    Engine,
    EngineFailed,
    EngineReady,
    ExportSfc,
    JobDone,
    JobFailed,
    LiveResult,
    Notice,
    OpenPicture,
    PictureOpened,
    UseModel,
)
from qmap_studio.engine.live import LiveScheduler


def test_the_engine_says_what_it_runs_on(engine, results):
    assert results.wait_for(EngineReady) == EngineReady("cpu", "fake", (), can_be_thorough=True)


def test_importing_the_engine_imports_neither_torch_nor_qt():
    code = "import sys, qmap_studio.engine; print({'torch', 'PySide6', 'cv2', 'matplotlib'} & set(sys.modules))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "set()"


@pytest.mark.parametrize("is_loading", [False, True])
def test_a_photo_opens_before_the_codec_is_loaded(codec, results, tmp_path, is_loading):
    write_picture(tmp_path / "a.png", photo())
    loading, opened = threading.Event(), threading.Event()

    def load(_model_id):
        loading.set()
        assert opened.wait(PATIENCE_S)
        return codec

    engine = Engine(results, load=load)
    if is_loading:
        engine.start()
        assert loading.wait(PATIENCE_S)
    engine.submit(OpenPicture(tmp_path / "a.png"))
    if not is_loading:
        engine.start()
    picture = results.wait_for(PictureOpened).picture
    engine.show(picture, flat_map(picture), 1)
    rect = Rect(5, 5, 10, 10)
    engine.update_map(rect, painted(rect), 2)
    opened.set()
    results.wait_for(EngineReady)
    assert results.wait_for(LiveResult).revision == 2
    engine.stop()


class NeedsCodec:
    """Stands where a job stands, and is none that a person could ask for."""

    is_of_map, needs_codec, takes_over, gives_way = False, True, False, False

    def do(self, context):
        return JobDone(context.job_id, None, context.codecs.required.model_id)


def test_a_job_that_comes_while_the_worker_looks_elsewhere_waits_for_the_codec(codec, results, monkeypatch):
    asked, live_work = threading.Event(), LiveScheduler.work

    def load(_model_id):
        assert asked.wait(PATIENCE_S)
        return codec

    def work(live, *, exact=True):
        if not asked.is_set():
            engine.submit(NeedsCodec())
            asked.set()
        return live_work(live, exact=exact)

    monkeypatch.setattr(LiveScheduler, "work", work)
    engine = Engine(results, load=load)
    engine.start()
    results.wait_for(EngineReady)
    assert results.wait_for(JobDone).text == "fake"
    assert results.of(JobFailed) == []
    engine.stop()


def test_without_a_codec_photos_open_and_exports_say_why_not(results, tmp_path):
    def load(_model_id):
        raise WeightsError("The weights of live are missing.")

    engine = Engine(results, load=load)
    engine.start()
    assert results.wait_for(EngineFailed).message == "The weights of live are missing."
    picture = photo()
    write_picture(tmp_path / "a.png", picture)
    engine.submit(OpenPicture(tmp_path / "a.png"))
    results.wait_for(PictureOpened)
    engine.show(picture, flat_map(picture), 1)
    engine.submit(ExportSfc(tmp_path / "a.sfc"))
    assert results.wait_for(JobFailed).message == "The weights of live are missing."
    engine.stop()


def test_what_the_codec_notices_later_is_told(engine, codec, results):
    codec.at_checkpoint = lambda _what, _fraction: codec.notices or codec.notices.append("Went on on the CPU.")
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    assert results.wait_for(Notice).text == "Went on on the CPU."
    results.wait_for(LiveResult)


def test_without_the_model_asked_for_the_default_takes_over_and_says_so(codec, results):
    def load(model_id):
        if model_id == "other":
            raise WeightsError("The weights of the model other are damaged.")
        return codec

    engine = Engine(results, model_id="other", load=load)
    engine.start()
    assert results.wait_for(Notice).text == (
        "The weights of the model other are damaged. This time live is used; your choice is kept."
    )
    assert len(results.of(EngineReady)) == 1
    engine.stop()


def test_another_model_takes_over(codec, results):
    other = FakeCodec(model_id="other", tint=50)
    engine = Engine(results, load=lambda model_id: {"live": codec, "other": other}[model_id])
    engine.start()
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    before = results.wait_for(LiveResult, lambda result: result.figures is not None)
    engine.submit(UseModel("other"))
    assert results.wait_for(EngineReady).model_id == "other"
    after = results.wait_for(LiveResult, lambda result: result.figures is not None)
    assert (after.reconstruction[..., 0] == before.reconstruction[..., 0] + 50).all()
    engine.stop()


def test_a_model_that_cannot_be_loaded_leaves_the_one_there_is(codec, results, tmp_path):
    def load(model_id):
        if model_id == "other":
            raise WeightsError("The weights of the model other are damaged.")
        return codec

    engine = Engine(results, load=load)
    engine.start()
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    engine.submit(UseModel("other"))
    assert results.wait_for(JobFailed).message == "The weights of the model other are damaged."
    engine.submit(ExportSfc(tmp_path / "a.sfc"))
    results.wait_for(JobDone)
    assert [ready.model_id for ready in results.of(EngineReady)] == ["fake"]
    engine.stop()


def test_stopping_ends_the_job_that_runs(codec, coded_anew, results, tmp_path):
    engine = Engine(results, load=lambda _model_id: codec)
    engine.start()
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    results.wait_for(LiveResult)
    reached = threading.Event()

    def reach(_what: str, _fraction: float) -> None:
        reached.set()

    codec.at_checkpoint = reach
    engine.submit(ExportSfc(tmp_path / "a.sfc"))
    assert reached.wait(PATIENCE_S)
    engine.stop()
    assert "qmap-studio-engine" not in {thread.name for thread in threading.enumerate()}


def test_an_engine_that_never_started_stops(results):
    Engine(results).stop()


def test_a_receiver_that_fails_does_not_end_the_worker(codec, results):
    def deliver(result):
        results(result)
        if isinstance(result, EngineReady):
            raise RuntimeError("the window is gone")

    engine = Engine(deliver, load=lambda _model_id: codec)
    engine.start()
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    results.wait_for(LiveResult)
    engine.stop()


def test_misuse_is_told_to_the_caller(engine):
    picture = photo()
    with pytest.raises(ValueError, match="no part of the picture"):
        engine.update_map(Rect(0, 0, 1, 1), painted(Rect(0, 0, 1, 1)), 1)
    with pytest.raises(ValueError, match="128 x 192 was expected"):
        engine.show(picture, flat_map(picture)[1:], 1)
    engine.show(picture, flat_map(picture), 1)
    with pytest.raises(ValueError, match="no part of the picture"):
        engine.update_map(Rect(190, 0, 4, 4), painted(Rect(0, 0, 4, 4)), 2)
    with pytest.raises(ValueError, match="4 x 4 were expected"):
        engine.update_map(Rect(0, 0, 4, 4), painted(Rect(0, 0, 4, 5)), 2)
