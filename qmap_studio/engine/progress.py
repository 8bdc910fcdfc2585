"""What a job does at its checkpoints: stop if asked to, let live answers through, say how far it is."""

import threading
from collections.abc import Callable
from time import perf_counter

from qmap_studio.core.errors import Cancelled
from qmap_studio.engine.results import JobProgress

REPORT_EVERY_S = 0.1


class CancelToken:
    """Asks a job to stop; the job looks at it at its checkpoints."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask; any thread may."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise Cancelled if the job was asked to stop."""
        if self._event.is_set():
            raise Cancelled


class Progress:
    """The progress of one job, made of parts that follow each other."""

    def __init__(
        self,
        job_id: int,
        token: CancelToken,
        serve_live: Callable[[], object],
        deliver: Callable[[JobProgress], None],
    ) -> None:
        self._job_id = job_id
        self._token = token
        self._serve_live = serve_live
        self._deliver = deliver
        self._fraction = 0.0
        self._reported_at = float("-inf")

    def check(self) -> None:
        """Raise Cancelled if the job was asked to stop."""
        self._token.check()

    def part(self, start: float, end: float, text: str) -> Callable[[float], None]:
        """A checkpoint for the part of the job between two fractions of it; begins the part.

        Raises:
            Cancelled: from the checkpoint, when the job was cancelled.
        """

        def checkpoint(fraction: float) -> None:
            self._token.check()
            self._serve_live()
            self._token.check()
            self._report(start + (end - start) * min(max(fraction, 0.0), 1.0), text)

        checkpoint(0.0)
        return checkpoint

    def _report(self, fraction: float, text: str) -> None:
        now = perf_counter()
        if now - self._reported_at < REPORT_EVERY_S:
            return
        self._reported_at = now
        # A search may run a part again; a bar that goes back says nothing.
        self._fraction = max(self._fraction, fraction)
        self._deliver(JobProgress(self._job_id, self._fraction, text))
