import numpy as np
import pytest
from fake_codec import FakeCodec, flat_map, painted, photo

from qmap_studio.core.cells import BLOCK_PX, mean_of_cells, qualities_of
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine.changes import Changes, Patch, Shown, Viewport
from qmap_studio.engine.grid import blocks_of
from qmap_studio.engine.jobs.open_sfc import map_of_cells
from qmap_studio.engine.live_picture import LivePicture
from qmap_studio.engine.pieces import PIECE_BLOCKS, first_rectangle


def exact_picture(height: int, width: int, view: Viewport | None = None) -> LivePicture:
    """One whose encoder is up to date."""
    live = stale_picture(height, width, view)
    live.encoder.update(np.ones_like(live.stale))
    live.keep_exact()
    live.dirty, live.figures_due = None, False
    return live


def stale_picture(height: int, width: int, view: Viewport | None = None) -> LivePicture:
    picture = Picture(np.zeros((height, width, 3), np.uint8))
    live = LivePicture(Shown(picture, flat_map(picture)), 1, view)
    live.encoder_of(FakeCodec())
    return live


def patch(rect: Rect, quality: float = 1.0) -> Changes:
    return Changes(patches=[Patch(rect, painted(rect, quality))], revision=2)


def test_a_patch_changes_the_map_and_makes_its_blocks_stale():
    live = exact_picture(1024, 1024)
    rect = Rect(500, 450, 40, 30)
    live.apply(patch(rect))
    assert (live.values[rect.slices] == 65535).all()
    assert (live.values == 65535).sum() == rect.area
    assert live.dirty == live.latest == rect
    assert live.stale[blocks_of(rect)].all()
    assert live.stale.sum() < 0.1 * live.stale.size
    np.testing.assert_array_equal(live.means, mean_of_cells(live.values))


def test_patches_unite_and_the_last_one_is_in_focus():
    live = exact_picture(300, 300)
    for rect in (Rect(10, 20, 30, 30), Rect(200, 100, 20, 40)):
        live.apply(patch(rect))
    assert live.dirty == Rect(10, 20, 210, 120)
    assert live.focus == (210, 120)
    assert live.revision == 2


def test_a_patch_that_changes_nothing_asks_for_figures_only():
    live = exact_picture(300, 300)
    live.apply(patch(Rect(10, 20, 30, 30), 0.25))
    assert live.dirty is None
    assert not live.stale.any()
    assert live.needs_exact


@pytest.mark.parametrize("visible", [Rect(0, 0, 3000, 2000), Rect(700, 333, 1500, 901), Rect(-50, 1900, 300, 400)])
def test_pieces_cover_the_picture_once_what_is_visible_first(visible):
    live = stale_picture(2000, 3000, Viewport(visible, 1.0))
    covered = np.zeros((2000, 3000), int)
    x, y = live.focus
    assert not live.next_piece().intersected(Rect(x, y, 1, 1)).empty
    seen_last = 0
    for number in range(1000):
        piece = live.next_piece()
        if piece is None:
            break
        assert max(piece.width, piece.height) <= PIECE_BLOCKS * BLOCK_PX
        if not piece.intersected(live.visible).empty:
            assert seen_last == number
            seen_last = number + 1
        covered[piece.slices] += 1
        live.encoder.stale[blocks_of(piece)] = False
    assert (covered == 1).all()


def test_the_base_stays_under_strokes_and_follows_a_fill():
    live = exact_picture(512, 512)
    usual = live.base
    live.apply(patch(Rect(0, 0, 100, 512), 0.9))
    assert live.base == usual
    # A gradient has no usual quality.
    rect = Rect(0, 0, 512, 512)
    ramp = np.linspace(0, 65535, 512).astype(np.uint16)[None].repeat(512, axis=0)
    live.apply(Changes(patches=[Patch(rect, ramp)], revision=3))
    assert live.base == usual
    live.apply(patch(rect, 0.6))
    assert live.base == round(0.6 * 65535)


def test_an_approximate_answer_leaves_what_is_exact():
    live = exact_picture(256, 256)
    live.encoder.reconstruction[:] = 7
    bits = live.estimates.bits().copy()
    live.apply(patch(Rect(64, 64, 64, 64)))
    live.take(live.whole, np.full((256, 256, 3), 9, np.uint8))
    live.take_bits(live.whole, np.full((16, 16), 99, np.float32))
    expected = np.full((256, 256), 7)
    expected[64:128, 64:128] = 9
    assert (live.encoder.reconstruction[..., 0] == expected).all()
    changed = live.estimates.bits() != bits
    assert (live.estimates.bits()[4:8, 4:8] == 99).all()
    assert changed.sum() == 16


def test_a_selection_asks_for_figures_only():
    live = exact_picture(64, 64)
    live.apply(Changes(selection=(Rect(0, 0, 32, 32),)))
    assert live.needs_exact
    assert live.next_piece() is None


def test_a_signalled_map_becomes_pixels_that_signal_the_same():
    cells = np.random.default_rng(0).random((5, 7)).astype(np.float32)
    values = map_of_cells(cells, 70, 100)
    assert values.shape == (70, 100)
    assert np.abs(qualities_of(values)[::16, ::16] - cells).max() < 1e-5
    assert (values[64:, 96:] == values[64, 96]).all()


def test_a_snapshot_does_not_follow_the_brush():
    picture = photo()
    live = LivePicture(Shown(picture, flat_map(picture)), 1, None)
    snapshot = live.snapshot()
    live.apply(patch(Rect(0, 0, 16, 16)))
    assert (snapshot.values == flat_map(picture)).all()


def test_blocks_are_told_in_rectangles_each_once():
    random = np.random.default_rng(0)
    for _ in range(50):
        left = random.random((6, 9)) < 0.6
        told = np.zeros(left.shape, int)
        while (rect := first_rectangle(left)) is not None:
            assert left[blocks_of(rect)].all()
            told[blocks_of(rect)] += 1
            left[blocks_of(rect)] = False
        assert not left.any()
        assert told.max() <= 1
