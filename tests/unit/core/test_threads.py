"""Work that cannot be interrupted is waited for as long as its caller wants."""

import threading

import pytest

from qmap_studio.core.errors import Cancelled
from qmap_studio.core.threads import watched

PATIENCE_S = 20


def test_the_result_of_watched_work_comes_back() -> None:
    assert watched(lambda: 7, lambda: None) == 7


def test_an_error_of_watched_work_comes_back() -> None:
    with pytest.raises(ZeroDivisionError):
        watched(lambda: 1 // 0, lambda: None)


def test_whoever_watches_gives_up_without_waiting_for_the_end() -> None:
    may_end, has_ended = threading.Event(), threading.Event()

    def work() -> None:
        assert may_end.wait(PATIENCE_S)
        has_ended.set()

    def checkpoint() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        watched(work, checkpoint)
    assert not has_ended.is_set()
    may_end.set()
    assert has_ended.wait(PATIENCE_S)
