import threading

import numpy as np
import pytest
from fake_codec import PATIENCE_S, flat_map, painted, photo, reconstructed

from qmap_studio.core.cells import qualities_of
from qmap_studio.core.errors import ComputeError
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine import ExportSfc, JobDone, JobFailed, LiveResult, Notice, OpenPicture
from qmap_studio.engine.pieces import PIECE_BLOCKS


def exact(revision: int):
    return lambda result: not result.approximate and result.revision == revision


def measured(revision: int):
    return lambda result: result.figures is not None and exact(revision)(result)


def quick(revision: int):
    return lambda result: result.approximate and result.revision == revision


def large_photo() -> Picture:
    return photo(1536, 2048)


def test_a_picture_is_answered_exactly_with_the_size_of_its_file(engine, codec, results):
    picture = photo()
    engine.show(picture, flat_map(picture), 7)
    first = results.wait_for(LiveResult)
    assert first.figures is None
    result = results.wait_for(LiveResult)
    assert not result.approximate
    assert result.revision == 7
    assert first.rect == Rect.whole(128, 192)
    assert result.cell_rect == Rect(0, 0, 12, 8)
    assert (first.reconstruction == reconstructed(picture.pixels, qualities_of(flat_map(picture)))).all()
    assert result.figures.size_bytes == round(result.cell_bits.sum() / 8)
    assert not result.figures.estimated
    assert result.figures.inside is None


def test_a_stroke_is_answered_around_it_and_then_exactly(engine, codec, results):
    picture = photo(512, 768)
    engine.show(picture, flat_map(picture), 1)
    results.wait_for(LiveResult, measured(1))
    rect = Rect(300, 200, 40, 30)
    engine.update_map(rect, painted(rect), 2)
    around = results.wait_for(LiveResult)
    assert around.approximate
    assert around.figures is None or around.figures.estimated
    assert around.rect.intersected(rect) == rect
    assert around.rect.width * around.rect.height <= 128 * 128
    assert around.reconstruction.shape == (around.rect.height, around.rect.width, 3)
    assert around.cell_bits.shape == (around.cell_rect.height, around.cell_rect.width)
    whole = results.wait_for(LiveResult)
    assert exact(2)(whole)
    assert whole.rect.intersected(rect) == rect
    results.wait_for(LiveResult, measured(2))
    engine.set_threshold(0.6)
    assert results.wait_for(LiveResult, measured(2)).figures.inside.pixels == rect.width * rect.height
    assert codec.calls[-2][1][0] * codec.calls[-2][1][1] <= 150_000


def test_a_stroke_as_large_as_the_picture_is_answered_where_the_brush_is(engine, codec, results):
    picture = photo(512, 768)
    engine.show(picture, flat_map(picture), 1)
    results.wait_for(LiveResult, measured(1))
    codec.calls.clear()
    rect = Rect(0, 0, 768, 512)
    engine.update_map(rect, painted(rect), 2)
    around = results.wait_for(LiveResult, quick(2))
    assert not around.rect.intersected(Rect(384, 256, 1, 1)).empty
    assert codec.calls[0][1][0] * codec.calls[0][1][1] <= 150_000
    assert results.wait_for(LiveResult, exact(2)).rect == rect


def test_an_exact_answer_is_given_up_for_an_edit(engine, codec, results):
    picture = photo()
    reached, go_on = threading.Event(), threading.Event()

    def hold(what: str, fraction: float) -> None:
        if what == "update" and fraction == 0.5 and not reached.is_set():
            reached.set()
            assert go_on.wait(PATIENCE_S)

    codec.at_checkpoint = hold
    engine.show(picture, flat_map(picture), 1)
    assert reached.wait(PATIENCE_S)
    rect = Rect(20, 20, 10, 10)
    engine.update_map(rect, painted(rect), 2)
    go_on.set()
    first = results.wait_for(LiveResult)
    assert quick(2)(first)
    assert exact(2)(results.wait_for(LiveResult))
    assert codec.finished == ["preview", "update"]


