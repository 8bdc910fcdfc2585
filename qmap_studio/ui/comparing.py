"""The comparison that stays open: an edit makes it old, and the exact answer to the edit renews it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow

from qmap_studio.ui.controller import Controller

if TYPE_CHECKING:
    from qmap_studio.engine import LiveResult
    from qmap_studio.ui.opening import ReadyComparison
    from qmap_studio.ui.panels.comparison import ComparisonPanel

SHARE_OF_WINDOW = 0.42  # that it takes at first


class Comparing(QObject):
    """Shows the controller's comparisons in one view, as long as the person leaves it open.

    Args:
        window: has room for the view beside the canvas.
    """

    save_requested = Signal()

    def __init__(self, window: QMainWindow, controller: Controller) -> None:
        super().__init__(window)
        self._window, self._controller = window, controller
        self.view: ComparisonPanel | None = None
        self._asked: dict[int, object] = {}  # what comparisons under way are of, by their job
        self._renewal: int | None = None  # the job that was begun without being asked for
        self._tried: object = None
        self._shown: object = None
        self._is_exact = False
        controller.compare_begun.connect(self._on_compare_begun)
        controller.compared.connect(self._on_compared)
        controller.jobs.begun.connect(self._on_job_begun)
        controller.jobs.ended.connect(self._on_job_ended)
        controller.codec_changed.connect(self._on_codec_changed)
        controller.document_opened.connect(lambda _document: self.close())
        controller.figures_outdated.connect(self._on_figures_outdated)
        controller.live_result_arrived.connect(self._on_live_result)

    def close(self) -> None:
        """Puts the view away; nothing is compared by itself any more."""
        for job_id in self._asked:
            self._controller.jobs.cancel(job_id)
        self._asked.clear()
        if self.view is not None:
            view, self.view = self.view, None
            self._window.removeDockWidget(view)
            view.deleteLater()

    @property
    def _subject(self) -> object:
        """What a comparison made now is of."""
        document = self._controller.document
        return document and (document.revision, document.selection, self._controller.threshold)

    def _renew(self) -> None:
        is_due = self._is_exact and self._subject not in (self._shown, self._tried)
        if self.view is not None and is_due and not self._controller.jobs.is_busy:
            self._controller.compare(is_asked=False)
            self._renewal = next(reversed(self._asked))

    def _show_age(self) -> None:
        if self.view is not None:
            self.view.show_old(self._shown != self._subject)

    def _on_figures_outdated(self) -> None:
        """Figures of the map as it is now are on their way: until then the comparison stays as it is."""
        self._is_exact = False
        self._show_age()

    def _on_live_result(self, result: "LiveResult") -> None:
        if self._controller.is_current(result.revision) and result.figures is not None and not result.approximate:
            self._is_exact = True
            self._renew()

    def _on_compare_begun(self, job_id: int) -> None:
        self._asked[job_id] = self._tried = self._subject

    def _on_compared(self, ready: "ReadyComparison") -> None:
        job_id = ready.compared.job_id
        if job_id not in self._asked:
            return  # the view was closed meanwhile
        self._shown = self._asked.pop(job_id)
        if self.view is None:
            self.view = self._build()
        self.view.show_comparison(ready, self._controller.is_decoded)
        self._show_age()

    def _build(self) -> "ComparisonPanel":
        from qmap_studio.ui.panels.comparison import ComparisonPanel

        view = ComparisonPanel(self._window)
        view.save_requested.connect(self.save_requested)
        view.closed.connect(self.close)
        self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, view)
        self._window.resizeDocks([view], [round(SHARE_OF_WINDOW * self._window.width())], Qt.Orientation.Horizontal)
        return view

    def _on_job_begun(self) -> None:
        """What a person asks for does not wait behind what nobody did."""
        if self._renewal in self._asked:
            self._controller.jobs.cancel(self._renewal)
            del self._asked[self._renewal]
            self._renewal = self._tried = None

    def _on_job_ended(self) -> None:
        self._asked.clear()
        self._renew()

    def _on_codec_changed(self) -> None:
        self._shown = self._tried = None
        self._show_age()
