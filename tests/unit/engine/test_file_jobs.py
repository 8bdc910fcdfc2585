"""Maps and annotations are read and written in the background, before there is a codec and without one."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from fake_codec import PATIENCE_S, FakeCodec, flat_map, painted, photo

from qmap_studio.core.errors import WeightsError
from qmap_studio.core.rect import Rect
from qmap_studio.document import QualityMap, read_quality_map, write_quality_map
from qmap_studio.document.shapes import Rectangle
from qmap_studio.engine import (
    AnnotationsRead,
    Engine,
    EngineReady,
    ExportSfc,
    ImportMap,
    JobCancelled,
    JobDone,
    JobFailed,
    MapImported,
    OpenPicture,
    ReadAnnotations,
    SaveMap,
)


@pytest.fixture(params=["loading", "failed"])
def shown(request, codec: FakeCodec, results):
    """An engine with a picture, whose codec is still being waited for, or will never be there."""
    go_on = threading.Event()

    def load(_model_id: str) -> FakeCodec:
        if request.param == "failed":
            raise WeightsError("The weights are missing.")
        assert go_on.wait(PATIENCE_S)
        return codec

    engine = Engine(results, load=load)
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    yield engine
    go_on.set()
    engine.stop()


def test_a_map_is_imported_for_the_picture(shown, results, tmp_path):
    values = np.random.default_rng(0).integers(0, 65536, (128, 192)).astype(np.uint16)
    write_quality_map(tmp_path / "map.png", QualityMap(values))
    job = shown.submit(ImportMap(tmp_path / "map.png"))
    shown.start()
    imported = results.wait_for(MapImported)
    assert imported.job_id == job
    assert imported.name == "map.png"
    np.testing.assert_array_equal(imported.values, values)
    assert results.wait_for(JobDone).text == "The map is now that of map.png."
    assert results.of(EngineReady) == []


def test_a_map_of_another_size_is_told_in_a_sentence(shown, results, tmp_path):
    write_quality_map(tmp_path / "map.png", QualityMap(np.zeros((5, 6), np.uint16)))
    shown.submit(ImportMap(tmp_path / "map.png"))
    shown.start()
    assert "is 6 x 5 pixels, the picture is 192 x 128" in results.wait_for(JobFailed).message
    assert results.of(MapImported) == []


@pytest.mark.parametrize("name", ["map.png", "map.tif", "map.npy"])
def test_a_map_is_saved_as_it_was_when_asked_for(shown, results, tmp_path, name):
    first, second = Rect(0, 0, 20, 30), Rect(50, 50, 10, 10)
    shown.update_map(first, painted(first), 7)
    shown.submit(SaveMap(tmp_path / name))
    shown.update_map(second, painted(second), 8)
    shown.start()
    assert results.wait_for(JobDone).path == tmp_path / name
    expected = flat_map(photo())
    expected[first.slices] = 65535
    np.testing.assert_array_equal(read_quality_map(tmp_path / name, 128, 192).values, expected)


def test_a_map_cannot_be_saved_under_any_name(shown, results, tmp_path):
    shown.submit(SaveMap(tmp_path / "map.gif"))
    shown.start()
    assert "choose .png, .tif or .npy" in results.wait_for(JobFailed).message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("job", "work"),
    [
        (ImportMap, "qmap_studio.document.read_map_file"),
        (SaveMap, "qmap_studio.document.quality_map_file"),
        (OpenPicture, "qmap_studio.engine.jobs.open_picture.load_picture"),
    ],
)
def test_reading_and_writing_is_cancelled_at_once(shown, results, tmp_path, monkeypatch, job, work):
    is_at_work, may_end = threading.Event(), threading.Event()

    def slow(*_arguments):
        is_at_work.set()
        assert may_end.wait(PATIENCE_S)

    monkeypatch.setattr(work, slow)
    shown.start()
    number = shown.submit(job(tmp_path / "file.png"))
    assert is_at_work.wait(PATIENCE_S)
    shown.cancel(number)
    assert results.wait_for(JobCancelled).job_id == number
    may_end.set()
    assert list(tmp_path.iterdir()) == []


def test_boxes_are_read_for_the_picture(shown, results, tmp_path):
    (tmp_path / "photo.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    shown.submit(ReadAnnotations(tmp_path / "photo.txt", Path("photo.png")))
    shown.start()
    read = results.wait_for(AnnotationsRead)
    (box,) = read.found.annotations
    assert box.shape == Rectangle(48, 32, 96, 64)
    results.wait_for(JobDone)


def test_a_file_whose_picture_is_unclear_gives_a_choice(shown, results, tmp_path):
    images = [{"id": number, "file_name": name} for number, name in enumerate(("a.png", "b.png"))]
    annotations = [{"image_id": 1, "bbox": [1, 2, 3, 4]}]
    (tmp_path / "boxes.json").write_text(json.dumps({"images": images, "annotations": annotations}))
    for chosen in (None, "b.png"):
        shown.submit(ReadAnnotations(tmp_path / "boxes.json", tmp_path / "photo.png", chosen))
    shown.start()
    read = results.wait_for(AnnotationsRead)
    assert (read.found.annotations, read.choices) == ((), ("a.png", "b.png"))
    read = results.wait_for(AnnotationsRead)
    assert (len(read.found.annotations), read.choices) == (1, ())


def test_a_damaged_annotation_file_is_told_in_a_sentence(shown, results, tmp_path):
    (tmp_path / "boxes.json").write_text('{"images": [')
    shown.submit(ReadAnnotations(tmp_path / "boxes.json", Path("photo.png")))
    shown.start()
    assert results.wait_for(JobFailed).message.startswith("boxes.json is damaged")


def test_annotations_are_found_in_a_folder_and_come_with_the_rules_that_are_known(shown, results, tmp_path):
    """Without any, and with a file that is gone, there is nothing to be said."""
    (tmp_path / "labels").mkdir()
    rules = "[classes]\nface = 0.25\n"
    for path in (tmp_path / "labels", tmp_path / "gone.json"):
        shown.submit(ReadAnnotations(path, tmp_path / "photo.png", rules=rules))
    shown.start()
    assert [results.wait_for(JobDone).text for _ in range(2)] == ["", ""]
    (tmp_path / "labels" / "photo.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    shown.submit(ReadAnnotations(tmp_path / "labels", tmp_path / "photo.png", rules=rules))
    read = results.wait_for(AnnotationsRead)
    assert read.path == tmp_path / "labels" / "photo.txt"
    assert read.rules.of("face").quality == 0.25


@pytest.mark.parametrize("job", [ImportMap, SaveMap])
def test_without_a_picture_there_is_no_map(codec, results, tmp_path, job):
    engine = Engine(results, load=lambda _model_id: codec)
    engine.submit(job(tmp_path / "map.png"))
    engine.start()
    assert results.wait_for(JobFailed).message == "There is no picture yet; open one first."
    engine.stop()


def test_a_job_whose_result_cannot_be_taken_fails_and_ends_once(codec, results, tmp_path):
    """A window that has no memory for what a job brings is no job that was done."""
    write_quality_map(tmp_path / "map.png", QualityMap(flat_map(photo())))

    def deliver(result) -> None:
        if isinstance(result, MapImported):
            raise MemoryError
        results(result)

    engine = Engine(deliver, load=lambda _model_id: codec)
    engine.show(photo(), flat_map(photo()), 1)
    failing, following = engine.submit(ImportMap(tmp_path / "map.png")), engine.submit(ExportSfc(tmp_path / "a.sfc"))
    waiting = engine.submit(SaveMap(tmp_path / "b.png"))
    engine.cancel(waiting)
    engine.start()
    results.wait_for(JobCancelled)
    engine.stop()
    ends = [(type(result), result.job_id) for result in results.seen if isinstance(result, ENDS)]
    assert ends == [(JobFailed, failing), (JobDone, following), (JobCancelled, waiting)]
    assert results.of(JobFailed)[0].message.startswith("There was not enough memory.")


ENDS = JobDone | JobFailed | JobCancelled
