import numpy as np
import pytest
from fake_codec import flat_map, painted, photo

from qmap_studio.core.picture import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine.grid import CELL_PX, area, blocks_of
from qmap_studio.engine.inbox import Changes, Patch, View
from qmap_studio.engine.session import PIECE_BLOCKS, REACH_PX, Session, quality_of, values_of_cells


def session_of(height: int, width: int, view: View | None = None) -> Session:
    picture = Picture(np.zeros((height, width, 3), np.uint8))
    return Session(picture, flat_map(picture), 1, view)


def patch(rect: Rect) -> Changes:
    return Changes(patches=[Patch(rect, painted(rect))], revision=2)


def test_a_patch_changes_the_map_and_makes_its_neighbourhood_stale():
    session = session_of(2048, 2048)
    session.stale[:] = False
    session.dirty = None
    rect = Rect(1000, 900, 40, 30)
    session.apply(patch(rect))
    assert (session.values[rect.slices] == 65535).all()
    assert (session.values == 65535).sum() == area(rect)
    assert session.dirty == session.latest == rect
    assert session.stale[blocks_of(rect.expanded(REACH_PX))].all()
    assert session.stale.sum() < 0.1 * session.stale.size


def test_patches_unite_and_the_last_one_is_in_focus():
    session = session_of(300, 300)
    for rect in (Rect(10, 20, 30, 30), Rect(200, 100, 20, 40)):
        session.apply(patch(rect))
    assert session.dirty == Rect(10, 20, 210, 120)
    assert session.focus == (210, 120)
    assert session.revision == 2


def test_a_patch_that_changes_nothing_asks_for_figures_only():
    session = session_of(300, 300)
    session.apply(patch(Rect(10, 20, 30, 30)))
    session.dirty = None
    session.stale[:] = False
    session.figures_due = False
    session.apply(patch(Rect(10, 20, 30, 30)))
    assert session.dirty is None
    assert not session.stale.any()
    assert session.owes_figures


def test_a_small_picture_is_one_piece():
    session = session_of(512, 768, View(Rect(0, 0, 10, 10), 4.0))
    assert session.next_piece() == session.whole


@pytest.mark.parametrize("visible", [Rect(0, 0, 3000, 2000), Rect(700, 333, 1500, 901), Rect(-50, 1900, 300, 400)])
def test_pieces_cover_what_is_visible_once_nearest_first(visible):
    session = session_of(2000, 3000, View(visible, 1.0))
    covered = np.zeros((2000, 3000), int)
    x, y = session.focus
    assert not session.next_piece().intersected(Rect(x, y, 1, 1)).empty
    while (piece := session.next_piece()) is not None:
        assert area(piece) <= (PIECE_BLOCKS * 64) ** 2
        covered[piece.slices] += 1
        cells = np.zeros((-(-piece.height // CELL_PX), -(-piece.width // CELL_PX)), np.float32)
        session.keep(piece, np.zeros((piece.height, piece.width, 3), np.uint8), cells, None)
    assert covered.max() == 1
    assert (covered[session.visible.slices] == 1).all()
    assert session.owes_figures


def test_nothing_is_owed_for_what_is_out_of_sight():
    session = session_of(2000, 3000, View(Rect(-500, 0, 400, 400), 1.0))
    assert session.next_piece() is None
    assert not session.owes_exact


def test_the_size_of_a_large_picture_is_estimated_from_its_parts():
    session = session_of(2048, 2048)
    session.keep(Rect(0, 0, 64, 64), np.zeros((64, 64, 3), np.uint8), np.full((4, 4), 8, np.float32), None)
    assert session.estimated_bytes() == 128 * 128


def test_a_selection_asks_for_figures_only():
    session = session_of(64, 64)
    session.stale[:] = False
    session.figures_due = False
    session.apply(Changes(selection=(Rect(0, 0, 32, 32),)))
    assert session.owes_exact
    assert session.next_piece() is None


def test_a_threshold_asks_for_figures_only():
    session = session_of(64, 64)
    session.stale[:] = False
    session.figures_due = False
    session.apply(Changes(threshold=(0.4,)))
    assert session.snapshot().threshold == 0.4
    assert session.owes_exact
    assert session.next_piece() is None


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
