"""A run over all photos: what is done already is passed over, the rest is done, each photo is told of."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from filelock import FileLock, Timeout

from qmap_studio.batch import summary
from qmap_studio.batch.journal import Journal
from qmap_studio.batch.needs import Needs
from qmap_studio.batch.outcome import Outcome
from qmap_studio.batch.photos import Found
from qmap_studio.batch.plan import Plan
from qmap_studio.batch.table import Table
from qmap_studio.batch.task import Task
from qmap_studio.batch.workers import Workers
from qmap_studio.core.errors import FileAccessError
from qmap_studio.core.files import is_writing, make_folder
from qmap_studio.core.language import tr

LOCK = ".batch.lock"


class Observer(Protocol):
    """Who follows a run; called in its thread."""

    def listed(self, totals: "Totals") -> None:
        """All photos are known."""

    def ended(self, outcome: Outcome, totals: "Totals") -> None:
        """A photo is done, or has failed."""


@dataclass
class Totals:
    """How far a run is.

    Attributes:
        photos: all there are.
        before: of them, those that earlier runs have done.
        done, failed: by this run.
        bytes: of the files of this run.
        needs: what this run needs, once all photos are known.
        stopped: why the run ended before its end, in a sentence; empty if it did not.
    """

    photos: int = 0
    before: int = 0
    done: int = 0
    failed: int = 0
    bytes: int = 0
    needs: Needs | None = None
    stopped: str = ""
    began: float = 0.0

    @property
    def share(self) -> float:
        """That is over by now, 0 to 1."""
        return (self.before + self.done + self.failed) / max(self.photos, 1)

    @property
    def seconds_left(self) -> float | None:
        """By the pace so far; None as long as nothing is done."""
        ended = self.done + self.failed
        left = self.photos - self.before - ended
        return (monotonic() - self.began) / ended * left if ended else None


@dataclass(frozen=True)
class Run:
    """A plan that is carried out.

    Attributes:
        is_stopped: asked again and again, whether the person has had enough.
    """

    plan: Plan
    observer: Observer
    is_stopped: Callable[[], bool] = lambda: False

    def with_workers(self, workers: Workers) -> Totals:
        """Does what is left to be done, and writes table and summary.

        Raises:
            QMapStudioError: nothing could be done: a folder is none, the results cannot be written, another run is
                writing them, or no worker can work. What was done until then counts for the next run.
        """
        out = self.plan.kept
        make_folder(out)
        lock = FileLock(out / LOCK)
        with is_writing(out / LOCK):
            try:
                lock.acquire(timeout=0)
            except Timeout as error:
                raise FileAccessError(tr("Another run is writing to {folder}.").format(folder=out)) from error
        with lock:
            totals = self._do(workers)
            summary.write(out, totals.stopped)
            return totals

    def _do(self, workers: Workers) -> Totals:
        totals = Totals()
        with ExitStack() as stack:
            journal, table = stack.enter_context(Journal(self.plan.kept)), stack.enter_context(Table(self.plan.kept))
            tasks, unread = self._left_to_do(journal, table, totals)
            for found in unread:
                self._end(Outcome(found.place, "", error=found.error), table, totals)
            totals.needs = Needs.of(tasks, workers.count)
            totals.began = monotonic()
            self.observer.listed(totals)
            ended = workers.outcomes(iter(tasks), lambda: bool(totals.stopped) or self.is_stopped())
            for task, outcome in ended:
                if outcome.is_disk_full:
                    totals.stopped = outcome.error
                journal.add(task.made_of, outcome)
                self._end(outcome, table, totals)
        if not totals.stopped and self.is_stopped():
            totals.stopped = tr("Cancelled; start it again to go on.")
        return totals

    def _left_to_do(self, journal: Journal, table: Table, totals: Totals) -> tuple[list[Task], list[Found]]:
        """Tasks whose photos have no file of what they are made of; those that have are in the table at once."""
        done = journal.done()
        kept: dict[str, str] = {}
        tasks: list[Task] = []
        unread: list[Found] = []
        for entry in self._entries():
            totals.photos += 1
            if isinstance(entry, Found):
                unread.append(entry)
            elif done.get(entry.place) == entry.made_of and self.plan.is_written(entry):
                kept[entry.place] = entry.made_of
            else:
                tasks.append(entry)
        totals.before = len(kept)
        for outcome in journal.outcomes(kept):
            table.add(outcome, at_once=False)
        return tasks, unread

    def _entries(self) -> Iterator[Task | Found]:
        for entry in self.plan.entries():
            if self.is_stopped():
                return
            yield entry

    def _end(self, outcome: Outcome, table: Table, totals: Totals) -> None:
        table.add(outcome)
        if outcome.error:
            totals.failed += 1
        else:
            totals.done += 1
            totals.bytes += outcome.bytes or 0
        self.observer.ended(outcome, totals)
