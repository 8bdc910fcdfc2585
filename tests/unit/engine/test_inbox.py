import numpy as np
import pytest
from fake_codec import flat_map, painted, photo

from qmap_studio.core.errors import Cancelled
from qmap_studio.core.rect import Rect
from qmap_studio.engine import Compare, UseModel
from qmap_studio.engine.changes import Patch, Viewport
from qmap_studio.engine.inbox import Inbox


def patch(rect: Rect) -> Patch:
    return Patch(rect, painted(rect))


def test_changes_are_merged_until_they_are_taken():
    inbox = Inbox()
    inbox.update_map(patch(Rect(0, 0, 4, 4)), 1)
    inbox.update_map(patch(Rect(8, 8, 4, 4)), 2)
    inbox.set_view(Viewport(Rect(0, 0, 10, 10), 1.0))
    inbox.set_view(Viewport(Rect(0, 0, 20, 20), 2.0))
    inbox.set_selection(Rect(1, 1, 2, 2))
    inbox.set_threshold(0.2)
    inbox.set_threshold(0.3)
    changes = inbox.take_changes()
    assert [patch.rect for patch in changes.patches] == [Rect(0, 0, 4, 4), Rect(8, 8, 4, 4)]
    assert changes.revision == 2
    assert changes.view == Viewport(Rect(0, 0, 20, 20), 2.0)
    assert changes.selection == (Rect(1, 1, 2, 2),)
    assert changes.threshold == (0.3,)
    empty = inbox.take_changes()
    assert not empty.edited
    assert empty.view is empty.selection is empty.threshold is None


def test_a_picture_that_waits_takes_the_patches_in():
    inbox = Inbox()
    picture = photo()
    inbox.update_map(patch(Rect(100, 100, 4, 4)), 1)
    inbox.set_view(Viewport(Rect(0, 0, 10, 10), 1.0))
    inbox.show(picture, flat_map(picture, 0.0), 2)
    inbox.update_map(patch(Rect(0, 0, 4, 4)), 3)
    changes = inbox.take_changes()
    assert changes.patches == []
    assert changes.revision == 3
    assert changes.view is not None
    assert changes.shown is not None
    assert np.argwhere(changes.shown.values == 65535).tolist() == [[y, x] for y in range(4) for x in range(4)]


def test_looking_around_makes_no_answer_out_of_date():
    inbox = Inbox()
    inbox.set_view(Viewport(Rect(0, 0, 10, 10), 1.0))
    inbox.set_selection(None)
    assert not inbox.edited
    inbox.update_map(patch(Rect(0, 0, 4, 4)), 1)
    assert inbox.edited


def test_jobs_keep_their_order_and_can_be_cancelled():
    inbox = Inbox()
    numbers = [inbox.add_job(Compare()) for _ in range(3)]
    assert numbers == [1, 2, 3]
    inbox.cancel_job(2)
    inbox.cancel_job(99)
    first, second, third = (inbox.take_job() for _ in range(3))
    assert [queued.job_id for queued in (first, second, third)] == numbers
    first.token.check()
    with pytest.raises(Cancelled):
        second.token.check()
    inbox.end_job(1)
    inbox.cancel_job(1)
    first.token.check()
    assert inbox.take_job() is inbox.next_job() is None


def test_closing_drops_what_waits_and_stops_what_runs():
    inbox = Inbox()
    inbox.add_job(Compare())
    running = inbox.take_job()
    inbox.add_job(Compare())
    inbox.update_map(patch(Rect(0, 0, 4, 4)), 1)
    inbox.close()
    assert inbox.closed
    assert inbox.take_job() is None
    assert not inbox.edited
    with pytest.raises(Cancelled):
        running.token.check()
    inbox.wait(None)


def test_only_the_job_that_runs_is_being_cancelled():
    """Else an export would wait for answers that a cancelled job behind it holds up."""
    inbox = Inbox()
    first, second = inbox.add_job(UseModel("a")), inbox.add_job(UseModel("b"))
    assert inbox.take_job().job_id == first
    inbox.cancel_job(second)
    assert not inbox.cancelling
    inbox.cancel_job(first)
    assert inbox.cancelling
    inbox.end_job(first)
    assert not inbox.cancelling
    assert inbox.take_job().job_id == second
    assert inbox.cancelling
