"""Folders of photos: their window, shown when it is asked for, and what it asks of the main one."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from qmap_studio.core.language import tr
from qmap_studio.core.settings import Settings
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.dialogs.questions import ask_stop
from qmap_studio.ui.files import Files

if TYPE_CHECKING:
    from qmap_studio.ui.batch.run import MakeWorkers
    from qmap_studio.ui.batch.window import BatchWindow

ENDS_WITHIN_S = 3.0
"""So long the program's end waits for a batch's: what is done by then is in its summary, too."""


class Batching(QObject):
    """One batch at a time, which goes on while its window is closed.

    Args:
        window: the main one.

    Attributes:
        batch: the window of the batch; None until it is asked for.
        make_workers: gives what codes the photos; None for processes of this machine.
    """

    def __init__(self, window: QWidget, controller: Controller, files: Files, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._controller, self._files, self._settings = window, controller, files, settings
        self.batch: BatchWindow | None = None
        self.make_workers: MakeWorkers | None = None

    def show(self) -> None:
        """Shows the window, with the batch that runs or ran last."""
        if self.batch is None:
            from qmap_studio.ui.batch.window import BatchWindow

            self.batch = BatchWindow(self._settings, self.make_workers)
            self.batch.photo_chosen.connect(self._open)
            self.batch.ended.connect(self._controller.done)
        self.batch.show()
        self.batch.raise_()
        self.batch.activateWindow()

    def may_stop(self) -> bool:
        """Whether no batch runs, or the person gives it up for now."""
        if self.batch is None or not self.batch.is_running:
            return True
        assert self.batch.run is not None, "it runs"
        doing = tr("The batch to {folder}").format(folder=self.batch.run.results.name)
        return ask_stop(self._window, doing, tr("What is done stays; started again, it goes on from there."))

    def end(self) -> None:
        """The program ends, and with it a batch."""
        if self.batch is not None:
            self.batch.end(ENDS_WITHIN_S)

    def _open(self, photo: Path, coded: Path | None) -> None:
        """Shows a photo in the main window, with the map of its file if it has one."""
        if coded is None:
            self._files.open(photo)
        else:
            self._files.open_with_map(photo, coded)
        self._window.raise_()
        self._window.activateWindow()
