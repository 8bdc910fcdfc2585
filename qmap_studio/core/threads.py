"""How work is spread over the processor: whole pieces side by side, each on one thread.

Threads that share one operation wait for each other after each: beside any other busy program that takes several times
as long. Pieces that need nothing of each other lose only what the other program takes.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


_is_alone = True
"""Whether this process is the only one of its kind, to which the processor's cores belong."""


def work_in_one_thread() -> None:
    """Pieces are worked on one after the other, for there are processes like this one beside it."""
    from qmap_studio.core.opencv import cv2  # whose own threads would take the others' cores

    global _is_alone
    _is_alone = False
    workers.cache_clear()
    cv2.setNumThreads(1)


def cores() -> int:
    """How many of the processor's cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def workers() -> int:
    """How many pieces to work on at once: all cores, but where there are more than two one is left to the window."""
    if not _is_alone:
        return 1
    return cores() if cores() <= 2 else cores() - 1


@cache
def _pool() -> ThreadPoolExecutor:
    """Threads for two that spread at once: one whose pieces take long does not keep the other waiting."""
    return ThreadPoolExecutor(2 * workers(), thread_name_prefix="qmap-studio-worker")


def spread(do: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Results in the order in which they are done; no more items are begun than there are workers.

    So whoever takes the results may do other work in between that is spread, too, and it does not wait behind this.
    What has begun is waited for before an error, or the caller's own, goes on.
    """
    waiting = iter(items)
    first = list(islice(waiting, 2))
    if len(first) < 2 or workers() == 1:
        yield from map(do, first)
        yield from map(do, waiting)
        return
    running: set[Future[Result]] = set()
    try:
        running |= {_pool().submit(do, item) for item in first}
        running |= {_pool().submit(do, item) for item in islice(waiting, workers() - 2)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {_pool().submit(do, item) for item in islice(waiting, len(done))}
            for future in done:
                yield future.result()
    finally:
        wait(running)


def spread_in_order(do: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """All results, in the order of the items."""
    numbered = list(enumerate(items))
    results = dict(spread(lambda item: (item[0], do(item[1])), numbered))
    return [results[number] for number, _ in numbered]


CHECK_EVERY_S = 0.03


def watched(work: Callable[[], Result], checkpoint: Callable[[], object]) -> Result:
    """Does what cannot be interrupted, such as a library's reading of a file, in a thread of its own.

    Args:
        work: may go on after this has ended, so that it must leave nothing behind: no file, nothing shared.
        checkpoint: called some thirty times a second, in the caller's thread; what it raises ends the waiting.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    # No thread of a pool: the program does not wait for it when it ends.
    threading.Thread(target=run, name="qmap-studio-watched", daemon=True).start()
    while not wait([future], CHECK_EVERY_S).done:
        checkpoint()
    return future.result()
