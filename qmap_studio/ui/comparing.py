"""The comparison that stays open and follows the map."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow

from qmap_studio.ui.controller import Controller
from qmap_studio.ui.renewal import Renewal

if TYPE_CHECKING:
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
        self._renewal = Renewal(controller, self._subject, lambda: controller.compare(is_asked=False), self)
        self._renewal.age_changed.connect(self._show_age)
        controller.compare_begun.connect(self._renewal.expect)
        controller.compared.connect(self._on_compared)
        controller.codec_changed.connect(self._renewal.forget)
        controller.document_shown.connect(lambda _document: self.close())
        controller.all_closed.connect(self.close)

    def close(self) -> None:
        """Puts the view away; nothing is compared by itself any more."""
        self._renewal.stop()
        if self.view is not None:
            view, self.view = self.view, None
            self._window.removeDockWidget(view)
            view.deleteLater()

    def _subject(self) -> object:
        """What a comparison made now is of."""
        document = self._controller.document
        return document and (document, document.revision, document.inside, self._controller.threshold)

    def _show_age(self) -> None:
        if self.view is not None:
            self.view.show_old(self._renewal.is_old)

    def _on_compared(self, ready: "ReadyComparison") -> None:
        if not self._renewal.take(ready.compared.job_id):
            return  # the view was closed meanwhile
        if self.view is None:
            self.view = self._build()
        self._renewal.is_wanted = True
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