def test_what_was_done_when_an_edit_came_is_shown_too(engine, codec, results):
    picture = photo()
    rect = Rect(140, 100, 10, 10)

    def paint_once(what: str, _fraction: float) -> None:
        if what == "updated" and codec.finished == ["update"]:
            engine.update_map(rect, painted(rect), 2)

    codec.at_checkpoint = paint_once
    engine.show(picture, flat_map(picture), 1)
    results.wait_for(LiveResult, measured(2))
    shown = np.zeros_like(picture.pixels)
    for result in results.of(LiveResult):
        shown[result.rect.slices] = result.reconstruction
    far_off = np.s_[:, :64]
    assert (shown[far_off] == reconstructed(picture.pixels, qualities_of(flat_map(picture)))[far_off]).all()


def test_painting_without_a_pause_is_answered_all_the_time(engine, codec, results):
    """Each quick answer finds another edit waiting, and still every one arrives, for the latest map."""
    picture = photo(512, 768)
    engine.show(picture, flat_map(picture), 0)
    results.wait_for(LiveResult, measured(0))
    edits = iter(range(1, 31))

    def paint_on(what: str, _fraction: float) -> None:
        revision = next(edits, None) if what == "preview" else None
        if revision is not None:
            rect = Rect(20 * revision, 100, 20, 20)
            engine.update_map(rect, painted(rect), revision)

    codec.at_checkpoint = paint_on
    rect = Rect(0, 100, 20, 20)
    engine.update_map(rect, painted(rect), 0)
    last = results.wait_for(LiveResult, measured(30))
    answers = [result for result in results.of(LiveResult) if result.approximate]
    assert len(answers) == codec.finished.count("preview") == 11
    assert [result.revision for result in answers] == [0, *range(3, 31, 3)]
    assert last.figures.inside is None
    engine.set_threshold(0.6)
    assert results.wait_for(LiveResult, measured(30)).figures.inside.pixels == 31 * 20 * 20


def test_a_new_picture_replaces_the_one_being_answered(engine, codec, results):
    first, second = photo(), photo(64, 64)
    shown = threading.Event()

    def show_next(what: str, _fraction: float) -> None:
        if what == "update" and not shown.is_set():
            shown.set()
            engine.show(second, flat_map(second), 2)

    codec.at_checkpoint = show_next
    engine.show(first, flat_map(first), 1)
    result = results.wait_for(LiveResult)
    assert result.picture is second
    assert result.rect == Rect.whole(64, 64)


def test_a_selection_is_inside_and_is_measured_without_coding_again(engine, codec, results):
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    results.wait_for(LiveResult, measured(1))
    codec.calls.clear()
    engine.set_selection(Rect(16, 16, 32, 48))
    assert results.wait_for(LiveResult).figures.inside.pixels == 32 * 48
    engine.set_selection(None)
    assert results.wait_for(LiveResult).figures.inside is None
    assert codec.calls == []


def test_a_threshold_parts_the_map_and_is_measured_without_coding_again(engine, codec, results):
    picture = photo()
    values = flat_map(picture)
    values[:32] = 50_000
    engine.show(picture, values, 1)
    assert results.wait_for(LiveResult, measured(1)).figures.inside is None
    codec.calls.clear()
    engine.set_threshold(0.6)
    assert results.wait_for(LiveResult).figures.inside.pixels == 32 * picture.width
    engine.set_threshold(0.8)
    assert results.wait_for(LiveResult).figures.inside is None
    assert codec.calls == []


def test_a_large_picture_seen_whole_is_first_shown_reduced_then_in_exact_pieces(engine, codec, results):
    picture = large_photo()
    engine.set_view(Rect(0, 0, 2048, 1536), 0.5)
    engine.show(picture, flat_map(picture), 1)
    reduced = results.wait_for(LiveResult)
    assert reduced.approximate
    assert reduced.rect == Rect.whole(1536, 2048)
    assert reduced.reconstruction.shape == picture.pixels.shape
    assert reduced.cell_bits.shape == (96, 128)
    shown = np.zeros_like(picture.pixels)
    fresh, last = 0.0, reduced
    while last.approximate or last.figures is None:
        last = results.wait_for(LiveResult)
        assert last.exact_share >= fresh
        fresh = last.exact_share
        if not last.rect.empty:
            shown[last.rect.slices] = last.reconstruction
    quality_map = np.full(shown.shape[:2], np.float32(0.25))
    assert (shown == reconstructed(picture.pixels, quality_map)).all()
    assert not last.figures.estimated
    assert last.figures.overall.bits == pytest.approx(8 * last.figures.size_bytes)
    assert last.figures.size_bytes == pytest.approx(0.25 * 1536 * 2048 / 8, rel=0.01)
    assert max(height * width for _, (height, width) in codec.calls) <= (PIECE_BLOCKS * 64) ** 2


