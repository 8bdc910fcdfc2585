"""The two queues into the worker: changes of what is shown, merged until they are taken, and jobs in their order."""

import threading
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine.changes import Changes, Patch, Shown, Viewport
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.live_bounds import with_bounds
from qmap_studio.engine.progress import CancelToken
from qmap_studio.engine.results import MapValues

if TYPE_CHECKING:
    from qmap_studio.document.inside import Inside


class QueuedJob(NamedTuple):
    """A job with its number and its token."""

    job_id: int
    job: Job
    token: CancelToken


class Inbox:
    """Filled by any thread, emptied by the worker. Everything put in belongs to the inbox from then on."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._changes = Changes()
        self._before_jobs: deque[Changes] = deque()  # those before each job that waits and is of the map
        self._jobs: deque[QueuedJob] = deque()
        self._given: dict[int, QueuedJob] = {}  # that have not ended
        self._running: QueuedJob | None = None
        self._last_job_id = 0
        self._closed = self._woken = False

    def show(self, picture: Picture, values: MapValues, revision: int, bounds: Bounds | None = None) -> None:
        """Replace the picture; patches, selection and threshold of the one before are dropped."""
        with self._condition:
            view = self._changes.view
            shown = Shown(picture, values, bounds)
            self._changes = Changes(shown=shown, revision=revision, view=view, selection=(None,), threshold=(None,))
            self._condition.notify()

    def update_map(self, patch: Patch, revision: int) -> None:
        """Add a painted part; straight into a map that waits to be shown, so that nothing piles up while loading."""
        with self._condition:
            if (shown := self._changes.shown) is not None:
                shown.values[patch.rect.slices] = patch.values
                whole = Rect.whole(*shown.values.shape)
                shown.bounds = with_bounds(shown.bounds, whole, patch.rect, patch.bounds)
            else:
                self._changes.patches.append(patch)
            self._changes.revision = revision
            self._condition.notify()

    def set_view(self, view: Viewport) -> None:
        """Replace the visible part."""
        with self._condition:
            self._changes.view = view
            self._condition.notify()

    def set_selection(self, selection: "Rect | Inside | None") -> None:
        """Replace what is selected."""
        with self._condition:
            self._changes.selection = (selection,)
            self._condition.notify()

    def set_threshold(self, threshold: float | None) -> None:
        """Replace the quality above which is inside."""
        with self._condition:
            self._changes.threshold = (threshold,)
            self._condition.notify()

    def take_changes(self) -> Changes:
        """Take the changes before the first job that was asked for, or else all there are."""
        with self._condition:
            if self._before_jobs:
                return self._before_jobs.popleft()
            changes, self._changes = self._changes, Changes()
            return changes

    @property
    def edited(self) -> bool:
        """Whether a newer picture or map waits."""
        with self._condition:
            return any(changes.edited for changes in (*self._before_jobs, self._changes))

    @property
    def shown(self) -> bool:
        """Whether another picture waits."""
        with self._condition:
            return any(changes.shown is not None for changes in (*self._before_jobs, self._changes))

    def add_job(self, job: Job) -> int:
        """Queue a job and number it."""
        with self._condition:
            self._last_job_id += 1
            if job.takes_over:
                for given in self._given.values():
                    if given.job.gives_way:
                        given.token.cancel()
            queued = QueuedJob(self._last_job_id, job, CancelToken())
            self._given[self._last_job_id] = queued
            self._jobs.append(queued)
            if job.is_of_map:
                self._changes.job_id = self._last_job_id
                self._before_jobs.append(self._changes)
                self._changes = Changes()
            self._condition.notify()
            return self._last_job_id

    def cancel_job(self, job_id: int) -> None:
        """Ask a waiting or running job to stop; one that has ended is left alone."""
        with self._condition:
            queued = self._given.get(job_id)
        if queued is not None:
            queued.token.cancel()

    @property
    def cancelling(self) -> bool:
        """Whether the job that runs was asked to stop."""
        with self._condition:
            return self._running is not None and self._running.token.is_cancelled

    def end_job(self, job_id: int) -> None:
        """Forget a job that has ended."""
        with self._condition:
            self._given.pop(job_id, None)
            self._running = None

    def next_job(self) -> Job | None:
        """The job that waits longest, left in the queue."""
        with self._condition:
            return self._jobs[0].job if self._jobs else None

    def take_job(self) -> QueuedJob | None:
        """Take the job that waits longest; from now on it runs."""
        with self._condition:
            self._running = self._jobs.popleft() if self._jobs else None
            return self._running

    def close(self) -> None:
        """Drop what waits, stop what runs."""
        with self._condition:
            self._closed = True
            self._changes = Changes()
            self._before_jobs.clear()
            self._jobs.clear()
            for queued in self._given.values():
                queued.token.cancel()
            self._condition.notify()

    @property
    def closed(self) -> bool:
        """Whether the engine was stopped."""
        with self._condition:
            return self._closed

    def wait(self, timeout_s: float | None) -> None:
        """Wait until something comes in or `wake` is called, for at most `timeout_s`."""

        def has_something() -> bool:
            return self._closed or self._woken or bool(self._jobs) or self._changes.any

        with self._condition:
            self._condition.wait_for(has_something, timeout_s)
            self._woken = False

    def wake(self) -> None:
        """End the wait: something came from elsewhere."""
        with self._condition:
            self._woken = True
            self._condition.notify()
