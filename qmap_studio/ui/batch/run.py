"""A batch that runs, as the window's thread sees it: told of now and then, never more often than it can take."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from qmap_studio.batch import Totals, Workers
from qmap_studio.ui.batch.choices import Choices
from qmap_studio.ui.batch.work import Work

TELL_EVERY_MS = 100
MakeWorkers = Callable[[int, str, str], Workers]
"""Gives workers by their number, the model and the device."""


class BatchRun(QObject):
    """Begins at once.

    Args:
        model, device: as the settings have them.
        last_rules: the text of the rules that were used last.
        make_workers: gives the processes of this machine without one.

    Attributes:
        results: the folder.
        totals: as they were told last; None until all photos are known.
    """

    listed = Signal(list)  # of Row: all that there are
    changed = Signal(list)  # of Change
    said = Signal(tuple)  # sentences on what the run needs
    told = Signal()  # how far it is, again and again
    ended = Signal()

    def __init__(
        self,
        choices: Choices,
        model: str,
        device: str,
        last_rules: str,
        make_workers: MakeWorkers | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.results = Path(choices.results).expanduser().absolute()
        self.totals: Totals | None = None
        workers = partial(make_workers or _processes, choices.processes, model, device)
        self._work = Work(partial(choices.plan, model, last_rules), workers)
        self._timer = QTimer(self, interval=TELL_EVERY_MS)
        self._timer.timeout.connect(self._tell)
        self._timer.start()

    @property
    def found(self) -> int:
        """How many photos were found so far."""
        return self._work.found

    @property
    def error(self) -> str:
        """Why the run could not be carried out, in a sentence; empty if it could."""
        return self._work.error

    @property
    def is_running(self) -> bool:
        """Whether there is more to be told."""
        return self._timer.isActive()

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end before its end."""
        return self._work.stop.is_set()

    def stop(self) -> None:
        """Ends it soon; what is done stays, and another run goes on from there."""
        self._work.stop.set()

    def wait(self, seconds: float) -> None:
        """Waits for its end, but no longer than that."""
        self._work.wait(seconds)

    def _tell(self) -> None:
        work = self._work
        is_over = work.is_over.is_set()  # looked at first, so that nothing is left untold
        while work.rows:
            self.listed.emit(work.rows.popleft())
        if changes := [work.changes.popleft() for _ in range(len(work.changes))]:
            self.changed.emit(changes)
        while work.said:
            self.said.emit(work.said.popleft())
        self.totals = replace(work.totals) if work.totals is not None else None
        self.told.emit()
        if is_over:
            self._timer.stop()
            self.ended.emit()


def _processes(count: int, model: str, device: str) -> Workers:
    from qmap_studio.batch.processes import Processes

    return Processes(count, model, device)
