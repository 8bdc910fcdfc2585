"""Worker processes of this machine, of one thread each."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from qmap_studio.batch.outcome import Outcome
from qmap_studio.batch.task import Task
from qmap_studio.core.errors import Cancelled, ComputeError, QMapStudioError
from qmap_studio.core.language import chosen_language, tr, use_language

LOOK_EVERY_S = 0.2
ENDS_WITHIN_S = 10.0
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
MOST_TRIES = 2
"""So often a photo is begun whose worker dies."""

_context = multiprocessing.get_context("spawn")  # a fork would take the threads' locks along


class Processes:
    """Processes that load the codec once each; one that dies is replaced, and its photo tried once more.

    Args:
        count: of them.
        model, device: as `load_codec` takes them.
    """

    def __init__(self, count: int, model: str, device: str) -> None:
        self._count = count
        self._model, self._device = model, device
        self._stop: Any = _context.RawValue("b", False)  # an Event has a lock, which a process that dies may hold
        self._all: list[_Process] = []
        self._scratch: TemporaryDirectory[str] | None = None

    @property
    def count(self) -> int:
        return self._count

    def outcomes(self, tasks: Iterator[Task], is_stopped: Callable[[], bool]) -> Iterator[tuple[Task, Outcome]]:
        again: list[tuple[Task, int]] = []
        waiting = iter(tasks)
        is_over = False
        while True:
            if is_stopped():
                self._stop.value = True
                return
            is_over = self._hand_out(waiting, again, is_over)
            busy = [process for process in self._all if process.task is not None]
            if not busy:
                return
            for connection in wait([process.pipe for process in busy], LOOK_EVERY_S):
                process = next(known for known in busy if known.pipe is connection)
                if (ended := self._take(process, again)) is not None:
                    yield ended

    def close(self) -> None:
        self._stop.value = True
        for process in self._all:
            process.ask_to_end()
        end = monotonic() + ENDS_WITHIN_S
        for process in self._all:
            process.end(end - monotonic())
        self._all.clear()
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def _started(self) -> "_Process":
        if self._scratch is None:
            self._scratch = TemporaryDirectory(prefix="qmap-studio-", ignore_cleanup_errors=True)
        return _Process.started(self._model, self._device, Path(self._scratch.name), self._stop)

    def _hand_out(self, waiting: Iterator[Task], again: list[tuple[Task, int]], is_over: bool) -> bool:
        """Gives every idle process a task, and starts those that are missing; whether there are no more tasks."""
        idle = [process for process in self._all if process.task is None]
        while idle or len(self._all) < self._count:
            if again:
                task, tries = again.pop()
            elif is_over or (next_task := next(waiting, None)) is None:
                return True
            else:
                task, tries = next_task, 1
            if idle:
                process = idle.pop()
            else:
                process = self._started()
                self._all.append(process)
            process.give(task, tries)
        return is_over

    def _take(self, process: "_Process", again: list[tuple[Task, int]]) -> tuple[Task, Outcome] | None:
        """What a process has to say: an outcome, that it cannot work, or that it has died."""
        task = process.task
        assert task is not None, "it is busy"
        try:
            said = process.pipe.recv()
        except (EOFError, OSError):
            self._all.remove(process)
            process.end(ENDS_WITHIN_S)
            if process.tries < MOST_TRIES:
                again.append((task, process.tries + 1))
                return None
            text = tr("The process that coded this photo ended without a word, as for lack of memory.")
            return task, Outcome(task.place, task.file, notices=task.notices, error=text)
        if isinstance(said, Outcome):
            process.task = None
            return task, said
        raise ComputeError(said)


@contextmanager
def _in_one_thread() -> Iterator[None]:
    """What begins meanwhile multiplies matrices in one thread: libraries look at the environment when they load."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@dataclass
class _Process:
    """One worker, as this side knows it.

    Attributes:
        task: that it works on, if it does.
        tries: how often that was begun by now.
    """

    process: Any
    pipe: "Connection[Any, Any]"
    task: Task | None = None
    tries: int = 0

    @classmethod
    def started(cls, model: str, device: str, scratch: Path, stop: Any) -> "_Process":
        ours, theirs = _context.Pipe()
        arguments = theirs, model, device, scratch, chosen_language(), stop
        process = _context.Process(target=_work, args=arguments, daemon=True)
        with _without_interrupts(), _in_one_thread():
            process.start()
        theirs.close()
        return cls(process, ours)

    def give(self, task: Task, tries: int) -> None:
        self.task, self.tries = task, tries
        with suppress(OSError):  # it has died, which is noticed where it is listened to
            self.pipe.send(task)

    def ask_to_end(self) -> None:
        with suppress(OSError):
            self.pipe.send(None)

    def end(self, within_s: float) -> None:
        self.process.join(max(within_s, 0.0))
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.pipe.close()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Ctrl-C in the terminal reaches all its processes; those that are begun here never see it: the parent says what
    is to be done."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(
    pipe: "Connection[Any, Any]", model: str, device: str, scratch: Path, language: str | None, stop: Any
) -> None:
    """What a process does until it is told to end, or its parent has."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use_language(language)
    parent = multiprocessing.parent_process()
    from qmap_studio.core import threads

    threads.work_in_one_thread()
    from qmap_studio.batch.coder import Coder

    def checkpoint(_share: float) -> None:
        if stop.value or (parent is not None and not parent.is_alive()):
            raise Cancelled

    with suppress(EOFError, OSError, Cancelled):
        try:
            coder = Coder(model, device, scratch)
        except (QMapStudioError, MemoryError) as error:
            pipe.recv()
            pipe.send(str(error) or tr("There is not enough memory to load the model."))
            return
        while (task := pipe.recv()) is not None:
            pipe.send(coder.do(task, checkpoint))
