"""Error bounds on their way from the window to answers and jobs."""

import threading

import numpy as np
import pytest
from fake_codec import PATIENCE_S, FakeCodec, flat_map, painted, photo, reconstructed

from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.cells import qualities_of
from qmap_studio.core.rect import Rect
from qmap_studio.engine import Compare, Compared, ExportSfc, JobDone, LiveResult
from qmap_studio.engine.changes import Changes, Patch, Shown
from qmap_studio.engine.inbox import Inbox
from qmap_studio.engine.live_picture import LivePicture

RECT = Rect(20, 10, 50, 40)


def of(rect: Rect, bound: int = WITHOUT_LOSS) -> np.ndarray:
    return np.full((rect.height, rect.width), bound, np.uint8)


def measured(revision: int):
    return lambda result: result.revision == revision and result.figures is not None and not result.approximate


def test_what_is_painted_without_loss_is_shown_so_and_figures_are_of_it(engine, results):
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    before = results.wait_for(LiveResult, measured(1))
    engine.update_map(RECT, painted(RECT, 0.25), 2, of(RECT))
    around = results.wait_for(LiveResult)
    assert around.approximate
    inside = RECT.moved(-around.rect.x, -around.rect.y)
    assert (around.reconstruction[inside.slices] == picture.pixels[RECT.slices]).all()
    exact = results.wait_for(LiveResult, lambda result: not result.approximate and not result.rect.empty)
    inside = RECT.moved(-exact.rect.x, -exact.rect.y)
    assert (exact.reconstruction[inside.slices] == picture.pixels[RECT.slices]).all()
    figures = results.wait_for(LiveResult, measured(2)).figures
    assert figures.inside.pixels == RECT.area
    assert figures.inside.psnr_db == np.inf
    assert figures.size_bytes == before.figures.size_bytes + RECT.area
    engine.update_map(RECT, painted(RECT, 0.25), 3)
    again = results.wait_for(LiveResult, measured(3))
    assert again.figures.inside is None
    assert again.figures.size_bytes == before.figures.size_bytes


def test_a_picture_may_begin_with_bounds(engine, results):
    picture = photo()
    bounds = np.full((picture.height, picture.width), UNBOUNDED, np.uint8)
    bounds[RECT.slices] = WITHOUT_LOSS
    engine.show(picture, flat_map(picture), 1, bounds)
    shown = results.wait_for(LiveResult).reconstruction
    expected = reconstructed(picture.pixels, qualities_of(flat_map(picture)))
    expected[RECT.slices] = picture.pixels[RECT.slices]
    assert (shown == expected).all()


def test_a_large_picture_seen_whole_shows_its_bounded_pixels_at_once(engine, results):
    picture, rect = photo(1536, 2048), Rect(100, 200, 700, 900)
    engine.set_view(Rect(0, 0, 2048, 1536), 0.5)
    bounds = np.full((1536, 2048), UNBOUNDED, np.uint8)
    bounds[rect.slices] = 2
    engine.show(picture, flat_map(picture), 1, bounds)
    reduced = results.wait_for(LiveResult)
    assert reduced.approximate
    assert (reduced.reconstruction[rect.slices] == picture.pixels[rect.slices]).all()


@pytest.mark.usefixtures("coded_anew")
def test_a_job_has_the_bounds_that_there_were_when_it_was_asked_for(engine, codec, results, tmp_path):
    picture = photo()
    held, go_on = threading.Event(), threading.Event()

    def hold(what: str, fraction: float) -> None:
        if what == "encode" and fraction == 0.5 and not held.is_set():
            held.set()
            assert go_on.wait(PATIENCE_S)

    engine.show(picture, flat_map(picture), 1)
    engine.update_map(RECT, painted(RECT, 0.25), 2, of(RECT))
    codec.at_checkpoint = hold
    engine.submit(ExportSfc(tmp_path / "a.sfc"))
    engine.submit(ExportSfc(tmp_path / "b.sfc", target_bytes=3000))
    assert held.wait(PATIENCE_S)
    engine.update_map(RECT, painted(RECT, 0.25), 3)
    engine.submit(ExportSfc(tmp_path / "c.sfc"))
    go_on.set()
    for _ in range(3):
        results.wait_for(JobDone)
    with_bounds, to_size, without = ((tmp_path / f"{name}.sfc").stat().st_size for name in "abc")
    assert with_bounds == without + RECT.area
    assert to_size == pytest.approx(3000 + RECT.area, abs=2)  # as the fake search counts


def test_the_uniform_side_of_a_comparison_has_no_bounds(engine, results):
    picture = photo()
    bounds = np.full((picture.height, picture.width), UNBOUNDED, np.uint8)
    bounds[RECT.slices] = WITHOUT_LOSS
    engine.show(picture, flat_map(picture), 1, bounds)
    engine.submit(Compare())
    compared = results.wait_for(Compared)
    assert compared.roi.figures.inside.pixels == compared.uniform.figures.inside.pixels == RECT.area
    assert compared.roi.figures.inside.psnr_db == np.inf
    assert compared.uniform.figures.inside.psnr_db < 60
    assert compared.uniform.size_bytes == pytest.approx(compared.roi.size_bytes, rel=0.01)


def test_bounds_of_another_shape_are_refused(engine):
    picture = photo()
    with pytest.raises(ValueError, match="bounds"):
        engine.show(picture, flat_map(picture), 1, of(RECT))
    engine.show(picture, flat_map(picture), 1)
    with pytest.raises(ValueError, match="bounds"):
        engine.update_map(RECT, painted(RECT), 2, of(RECT)[1:])


def live_picture() -> LivePicture:
    picture = photo()
    live = LivePicture(Shown(picture, flat_map(picture)), 1, None)
    live.encoder_of(FakeCodec()).update(np.ones_like(live.stale))
    live.keep_exact()
    live.dirty, live.figures_due = None, False
    return live


def patch(bounds: np.ndarray | None) -> Changes:
    return Changes(patches=[Patch(RECT, painted(RECT, 0.25), bounds)], revision=2)


def test_bounds_alone_are_an_edit_and_are_kept_only_while_there_are_any():
    live = live_picture()
    live.apply(patch(of(RECT, UNBOUNDED)))
    assert live.bounds is live.dirty is None
    live.apply(patch(of(RECT, 3)))
    assert live.dirty == RECT
    assert live.stale.any()
    assert live.needs_exact
    assert (live.bounds == 3).sum() == RECT.area
    snapshot = live.snapshot()
    live.dirty = None
    live.apply(patch(of(RECT, 3)))
    assert live.dirty is None
    live.apply(patch(None))
    assert live.dirty == RECT
    assert live.bounds is None
    assert (snapshot.bounds[RECT.slices] == 3).all()


def test_a_picture_that_waits_takes_bounds_in():
    inbox, picture = Inbox(), photo()
    inbox.show(picture, flat_map(picture), 1)
    inbox.update_map(Patch(RECT, painted(RECT), of(RECT, 8)), 2)
    inbox.update_map(Patch(Rect(0, 0, 30, 30), painted(Rect(0, 0, 30, 30))), 3)
    bounds = inbox.take_changes().shown.bounds
    expected = np.full((picture.height, picture.width), UNBOUNDED)
    expected[RECT.slices] = 8
    expected[:30, :30] = UNBOUNDED
    assert (bounds == expected).all()
