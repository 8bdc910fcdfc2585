"""When to answer what: quick answers while somebody paints, the exact one in the pauses."""

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from qmap_studio.core.errors import Cancelled
from qmap_studio.engine.answers import answer_exactly, answer_quickly
from qmap_studio.engine.changes import Viewport
from qmap_studio.engine.failures import UPDATING, sentence
from qmap_studio.engine.inbox import Inbox
from qmap_studio.engine.live_picture import LivePicture
from qmap_studio.engine.results import LiveResult, Notice, Result
from qmap_studio.engine.snapshot import Snapshot

if TYPE_CHECKING:
    from qmap_studio.codec import Codec

QUICK_SECONDS = 0.12  # aimed at: an edit may have to wait for the answer before, and both are to take under 300 ms
QUICK_AREA_PX = 150_000
QUICK_AREA_LIMITS_PX = (1 << 16, 600_000)
LONGEST_DELAY_S = 0.25


class LiveScheduler:
    """Keeps the answers about one picture up to date, a piece of work at a time.

    Quick answers follow each other, each for all that was painted meanwhile and each brought to its end: the picture
    never stands still under the brush. The exact answer begins when nothing came in for as long as a quick answer
    takes, and is given up for the next edit.
    """

    def __init__(self, inbox: Inbox, deliver: Callable[[Result], None]) -> None:
        self._codec: Codec | None = None
        self.picture: LivePicture | None = None
        self._inbox = inbox
        self._deliver = deliver
        self._quick_area_px = QUICK_AREA_PX
        self._view: Viewport | None = None
        self._exact_from = 0.0
        self._is_awaited = False  # a job waits for all to be exact, until something is edited
        self._last_failure = ""
        self._snapshots: dict[int, Snapshot] = {}  # of jobs that wait

    @property
    def codec(self) -> "Codec | None":
        """What the answers come from; none until it is loaded."""
        return self._codec

    def use(self, codec: "Codec") -> None:
        """From now on the answers come from this codec; those there are count no more."""
        self._codec = codec
        if self.picture is not None:
            self.picture.forget_answers()

    def work(self, *, exact: bool = True) -> bool:
        """Take over what came in and do one piece of the work it asks for.

        Args:
            exact: whether an exact answer may be begun too.
        Returns:
            whether there was something to do.
        """
        self.take_changes()
        picture, codec = self.picture, self.codec
        if picture is None or codec is None:
            return False
        if picture.dirty is not None:
            self._guarded(picture, lambda: self._quick(picture, codec))
            return True
        if exact and self.delay_s() == 0:
            self._guarded(picture, lambda: self._exactly(picture, codec))
            return True
        return False

    def code_next_piece(self, picture: LivePicture) -> bool:
        """Make another piece exact, without a pause before.

        Returns:
            False if nothing is left to do, or this is no longer the picture shown.
        """
        codec = self.codec
        if codec is None or picture is not self.picture or picture.has_failed or not picture.stale.any():
            return False
        self._is_awaited = True
        self._guarded(picture, lambda: self._exactly(picture, codec))
        return True

    def delay_s(self) -> float | None:
        """Seconds until an exact answer is due; None if everything is answered."""
        picture = self.picture
        if picture is None or self.codec is None or not picture.needs_exact:
            return None
        return max(0.0, self._exact_from - perf_counter())

    def take_changes(self) -> None:
        """Take over what came in; a job that was asked for meanwhile is of what there was then."""
        while True:
            changes = self._inbox.take_changes()
            self._is_awaited &= not changes.edited
            self._view = changes.view or self._view
            if changes.shown is not None:
                self.picture = LivePicture(changes.shown, changes.revision or 0, self._view)
                self._exact_from = 0.0
            if self.picture is not None:
                self.picture.apply(changes)
            if changes.job_id is None:
                return
            if self.picture is not None:
                self._snapshots[changes.job_id] = self.picture.snapshot()

    def take_snapshot(self, job_id: int) -> Snapshot | None:
        """What a job is of, that was asked for; None if it is of no picture."""
        self.take_changes()
        return self._snapshots.pop(job_id, None)

    def _quick(self, picture: LivePicture, codec: "Codec") -> LiveResult | None:
        started = perf_counter()
        answer = answer_quickly(picture, codec, self._quick_area_px, self._stop_when_closed)
        if answer is None:
            return None
        result, coded_px = answer
        elapsed_s = perf_counter() - started
        # The size of quick answers follows the speed of the machine, the pause before the exact one their length.
        smallest, largest = QUICK_AREA_LIMITS_PX
        fitting_px = coded_px * QUICK_SECONDS / max(elapsed_s, 1e-4)
        self._quick_area_px = int(min(max((self._quick_area_px + fitting_px) / 2, smallest), largest))
        self._exact_from = perf_counter() + min(elapsed_s, LONGEST_DELAY_S)
        return result

    def _exactly(self, picture: LivePicture, codec: "Codec") -> LiveResult:
        return answer_exactly(picture, codec, self._stop_when_edited, is_awaited=self._is_awaited)

    def _guarded(self, picture: LivePicture, answer: Callable[[], LiveResult | None]) -> None:
        """Deliver an answer; a failure is said once, and not tried again before something changes."""
        try:
            result = answer()
        except Cancelled:
            return
        except Exception as error:
            picture.has_failed = True
            text = sentence(error, UPDATING)
            if text != self._last_failure:
                self._deliver(Notice(text))
            self._last_failure = text
            return
        self._last_failure = ""
        # A result for a picture that is gone would be drawn into the next one.
        if result is not None and not self._inbox.shown:
            self._deliver(result)

    def _stop_when_closed(self, _fraction: float) -> None:
        if self._inbox.closed:
            raise Cancelled

    def _stop_when_edited(self, _fraction: float) -> None:
        # What lets an exact answer through at its checkpoints shall not wait for all of it to be cancelled.
        if self._inbox.closed or self._inbox.edited or self._inbox.cancelling:
            raise Cancelled
