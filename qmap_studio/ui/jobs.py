"""What the engine was asked to do in the background, until it is done, fails or is given up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from qmap_studio.core.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from qmap_studio.engine import Engine, Job, JobCancelled, JobDone, JobFailed, JobProgress


@dataclass(frozen=True)
class PendingJob:
    """A job on its way.

    Attributes:
        title: what is done, such as "Exporting photo.sfc".
        reads: the name of the file that it reads; errors name it.
        writes: a file is there only once the job is done.
        is_asked: a person asked for it; what nobody did takes the place of no sentence.
        on_done: called when it is done, before anybody is told of its end.
        then: called when it is done, after that.
    """

    title: str
    reads: str = ""
    writes: bool = False
    is_asked: bool = True
    on_done: "Callable[[], object] | None" = None
    then: "Callable[[], object] | None" = None


class Jobs(QObject):
    """Hands jobs to the engine and tells how they go.

    Args:
        settle: called before a job is handed over, so that the engine knows all that it is to be of.
    """

    begun = Signal()  # one that a person asked for
    progressed = Signal(float, str)
    ended = Signal(str)  # the last one of them, with what came of it
    changed = Signal()  # what is on its way
    failed = Signal(str)

    def __init__(self, settle: "Callable[[], object]", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settle = settle
        self._engine: Engine | None = None
        self._pending: dict[int, PendingJob] = {}
        self._given_up: set[int] = set()  # of those

    def attach(self, engine: "Engine") -> None:
        self._engine = engine

    def submit(self, job: "Job", pending: PendingJob) -> int:
        """Hands over a job, and gives its number."""
        assert self._engine is not None, "the engine is attached before it is used"
        self._settle()
        job_id = self._engine.submit(job)
        self._pending[job_id] = pending
        if pending.is_asked:
            self.begun.emit()
        # For translators: {doing} is such as "Exporting photo.sfc".
        self.progressed.emit(0.0, tr("{doing}…").format(doing=pending.title))
        self.changed.emit()
        return job_id

    def cancel(self, job_id: int | None = None) -> None:
        """Cancels a job, or else of those that were not cancelled yet the one that was asked for first."""
        assert self._engine is not None, "the engine is attached before it is used"
        first = [known for known in self._pending if known not in self._given_up][:1]
        for known in first if job_id is None else [job_id]:
            self._given_up.add(known)
            self._engine.cancel(known)

    @property
    def is_busy(self) -> bool:
        return bool(self._pending)

    @property
    def writing(self) -> str | None:
        """What is being written to a file, such as "Exporting photo.sfc"."""
        return next((pending.title for pending in self._pending.values() if pending.writes), None)

    def on_progress(self, result: "JobProgress") -> None:
        self.progressed.emit(result.fraction, result.text)

    def _on_done(self, result: "JobDone") -> None:
        pending = self._pending.pop(result.job_id, None)
        if pending is not None and pending.on_done is not None:
            pending.on_done()
        self._tell_end(result.text if pending is None or pending.is_asked else "")
        if pending is not None and pending.then is not None:
            pending.then()

    def _on_failed(self, result: "JobFailed") -> None:
        pending = self._pending.pop(result.job_id, None)
        self._tell_end("")
        name = pending.reads if pending is not None else ""
        self.failed.emit(result.message if name in result.message else f"{name}: {result.message}")

    def _on_cancelled(self, result: "JobCancelled") -> None:
        self._pending.pop(result.job_id, None)
        self._tell_end(tr("Cancelled."))

    def on_ended(self, result: "JobDone | JobFailed | JobCancelled") -> None:
        """A job is over, however it went."""
        from qmap_studio import engine

        self._given_up.discard(result.job_id)
        match result:
            case engine.JobDone():
                self._on_done(result)
            case engine.JobFailed():
                self._on_failed(result)
            case engine.JobCancelled():
                self._on_cancelled(result)

    def _tell_end(self, text: str) -> None:
        if not self._pending:
            self.ended.emit(text)
        self.changed.emit()
