"""Copies of unsaved work, in case the program ends without a word; and what such an end has left behind."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from qmap_studio.core.language import tr
from qmap_studio.core.resources import user_path
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.dialogs.questions import Recover, ask_recover
from qmap_studio.ui.jobs import PendingJob
from qmap_studio.ui.open_documents import OpenDocument

if TYPE_CHECKING:
    from qmap_studio.engine import Abandoned, Recovery

EVERY_MS = 2000


class Keeping(QObject):
    """Hands every document that has changed to the engine's recovery, and forgets those that are saved or closed.

    Args:
        folder: of the copies of all runs.
    """

    failed = Signal(str)

    def __init__(self, window: QWidget, controller: Controller, folder: Path | None = None) -> None:
        super().__init__(window)
        self._window, self._controller = window, controller
        self._folder = folder or user_path("recovery")
        self._recovery: Recovery | None = None
        self._kept: dict[int, tuple[object, ...]] = {}
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.keep_all)
        controller.documents_changed.connect(self._follow)

    def begin(self) -> None:
        """From now on copies are kept; asks what becomes of those that there are."""
        from qmap_studio.engine import Recovery, abandoned

        found = abandoned(self._folder)
        self._recovery = Recovery(self._folder, self._on_error)
        self._timer.start()
        if found:
            self._ask(found)

    def end(self) -> None:
        """Nothing is unsaved any more."""
        self._timer.stop()
        if self._recovery is not None:
            self._recovery.stop()

    def keep_all(self) -> None:
        """Keeps every document that is unsaved and has changed since."""
        for item in self._controller.documents.unsaved:
            self._keep(item)

    def _keep(self, item: OpenDocument) -> None:
        document = item.document
        state = (document.source, document.layers, document.revision, document.selection, item.threshold)
        if self._recovery is not None and self._kept.get(item.number) != state:
            self._kept[item.number] = state
            is_in_a_file = document.source.path or document.project_path  # unlike one that was pasted
            picture = None if is_in_a_file else document.picture
            self._recovery.keep(item.number, document.project(item.threshold), item.copy, picture)
            item.copy = None

    def _follow(self) -> None:
        """Takes over what was recovered at once, so that its copy goes with it; forgets what is saved or closed."""
        unsaved = self._controller.documents.unsaved
        for item in unsaved:
            if item.copy is not None:
                self._keep(item)
        for number in self._kept.keys() - {item.number for item in unsaved}:
            del self._kept[number]
            if self._recovery is not None:
                self._recovery.forget(number)

    def _on_error(self, reason: str) -> None:
        """From the thread that keeps."""
        self.failed.emit(tr("Unsaved work is not kept for the case of a crash: {reason}").format(reason=reason))

    def _ask(self, found: "list[Abandoned]") -> None:
        """Asks what becomes of what an earlier run has left."""
        from qmap_studio.engine import OpenProject, delete_copy

        answer = ask_recover(self._window, [_named(copy) for copy in found])
        for copy in found:
            if answer is Recover.DELETE:
                delete_copy(copy.path)
            elif answer is Recover.RECOVER:
                name = _name(copy)
                pending = PendingJob(tr("Recovering {name}").format(name=name), name)
                self._controller.jobs.submit(OpenProject(copy.path, is_recovered=True), pending)


def _name(copy: "Abandoned") -> str:
    path = copy.saved_as or copy.picture
    return path.replace("\\", "/").rpartition("/")[2] or tr("a picture without a name")


def _named(copy: "Abandoned") -> str:
    return f"{_name(copy)}   {copy.time:%Y-%m-%d %H:%M}"
