"""Workers of a Dask cluster: the same as processes of this machine, on others.

Each worker is asked first whether it fits, and does one photo at a time; a second one waits at it, so that it is never
idle. Who does what is decided here and not by the scheduler, which passes messages on: so that a worker that does not
fit gets nothing, and what a dead one had is known at once.
"""

import logging
import pickle
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from qmap_studio import __version__
from qmap_studio.batch import remote, stores
from qmap_studio.batch.outcome import Outcome
from qmap_studio.batch.places import PathMap
from qmap_studio.batch.task import Task
from qmap_studio.core.errors import ComputeError
from qmap_studio.core.files import atomic_write, make_folder
from qmap_studio.core.language import tr

if TYPE_CHECKING:
    from distributed import Client, Future

ADDRESS = re.compile(r"(tcp|tls)://[^/:][^/]*:\d+")
MARK = ".batch.cluster"
CONNECTS_WITHIN_S = 5.0
LOOK_EVERY_S = 0.5
READY_WITHIN_S = 120.0
"""So long the first workers may take to load the codec."""
ANSWERS_WITHIN_S = 30.0
JOINS_WITHIN_S = 30.0
"""So long another worker is waited for where there is none."""
AT_WORKER = 2
"""Tasks a worker has at most: the one it does, and the next."""
MOST_TRIES = 3
"""So often a photo is begun whose worker dies."""


@dataclass
class _Begun:
    """A task at a worker."""

    task: Task
    tries: int
    worker: str
    future: "Future[Any]"


