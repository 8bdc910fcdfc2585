import numpy as np
import pytest
from fake_codec import FakeCodec, flat_map, painted, photo

from qmap_studio.core.picture import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine.grid import BLOCK_PX, CELL_PX, area, blocks_of, cells_of
from qmap_studio.engine.inbox import Changes, Patch, View
from qmap_studio.engine.session import PIECE_BLOCKS, Session, cell_means, quality_of, values_of_cells


def session_of(height: int, width: int, view: View | None = None) -> Session:
    """One whose encoder is up to date."""
    session = stale_session_of(height, width, view)
    session.encoder.update(np.ones_like(session.stale))
    session.keep_exact()
    session.dirty, session.figures_due = None, False
    return session


def stale_session_of(height: int, width: int, view: View | None = None) -> Session:
    picture = Picture(np.zeros((height, width, 3), np.uint8))
    session = Session(picture, flat_map(picture), 1, view)
    session.follow(FakeCodec())
    return session


def patch(rect: Rect, quality: float = 1.0) -> Changes:
    return Changes(patches=[Patch(rect, painted(rect, quality))], revision=2)


def test_a_patch_changes_the_map_and_makes_its_blocks_stale():
    session = session_of(1024, 1024)
    rect = Rect(500, 450, 40, 30)
    session.apply(patch(rect))
    assert (session.values[rect.slices] == 65535).all()
    assert (session.values == 65535).sum() == area(rect)
    assert session.dirty == session.latest == rect
    assert session.stale[blocks_of(rect)].all()
    assert session.stale.sum() < 0.1 * session.stale.size
    np.testing.assert_array_equal(session.means, cell_means(session.values))


def test_patches_unite_and_the_last_one_is_in_focus():
    session = session_of(300, 300)
    for rect in (Rect(10, 20, 30, 30), Rect(200, 100, 20, 40)):
        session.apply(patch(rect))
    assert session.dirty == Rect(10, 20, 210, 120)
    assert session.focus == (210, 120)
    assert session.revision == 2


def test_a_patch_that_changes_nothing_asks_for_figures_only():
    session = session_of(300, 300)
    session.apply(patch(Rect(10, 20, 30, 30), 0.25))
    assert session.dirty is None
    assert not session.stale.any()
    assert session.owes_exact


@pytest.mark.parametrize("visible", [Rect(0, 0, 3000, 2000), Rect(700, 333, 1500, 901), Rect(-50, 1900, 300, 400)])
def test_pieces_cover_the_picture_once_what_is_visible_first(visible):
    session = stale_session_of(2000, 3000, View(visible, 1.0))
    covered = np.zeros((2000, 3000), int)
    x, y = session.focus
    assert not session.next_piece().intersected(Rect(x, y, 1, 1)).empty
    seen_last = 0
    for number in range(1000):
        piece = session.next_piece()
        if piece is None:
            break
        assert max(piece.width, piece.height) <= PIECE_BLOCKS * BLOCK_PX
        if not piece.intersected(session.visible).empty:
            assert seen_last == number
            seen_last = number + 1
        covered[piece.slices] += 1
        session.encoder.stale[blocks_of(piece)] = False
    assert (covered == 1).all()


def test_the_base_stays_under_strokes_and_follows_a_fill():
    session = session_of(512, 512)
    usual = session.base
    session.apply(patch(Rect(0, 0, 100, 512), 0.9))
    assert session.base == usual
    # A gradient has no usual quality.
    rect = Rect(0, 0, 512, 512)
    ramp = np.linspace(0, 65535, 512).astype(np.uint16)[None].repeat(512, axis=0)
    session.apply(Changes(patches=[Patch(rect, ramp)], revision=3))
    assert session.base == usual
    session.apply(patch(rect, 0.6))
    assert session.base == round(0.6 * 65535)


def test_an_approximate_answer_leaves_what_is_exact():
    session = session_of(256, 256)
    session.encoder.reconstruction[:] = 7
    bits = session.estimates.bits().copy()
    session.apply(patch(Rect(64, 64, 64, 64)))
    session.take(session.whole, np.full((256, 256, 3), 9, np.uint8))
    session.take_bits(session.whole, np.full((16, 16), 99, np.float32))
    expected = np.full((256, 256), 7)
    expected[64:128, 64:128] = 9
    assert (session.encoder.reconstruction[..., 0] == expected).all()
    changed = session.estimates.bits() != bits
    assert (session.estimates.bits()[4:8, 4:8] == 99).all()
    assert changed.sum() == 16


def test_a_selection_asks_for_figures_only():
    session = session_of(64, 64)
    session.apply(Changes(selection=(Rect(0, 0, 32, 32),)))
    assert session.owes_exact
    assert session.next_piece() is None


def test_the_means_of_cells_count_the_pixels_that_they_have():
    values = np.random.default_rng(0).integers(0, 65536, (37, 50)).astype(np.uint16)
    means = cell_means(values)
    assert means.shape == (3, 4)
    assert means[2, 3] == pytest.approx(values[32:, 48:].mean())
    assert cells_of(Rect(0, 0, 50, 37)) == Rect(0, 0, 4, 3)
    assert CELL_PX == 16


def test_a_signalled_map_becomes_pixels_that_signal_the_same():
    cells = np.random.default_rng(0).random((5, 7)).astype(np.float32)
    values = values_of_cells(cells, 70, 100)
    assert values.shape == (70, 100)
    assert np.abs(quality_of(values)[::16, ::16] - cells).max() < 1e-5
    assert (values[64:, 96:] == values[64, 96]).all()


def test_a_snapshot_does_not_follow_the_brush():
    picture = photo()
    session = Session(picture, flat_map(picture), 1, None)
    snapshot = session.snapshot()
    session.apply(patch(Rect(0, 0, 16, 16)))
    assert (snapshot.values == flat_map(picture)).all()
