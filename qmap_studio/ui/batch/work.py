"""A batch in a thread of its own; whoever asks takes what there is to tell. No Qt."""

import gc
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from typing import TYPE_CHECKING

from qmap_studio.batch import Outcome, Plan, Run, Task, Totals, Workers
from qmap_studio.batch.journal import Journal
from qmap_studio.batch.needs import machine_bytes
from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.language import tr
from qmap_studio.ui.batch.rows import Change, Row, State

if TYPE_CHECKING:
    from qmap_studio.batch.photos import Found


class Work:
    """Begins at once.

    Args:
        make_plan, make_workers: called in the thread.

    Attributes:
        stop: to be set for an early end; what is done stays.
        is_over: set after the last thing there is to tell.
        found: how many photos were found so far.
        totals: None until all photos are known; changed by the thread.
        error: why the run could not be carried out, in a sentence; empty if it could.
        rows: a list of all photos, once they are known.
        changes: of those rows since then.
        said: sentences on what the run needs.
    """

    def __init__(self, make_plan: Callable[[], Plan], make_workers: Callable[[], Workers]) -> None:
        self.stop, self.is_over = threading.Event(), threading.Event()
        self.found, self.error = 0, ""
        self.totals: Totals | None = None
        self.rows: deque[list[Row]] = deque()
        self.changes: deque[Change] = deque()
        self.said: deque[tuple[str, ...]] = deque()
        self._make_plan, self._make_workers = make_plan, make_workers
        self._numbers: dict[str, int] = {}
        self._thread = threading.Thread(target=self._do, name="qmap-studio-batch", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Waits for the end, but no longer than that."""
        self._thread.join(seconds)

    def listed(self, totals: Totals) -> None:
        self.totals = totals
        if totals.needs is not None:
            self.said.append(totals.needs.sentences(machine_bytes()))

    def ended(self, outcome: Outcome, totals: Totals) -> None:
        self.totals = totals
        self._change(outcome.photo, State.FAILED if outcome.error else State.DONE, outcome)

    def _do(self) -> None:
        gc.disable()  # until all photos are known: with each it would look through all of them, and the window waits
        try:
            plan = _ToldPlan.of(self._make_plan(), self._find)
            workers = self._make_workers()
            try:
                self.totals = Run(plan, self, self.stop.is_set).with_workers(_ToldWorkers(workers, plan, self))
            finally:
                workers.close()
        except QMapStudioError as error:
            self.error = str(error)
        except Exception as error:  # told, rather than lost with the thread
            self.error = tr("Unexpected: {error}").format(error=f"{type(error).__name__}: {error}")
        finally:
            gc.unfreeze()
            gc.enable()
            self.is_over.set()

    def _find(self) -> None:
        self.found += 1

    def begin(self, plan: "_ToldPlan", left: list[Task]) -> None:
        """All photos are known, and which of them are left to be done."""
        waiting = {task.place for task in left}
        made_of = {
            each.place: each.made_of for each in plan.seen if isinstance(each, Task) and each.place not in waiting
        }
        outcomes = {outcome.photo: outcome for outcome in Journal(plan.out).outcomes(made_of)}
        rows = [_row(each, waiting, outcomes) for each in plan.seen]
        plan.seen.clear()
        self._numbers = {row.place: number for number, row in enumerate(rows)}
        self.rows.append(rows)
        gc.freeze()  # they last, so they are not looked through again
        gc.enable()

    def begun(self, task: Task) -> None:
        """A worker has a photo."""
        self._change(task.place, State.CODING, None)

    def given_up(self, tasks: Iterable[Task]) -> None:
        """Photos that workers had are not done."""
        for task in tasks:
            self._change(task.place, State.WAITING, None)

    def _change(self, place: str, state: State, outcome: Outcome | None) -> None:
        if place in self._numbers:
            self.changes.append((self._numbers[place], state, outcome))


class _ToldPlan(Plan):
    """Remembers what it has given, and tells of each.

    Attributes:
        seen: photos, and what could not be looked into.
    """

    seen: "list[Task | Found]"
    told: Callable[[], None]

    @classmethod
    def of(cls, plan: Plan, told: Callable[[], None]) -> "_ToldPlan":
        made = cls(**{known.name: getattr(plan, known.name) for known in fields(plan)})
        object.__setattr__(made, "seen", [])
        object.__setattr__(made, "told", told)
        return made

    def entries(self) -> "Iterator[Task | Found]":
        for entry in super().entries():
            self.seen.append(entry)
            self.told()
            yield entry


class _ToldWorkers:
    """Tells which photos its workers have."""

    def __init__(self, workers: Workers, plan: _ToldPlan, work: Work) -> None:
        self._workers, self._plan, self._work = workers, plan, work

    @property
    def count(self) -> int:
        return self._workers.count

    def outcomes(self, tasks: Iterator[Task], is_stopped: Callable[[], bool]) -> Iterator[tuple[Task, Outcome]]:
        left = list(tasks)
        self._work.begin(self._plan, left)
        coding: dict[str, Task] = {}

        def handed_out() -> Iterator[Task]:
            for task in left:
                coding[task.place] = task
                self._work.begun(task)
                yield task

        for task, outcome in self._workers.outcomes(handed_out(), is_stopped):
            coding.pop(task.place, None)
            yield task, outcome
        self._work.given_up(coding.values())

    def close(self) -> None:
        self._workers.close()


def _row(entry: "Task | Found", waiting: set[str], outcomes: dict[str, Outcome]) -> Row:
    if not isinstance(entry, Task):
        return Row(entry.place, entry.path, State.FAILED, Outcome(entry.place, "", error=entry.error))
    if entry.place in waiting:
        return Row(entry.place, entry.photo, State.WAITING)
    return Row(entry.place, entry.photo, State.DONE_BEFORE, outcomes.get(entry.place))