@dataclass(frozen=True)
class _Call:
    """Is done where it is unpickled: so the scheduler passes bytes on and needs no QMap Studio of its own."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.function, self.arguments


class Cluster:
    """Workers that a scheduler knows.

    Args:
        address: of the scheduler, such as "tcp://10.0.0.1:8786".
        model, device: as `load_codec` takes them.
        weights: the digest of the model's weights.
        out: the folder of results, which every worker must see.
        paths: where workers see what lies elsewhere for them.
        tell: is told which workers are left out, and why, in a sentence.
    Raises:
        ComputeError: there is no scheduler, or no worker that fits.
        FileAccessError: nothing can be written to the folder of results.
    """

    def __init__(
        self,
        address: str,
        model: str,
        device: str,
        weights: str,
        out: Path,
        paths: PathMap | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._address, self._paths, self._tell = address, paths or PathMap(), tell
        self._client = _connected(address)
        self._mark: Path | None = None
        self._ended: SimpleQueue[Future[Any]] = SimpleQueue()
        self._asked: dict[str, tuple[str, Future[Any]]] = {}
        self._fit: set[str] = set()
        self._unfit: dict[str, str] = {}
        self._begun: dict[str, _Begun] = {}
        self._again: list[tuple[Task, int]] = []
        self._suspects: list[tuple[Task, int]] = []
        self._numbers = 0
        self._looked = self._had_some = monotonic()
        try:
            self._wanted = self._marked(remote.Wanted(__version__, model, device, weights), out)
            self._greet()
        except BaseException:
            self.close()
            raise

    @property
    def count(self) -> int:
        return len(self._fit)

    def outcomes(self, tasks: Iterator[Task], is_stopped: Callable[[], bool]) -> Iterator[tuple[Task, Outcome]]:
        waiting = iter(tasks)
        try:
            while not is_stopped():
                yield from self._look()
                is_over = self._hand_out(waiting)
                if is_over and not (self._begun or self._again or self._suspects):
                    return
                yield from self._take()
        finally:
            self._give_up()

    def close(self) -> None:
        """Leaves the workers to others."""
        if self._mark is not None:
            with suppress(OSError):
                self._mark.unlink()
        with suppress(Exception):  # it may be gone
            self._client.close(timeout=CONNECTS_WITHIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _marked(self, wanted: remote.Wanted, out: Path) -> remote.Wanted:
        """With a file in the folder of results, by which workers are known to see it."""
        if stores.is_url(out):
            return wanted
        content = secrets.token_hex(8)
        make_folder(out)
        self._mark = out / MARK
        atomic_write(self._mark, content.encode())
        there = self._paths.there(self._mark)
        return remote.Wanted(wanted.version, wanted.model, wanted.device, wanted.weights, there, content)

    def _greet(self) -> None:
        """Waits until the workers that are there have said whether they fit."""
        began = monotonic()
        while True:
            self._see_workers()
            self._hear()
            waited = monotonic() - began
            if self._fit and (not self._asked or waited > READY_WITHIN_S):
                return
            if self._unfit and not self._asked:
                raise ComputeError(self._no_worker())
            if waited > (READY_WITHIN_S if self._asked else JOINS_WITHIN_S):
                raise ComputeError(self._no_worker())

    def _look(self) -> Iterator[tuple[Task, Outcome]]:
        """Notices workers that have come or gone; gives the photos that were begun too often."""
        if monotonic() - self._looked < LOOK_EVERY_S:
            return
        there = self._see_workers()
        lost = [key for key, begun in self._begun.items() if begun.worker not in there]
        for key in lost:
            begun = self._begun.pop(key)
            if begun.tries >= MOST_TRIES:
                yield begun.task, _died(begun.task)
            else:
                self._suspects.append((begun.task, begun.tries + 1))
        if self._fit:
            self._had_some = monotonic()
        elif monotonic() - self._had_some > (READY_WITHIN_S if self._asked else JOINS_WITHIN_S):
            raise ComputeError(self._no_worker())

    def _see_workers(self) -> set[str]:
        """The workers that are there; those that are new are asked whether they fit."""
        self._looked = monotonic()
        try:
            if self._client.status != "running":
                raise OSError
            there = set(self._client.nthreads())
        except (OSError, ValueError) as error:
            text = tr("The scheduler at {address} is gone; when it is there again, start this again to go on.")
            raise ComputeError(text.format(address=self._address)) from error
        self._fit &= there
        for worker in self._unfit.keys() - there:
            del self._unfit[worker]
        asked = {worker for worker, _ in self._asked.values()}
        for worker in sorted(there - self._fit - asked - self._unfit.keys()):
            future = self._submit(worker, self._key(), remote.prepare, self._wanted)
            self._asked[future.key] = worker, future
        for key in [key for key, (worker, _) in self._asked.items() if worker not in there]:
            del self._asked[key]
        return there

    def _hand_out(self, waiting: Iterator[Task]) -> bool:
        """Gives tasks to the workers that have too few; whether there are no more.

        A photo whose worker has died has the next one for itself, so that no other is blamed for it.
        """
        has = Counter(begun.worker for begun in self._begun.values())
        alone = {begun.worker for begun in self._begun.values() if begun.tries > 1}
        for tasks in range(AT_WORKER):
            for worker in sorted(worker for worker in self._fit - alone if has[worker] <= tasks):
                if self._suspects and has[worker]:
                    continue  # until one is free for them
                if self._suspects:
                    task, tries = self._suspects.pop()
                elif self._again:
                    task, tries = self._again.pop()
                elif (next_task := next(waiting, None)) is not None:
                    task, tries = next_task, 1
                else:
                    return True
                has[worker] += 1
                key = self._key()
                future = self._submit(worker, key, remote.do, self._wanted, key, self._paths.task_there(task))
                self._begun[key] = _Begun(task, tries, worker, future)
        return False

    def _key(self) -> str:
        self._numbers += 1
        return f"qmap-studio-{self._client.id}-{self._numbers}"

    def _submit(self, worker: str, key: str, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        future: Future[Any] = self._client.submit(
            pickle.loads,
            pickle.dumps(_Call(function, arguments)),
            key=key,
            workers=[worker],
            allow_other_workers=False,
            pure=False,
        )
        future.add_done_callback(self._ended.put)
        return future

    def _take(self) -> Iterator[tuple[Task, Outcome]]:
        """What has ended by now; waits a while for the first."""
        for future in self._heard():
            begun = self._begun.pop(future.key, None)
            if begun is None:
                continue
            if future.status == "finished":
                said = self._answer(begun.worker, future)
                if isinstance(said, Outcome):
                    yield begun.task, self._paths.outcome_here(said)
                    continue
                if said is not None:
                    self._leave_out(begun.worker, said)
            elif future.status == "error":
                from distributed.scheduler import KilledWorker

                error = future.exception()
                if isinstance(error, KilledWorker):  # the scheduler has tried it again by itself
                    yield begun.task, _died(begun.task)
                    continue
                self._leave_out(begun.worker, f"{type(error).__name__}: {error}")
            (self._again if begun.tries == 1 else self._suspects).append((begun.task, begun.tries))

    def _answer(self, worker: str, future: "Future[Any]") -> Any:
        """What a worker has said; None where it has ended with its answer."""
        began = monotonic()
        while monotonic() - began < ANSWERS_WITHIN_S and self._client.status == "running":
            try:
                return future.result(timeout=LOOK_EVERY_S)
            except (TimeoutError, OSError):
                if worker not in self._see_workers():
                    break
            except Exception:  # it was lost on its way
                break
        return None

    def _hear(self) -> None:
        for _ in self._heard():
            pass

    def _heard(self) -> Iterator["Future[Any]"]:
        """Tasks that have ended; what workers say about themselves is dealt with here."""
        ended: list[Future[Any]] = []
        with suppress(Empty):
            while True:
                ended.append(self._ended.get(timeout=0 if ended else LOOK_EVERY_S))
        for future in ended:
            asked = self._asked.pop(future.key, None)
            if asked is None:
                yield future
            elif future.status == "error":
                error = future.exception()
                self._leave_out(asked[0], f"{type(error).__name__}: {error}")
            elif future.status == "finished" and (said := self._answer(asked[0], future)) is not None:
                if said:
                    self._leave_out(asked[0], said)
                else:
                    self._fit.add(asked[0])

    def _leave_out(self, worker: str, reason: str) -> None:
        self._fit.discard(worker)
        if worker not in self._unfit:
            self._unfit[worker] = self._paths.text_here(" ".join(reason.split()))
            self._tell(self._reason(worker))

    def _reason(self, worker: str) -> str:
        text = tr("The worker {worker} is left out: {reason}.")
        return text.format(worker=worker, reason=self._unfit[worker].rstrip("."))

    def _no_worker(self) -> str:
        if self._unfit:
            return self._reason(min(self._unfit))
        text = tr("No worker is at the scheduler {address}; start some with: dask worker {address} --nthreads 1")
        return text.format(address=self._address)

    def _give_up(self) -> None:
        """What is under way is not wanted any more; workers notice that between two pieces of a photo."""
        futures = [begun.future for begun in self._begun.values()]
        self._begun.clear()
        self._again.clear()
        self._suspects.clear()
        if futures and self._client.status == "running":
            with suppress(Exception):
                self._client.cancel(futures, force=True)


def _connected(address: str) -> "Client":
    if ADDRESS.fullmatch(address) is None:
        text = tr("{address} is no address of a scheduler; one such as tcp://HOST:8786 was expected.")
        raise ComputeError(text.format(address=address))
    try:
        from distributed import Client
    except ImportError as error:
        text = tr('Workers on other machines need Dask; install "qmap-studio[batch]" with pip.')
        raise ComputeError(text) from error
    for name in ("distributed", "asyncio", "tornado"):  # their words are for programmers
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        return Client(address, timeout=CONNECTS_WITHIN_S, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as error:
        text = tr("There is no scheduler at {address}: is it running, and can it be reached from here?")
        raise ComputeError(text.format(address=address)) from error


def _died(task: Task) -> Outcome:
    text = tr("The workers that coded this photo ended without a word, as for lack of memory.")
    return Outcome(task.place, task.file, notices=task.notices, error=text)