def test_a_large_picture_seen_close_is_coded_first_where_it_is_seen_and_then_everywhere(engine, codec, results):
    picture = large_photo()
    seen = Rect(600, 500, 700, 400)
    engine.set_view(seen, 1.0)
    engine.show(picture, flat_map(picture), 1)
    early = results.wait_for(LiveResult, lambda result: result.figures is not None)
    assert early.figures.estimated
    assert 0 < early.exact_share < 1
    seen = results.wait_for(LiveResult, lambda result: not result.stale[8:14, 10:20].any())
    assert seen.exact_share < 1
    assert results.wait_for(LiveResult, measured(1)).exact_share == 1.0
    codec.calls.clear()
    rect = Rect(900, 700, 50, 50)
    engine.update_map(rect, painted(rect), 2)
    results.wait_for(LiveResult, measured(2))
    assert max(height * width for _, (height, width) in codec.calls) < 400 * 400
    engine.set_threshold(0.6)
    assert results.wait_for(LiveResult, measured(2)).figures.inside.pixels == 50 * 50


def test_a_failure_is_said_once_and_the_next_edit_is_answered(engine, codec, results, tmp_path):
    picture = photo()

    def fail(_what: str, _fraction: float) -> None:
        raise ComputeError("The device is gone.")

    codec.at_checkpoint = fail
    engine.show(picture, flat_map(picture), 1)
    assert results.wait_for(Notice).text == "The device is gone."
    rect = Rect(0, 0, 10, 10)
    engine.update_map(rect, painted(rect), 2)
    # A second failure says nothing new, so wait until it was tried.
    job = engine.submit(OpenPicture(tmp_path / "none.png"))
    results.wait_for(JobFailed, lambda failed: failed.job_id == job)
    codec.at_checkpoint = lambda _what, _fraction: None
    engine.update_map(rect, painted(rect), 3)
    results.wait_for(LiveResult, measured(3))
    assert len(results.of(Notice)) == 1


def test_the_parts_of_a_grey_picture_are_grey(engine, codec, results):
    grey = photo(1536, 2048).pixels[..., :1].repeat(3, axis=2)
    codec.tint = 30
    engine.set_view(Rect(0, 0, 300, 200), 2.0)
    engine.show(Picture(grey, is_grey=True), flat_map(Picture(grey)), 1)
    shown = results.wait_for(LiveResult).reconstruction
    assert (shown[..., 0] == shown[..., 2]).all()


def test_an_export_asked_early_is_the_same_work_as_what_is_shown(engine, codec, results, tmp_path):
    picture = large_photo()
    engine.show(picture, flat_map(picture), 1)
    engine.submit(ExportSfc(tmp_path / "a.sfc"))
    results.wait_for(JobDone)
    assert set(codec.finished) == {"preview", "update"}
    engine.set_threshold(0.6)
    shown = results.wait_for(LiveResult, measured(1))
    assert (tmp_path / "a.sfc").stat().st_size == pytest.approx(shown.figures.size_bytes, rel=0.001)


def test_an_edit_while_an_early_export_goes_on_is_not_in_its_file(engine, codec, results, tmp_path):
    picture, edited = large_photo(), []

    def paint_once(what: str, _fraction: float) -> None:
        if what == "update" and not edited:
            edited.append(what)
            rect = Rect(0, 0, 50, 50)
            engine.update_map(rect, painted(rect), 2)

    codec.at_checkpoint = paint_once
    engine.show(picture, flat_map(picture), 1)
    engine.submit(ExportSfc(tmp_path / "a.sfc"))
    results.wait_for(JobDone)
    assert "encode" in codec.finished
    engine.set_threshold(0.6)
    assert results.wait_for(LiveResult, measured(2)).figures.size_bytes != (tmp_path / "a.sfc").stat().st_size
