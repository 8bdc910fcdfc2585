"""The worker thread: has the codec loaded, answers what is live first, does jobs in their order."""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from qmap_studio.core.errors import Cancelled
from qmap_studio.core.language import tr
from qmap_studio.engine.codecs import Codecs
from qmap_studio.engine.failures import DOING_A_JOB, sentence
from qmap_studio.engine.first_codec import FirstCodec
from qmap_studio.engine.inbox import Inbox, QueuedJob
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.last_comparison import LastComparison
from qmap_studio.engine.live import LiveScheduler
from qmap_studio.engine.progress import Progress
from qmap_studio.engine.results import (
    EngineFailed,
    EngineReady,
    JobCancelled,
    JobDone,
    JobFailed,
    Notice,
    Result,
)

if TYPE_CHECKING:
    from qmap_studio.codec import Codec

_log = logging.getLogger(__name__)


def load_with_torch(model_id: str, device: str) -> "Codec":
    """Load the codec, and torch with it."""
    from qmap_studio.codec import load_codec

    return load_codec(model_id, device)


class Runner:
    """Owns the thread. Everything it calls runs there, `deliver` too."""

    def __init__(
        self, inbox: Inbox, model_id: str, load: "Callable[[str], Codec]", deliver: Callable[[Result], None]
    ) -> None:
        self._inbox = inbox
        self._model_id = model_id
        self._deliver_to = deliver
        self._first_codec: FirstCodec | None = None
        self._is_loaded = False
        self._notices_delivered = 0
        self._codecs = Codecs(load)
        self._last_comparison = LastComparison()
        self._live = LiveScheduler(inbox, self._deliver)
        self._thread = threading.Thread(target=self._run, name="qmap-studio-engine", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, wait_s: float) -> None:
        """Drop what waits, ask what runs to stop at its next checkpoint, and wait at most so long for the thread."""
        self._inbox.close()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    def _run(self) -> None:
        while not self._inbox.closed:
            try:
                if not self._work():
                    self._inbox.wait(self._live.delay_s())
            except Exception:
                _log.exception("the engine's worker goes on after an error")

    def _work(self) -> bool:
        """Do the most urgent thing; tell whether there was one."""
        waiting = self._inbox.next_job()
        if not self._is_loaded and self._load_codec(waiting):
            return True
        # A job that waits is begun before an exact answer; it lets that through at its checkpoints.
        if self._live.work(exact=waiting is None):
            return True
        # One that came since then may need the codec.
        queued = self._inbox.take_job() if waiting is not None else None
        if queued is not None:
            self._perform(queued)
        return queued is not None

    def _load_codec(self, waiting: Job | None) -> bool:
        """Begin to load the codec, wait for it if a job needs it, and take it over; tell whether it is there now.

        A photo that was asked for before is opened first.
        """
        if self._first_codec is None and (waiting is None or waiting.needs_codec):
            self._first_codec = FirstCodec(self._codecs.load, self._model_id, self._inbox.wake)
        if self._first_codec is None:
            return False
        if waiting is not None and waiting.needs_codec:
            self._first_codec.wait()
        if self._first_codec.is_there:
            self._is_loaded = True
            self._take_over(self._first_codec)
        return self._is_loaded

    def _take_over(self, first: FirstCodec) -> None:
        if first.codec is None:
            self._codecs.failure = first.failure
            self._deliver(EngineFailed(first.failure))
            return
        self._use(first.codec)
        if first.failure:
            text = tr("{failure} This time {model_id} is used; your choice is kept.")
            self._deliver(Notice(text.format(failure=first.failure, model_id=first.model_id)))

    def _use(self, codec: "Codec") -> None:
        from qmap_studio.codec.common.importance import OffersImportance

        self._codecs.in_use = codec
        self._last_comparison.forget()
        self._live.use(codec)
        self._notices_delivered = len(codec.notices)
        self._deliver(
            EngineReady(
                codec.device,
                codec.model_id,
                tuple(codec.notices),
                learns_importance=isinstance(codec, OffersImportance),
                can_be_thorough=codec.can_be_thorough,
            )
        )

    def _perform(self, queued: QueuedJob) -> None:
        job_id, job, token = queued
        # What was painted before the job was asked for belongs to it, and nothing of what came after.
        snapshot = self._live.take_snapshot(job_id)
        context = JobContext(
            job_id=job_id,
            live=self._live.picture,
            asked_of=snapshot,
            progress=Progress(job_id, token, self._live.work, self._deliver),
            deliver=self._deliver_to,
            codecs=self._codecs,
            last_comparison=self._last_comparison,
            code_next_piece=self._live.code_next_piece,
            use_codec=self._use,
        )
        end: JobDone | JobFailed | JobCancelled
        try:
            token.check()
            end = job.do(context)
        except Cancelled:
            end = JobCancelled(job_id)
        except Exception as error:
            end = JobFailed(job_id, sentence(error, DOING_A_JOB))
        self._inbox.end_job(job_id)
        self._deliver(end)

    def _deliver(self, result: Result) -> None:
        """Deliver what nobody waits for to go on: a receiver that fails does not stop the worker."""
        self._deliver_notices()
        try:
            self._deliver_to(result)
        except Exception:
            _log.exception("a result could not be delivered")

    def _deliver_notices(self) -> None:
        codec = self._codecs.in_use
        if codec is not None and len(codec.notices) > self._notices_delivered:
            added, self._notices_delivered = codec.notices[self._notices_delivered :], len(codec.notices)
            for text in added:
                self._deliver(Notice(text))
