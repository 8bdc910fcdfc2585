import threading
from pathlib import Path

import numpy as np
import pytest
from fake_codec import PATIENCE_S, FakeCodec, flat_map, painted, photo

from qmap_studio.core.errors import BitstreamError, TargetSizeError, WeightsError
from qmap_studio.core.files import digest_of
from qmap_studio.core.pictures import write_picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine import (
    Engine,
    ExportSfc,
    JobCancelled,
    JobDone,
    JobFailed,
    JobProgress,
    LiveResult,
    OpenPicture,
    OpenSfc,
    PictureOpened,
    SfcOpened,
)


class Hold:
    """Holds the codec's first checkpoint in the middle of a call of a kind."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self, what: str, fraction: float) -> None:
        if what == self.what and fraction == 0.5 and not self.reached.is_set():
            self.reached.set()
            assert self.go_on.wait(PATIENCE_S)


def test_a_photo_is_opened(engine, results, tmp_path: Path):
    write_picture(tmp_path / "photo.png", photo())
    job = engine.submit(OpenPicture(tmp_path / "photo.png"))
    opened = results.wait_for(PictureOpened)
    assert (opened.picture.pixels == photo().pixels).all()
    done = results.wait_for(JobDone)
    assert (done.job_id, done.text) == (job, "photo.png: 192 x 128 pixels.")


def test_a_file_is_decoded_and_its_map_can_be_edited(engine, results, tmp_path: Path):
    (tmp_path / "a.sfc").write_bytes(bytes([40, 50, 0, 0]))
    engine.submit(OpenSfc(tmp_path / "a.sfc"))
    opened = results.wait_for(SfcOpened)
    assert opened.picture.pixels.shape == (40, 50, 3)
    assert opened.values.shape == (40, 50)
    assert opened.values.dtype == np.uint16
    assert (opened.values == round(0.5 * 65535)).all()
    assert opened.size_bytes == 4
    results.wait_for(JobDone)


def test_a_photo_is_opened_with_the_map_of_its_file(engine, results, tmp_path: Path):
    write_picture(tmp_path / "photo.png", photo())
    (tmp_path / "a.sfc").write_bytes(bytes([128, 192, 0, 0]))
    engine.submit(OpenSfc(tmp_path / "a.sfc", tmp_path / "photo.png"))
    opened = results.wait_for(SfcOpened)
    assert (opened.picture.pixels == photo().pixels).all()
    assert (opened.values == round(0.5 * 65535)).all()
    assert opened.photo == tmp_path / "photo.png"
    assert opened.digest == digest_of(tmp_path / "photo.png")
    assert results.wait_for(JobDone).text == "photo.png is open with the map of a.sfc."


def test_a_photo_of_another_size_than_its_file_is_refused(engine, results, tmp_path: Path):
    write_picture(tmp_path / "photo.png", photo())
    (tmp_path / "a.sfc").write_bytes(bytes([40, 50, 0, 0]))
    engine.submit(OpenSfc(tmp_path / "a.sfc", tmp_path / "photo.png"))
    expected = "photo.png is of another size than the photo that a.sfc was made from."
    assert results.wait_for(JobFailed).message == expected


def test_a_file_of_another_model_is_opened_with_that_model(codec, results, tmp_path: Path):
    other, loaded = FakeCodec(model_id="other"), []

    def load(model_id: str) -> FakeCodec:
        loaded.append(model_id)
        return {"live": codec, "other": other}[model_id]

    for name in ("a.sfc", "b.sfc"):
        (tmp_path / name).write_bytes(bytes([40, 50, 1, 0]))
    engine = Engine(results, load=load)
    engine.start()
    for name in ("a.sfc", "b.sfc"):
        engine.submit(OpenSfc(tmp_path / name))
        results.wait_for(SfcOpened)
        assert "made with other; what you paint is coded with fake" in results.wait_for(JobDone).text
    engine.stop()
    assert loaded == ["live", "other"]
    assert {what for what, _ in other.calls} == {"decode"}


def test_a_file_of_a_model_that_is_not_installed_says_how_to_get_it(codec, results, tmp_path: Path):
    def load(model_id: str) -> FakeCodec:
        if model_id == "other":
            raise WeightsError("The weights of the model other are not installed. Train them.")
        return codec

    (tmp_path / "a.sfc").write_bytes(bytes([40, 50, 1, 0]))
    engine = Engine(results, load=load)
    engine.start()
    engine.submit(OpenSfc(tmp_path / "a.sfc"))
    assert results.wait_for(JobFailed).message == "The weights of the model other are not installed. Train them."
    engine.stop()


def test_editing_stays_live_during_an_export(coded_anew, shown, codec, results, tmp_path: Path):
    """The export is held in the middle; the answers to a stroke arrive before it ends, and its file is as before."""
    hold = Hold("encode")
    codec.at_checkpoint = hold
    shown.submit(ExportSfc(tmp_path / "a.sfc"))
    assert hold.reached.wait(PATIENCE_S)
    rect = Rect(0, 0, 192, 128)
    shown.update_map(rect, painted(rect), 2)
    hold.go_on.set()
    results.wait_for(LiveResult, lambda result: result.approximate and result.revision == 2)
    assert results.of(JobDone) == []
    results.wait_for(JobDone)
    bits = (192 * 128 - 64 * 48) * 0.25 + 64 * 48
    assert (tmp_path / "a.sfc").stat().st_size == pytest.approx(bits / 8, rel=0.01)
    # The exact answer came at a later checkpoint of the export, or comes now.
    if not any(not result.approximate and result.revision == 2 for result in results.of(LiveResult)):
        results.wait_for(LiveResult, lambda result: not result.approximate and result.revision == 2)


def test_a_cancelled_export_leaves_no_file(coded_anew, shown, codec, results, tmp_path: Path):
    hold = Hold("encode")
    codec.at_checkpoint = hold
    job = shown.submit(ExportSfc(tmp_path / "a.sfc"))
    assert hold.reached.wait(PATIENCE_S)
    shown.cancel(job)
    hold.go_on.set()
    assert results.wait_for(JobCancelled).job_id == job
    assert list(tmp_path.iterdir()) == []


def test_a_waiting_job_can_be_cancelled(coded_anew, shown, codec, results, tmp_path: Path):
    hold = Hold("encode")
    codec.at_checkpoint = hold
    shown.submit(ExportSfc(tmp_path / "a.sfc"))
    assert hold.reached.wait(PATIENCE_S)
    waiting = shown.submit(ExportSfc(tmp_path / "b.sfc"))
    shown.cancel(waiting)
    hold.go_on.set()
    results.wait_for(JobDone)
    assert results.wait_for(JobCancelled).job_id == waiting
    assert [path.name for path in tmp_path.iterdir()] == ["a.sfc"]


def test_progress_only_rises_and_is_not_told_too_often(shown, results, tmp_path: Path):
    job = shown.submit(ExportSfc(tmp_path / "a.sfc"))
    results.wait_for(JobDone)
    fractions = [progress.fraction for progress in results.of(JobProgress)]
    assert {progress.job_id for progress in results.of(JobProgress)} == {job}
    assert fractions == sorted(fractions)
    assert fractions[0] == 0


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (BitstreamError("The file is cut short."), "The file is cut short."),
        (TargetSizeError("No quality gives 5 bytes."), "No quality gives 5 bytes."),
        (MemoryError(), "There was not enough memory."),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried"), "There was not enough memory."),
        (type("OutOfMemoryError", (RuntimeError,), {})("CUDA out of memory"), "There was not enough memory."),
        (KeyError("x"), "An error inside the program"),
    ],
)
def test_a_failure_is_a_sentence_and_the_worker_goes_on(
    coded_anew, shown, codec, results, tmp_path, error, message, caplog
):
    def fail(_what: str, _fraction: float) -> None:
        raise error

    codec.at_checkpoint = fail
    job = shown.submit(ExportSfc(tmp_path / "a.sfc"))
    failed = results.wait_for(JobFailed)
    assert failed.job_id == job
    assert failed.message.startswith(message)
    assert bool(caplog.records) == message.startswith("An error inside")
    assert list(tmp_path.iterdir()) == []
    codec.at_checkpoint = lambda _what, _fraction: None
    shown.submit(ExportSfc(tmp_path / "a.sfc"))
    results.wait_for(JobDone)


@pytest.mark.parametrize("job", [OpenPicture(Path("/nowhere/a.png")), OpenSfc(Path("/nowhere/a.sfc"))])
def test_a_missing_file_is_named(engine, results, job):
    engine.submit(job)
    assert str(job.path) in results.wait_for(JobFailed).message


def test_a_job_that_waits_is_of_the_map_it_was_asked_for(coded_anew, shown, codec, results, tmp_path: Path):
    hold = Hold("encode")
    codec.at_checkpoint = hold
    shown.submit(ExportSfc(tmp_path / "a.sfc"))
    assert hold.reached.wait(PATIENCE_S)
    shown.submit(ExportSfc(tmp_path / "b.sfc"))
    rect = Rect(0, 0, 20, 20)
    shown.update_map(rect, painted(rect), 9)
    shown.submit(ExportSfc(tmp_path / "c.sfc"))
    hold.go_on.set()
    results.wait_for(JobDone, lambda done: done.path == tmp_path / "c.sfc")
    a, b, c = ((tmp_path / f"{name}.sfc").read_bytes() for name in "abc")
    assert a == b != c


def test_a_job_of_a_picture_that_is_gone_is_still_of_it(shown, codec, results, tmp_path: Path):
    hold = Hold("update")
    codec.at_checkpoint = hold
    rect = Rect(0, 0, 20, 20)
    shown.update_map(rect, painted(rect), 9)
    assert hold.reached.wait(PATIENCE_S)
    shown.submit(ExportSfc(tmp_path / "first.sfc"))
    other = photo(64, 64)
    shown.show(other, flat_map(other), 9)
    hold.go_on.set()
    results.wait_for(JobDone)
    size_of_other = 0.25 * 64 * 64 / 8
    assert (tmp_path / "first.sfc").stat().st_size > 4 * size_of_other
