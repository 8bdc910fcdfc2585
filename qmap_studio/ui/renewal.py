"""Keeping what the engine makes of the map up to date: an edit makes it old, and the exact answer to it renews it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from qmap_studio.ui.controller import Controller

if TYPE_CHECKING:
    from qmap_studio.engine import LiveResult


class Renewal(QObject):
    """Asks for it anew once an edit is answered exactly and nothing else is under way.

    What a person asks for does not wait behind it. What failed or was cancelled waits for the next edit.

    Args:
        subject: gives what it would be of, made now.
        ask: has the engine make it without a person having asked; tells `expect` its job.

    Attributes:
        is_wanted: whether it is to be renewed.
    """

    age_changed = Signal()

    def __init__(
        self, controller: Controller, subject: Callable[[], object], ask: Callable[[], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.is_wanted = False
        self._controller, self._subject, self._ask = controller, subject, ask
        self._asked: dict[int, object] = {}  # what jobs under way are of
        self._renewal: int | None = None  # the job that was begun without being asked for
        self._tried: object = None
        self._shown: object = None
        self._is_exact = False
        controller.jobs.begun.connect(self._on_job_begun)
        controller.jobs.ended.connect(self._on_job_ended)
        controller.figures_outdated.connect(self._on_figures_outdated)
        controller.live_result_arrived.connect(self._on_live_result)

    @property
    def is_old(self) -> bool:
        """Whether what is there is not of the map as it is."""
        return self._shown != self._subject()

    @property
    def is_expected(self) -> bool:
        """Whether what is under way is of the map as it is."""
        return self._subject() in self._asked.values()

    def expect(self, job_id: int) -> None:
        """A job has begun that brings it."""
        self._asked[job_id] = self._tried = self._subject()

    def take(self, job_id: int) -> bool:
        """Something has arrived: whether it was expected, and so is what is shown from now on."""
        if job_id not in self._asked:
            return False
        self._shown = self._asked.pop(job_id)
        return True

    def forget(self) -> None:
        """What is there is of another codec, or of another photo."""
        self._shown = self._tried = None
        self.age_changed.emit()

    def stop(self) -> None:
        """It is wanted no more."""
        self.is_wanted = False
        for job_id in self._asked:
            self._controller.jobs.cancel(job_id)
        self._asked.clear()

    def _renew(self) -> None:
        is_due = self._is_exact and self._subject() not in (self._shown, self._tried)
        if self.is_wanted and is_due and not self._controller.jobs.is_busy:
            self._ask()
            self._renewal = next(reversed(self._asked))

    def _on_figures_outdated(self) -> None:
        """Figures of the map as it is now are on their way: until then it stays as it is."""
        self._is_exact = False
        self.age_changed.emit()

    def _on_live_result(self, result: "LiveResult") -> None:
        if self._controller.is_current(result.revision) and result.figures is not None and not result.approximate:
            self._is_exact = True
            self._renew()

    def _on_job_begun(self) -> None:
        """What a person asks for does not wait behind what nobody did."""
        if self._renewal in self._asked:
            self._controller.jobs.cancel(self._renewal)
            del self._asked[self._renewal]
            self._renewal = self._tried = None

    def _on_job_ended(self) -> None:
        self._asked.clear()
        self._renew()
