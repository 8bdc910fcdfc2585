"""Work that cannot be interrupted is waited for as long as its caller wants, and keeps no other work waiting."""

import threading
import time
from collections.abc import Callable

import pytest

from qmap_studio.core.errors import Cancelled
from qmap_studio.core.threads import spread, spread_in_order, watched, workers

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


def test_pieces_that_take_long_keep_other_work_from_nothing() -> None:
    may_end = threading.Event()
    long = threading.Thread(target=lambda: list(spread(lambda _: may_end.wait(PATIENCE_S), range(2 * workers()))))
    long.start()
    try:
        watched(lambda: spread_in_order(abs, range(-3, 1)), deadline())
    finally:
        may_end.set()
        long.join()


def deadline() -> Callable[[], None]:
    """A checkpoint that fails after a while."""
    end = time.monotonic() + PATIENCE_S / 2

    def checkpoint() -> None:
        assert time.monotonic() < end

    return checkpoint
