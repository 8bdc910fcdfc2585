"""The file of the settings: written soon after a change, so that little is lost however the program ends."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.settings import Settings

PAUSE_MS = 300  # a slider that moves is written a few times a second


class SettingsFile(QObject):
    """Follows the settings. Writes whole files, one after the other, in a thread: a slow disk holds nothing up.

    Args:
        path: of the file; None keeps nothing.
    """

    def __init__(self, settings: Settings, path: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._path = settings, path
        self._writer = ThreadPoolExecutor(1, "qmap-studio-settings")
        self._last: Future[None] | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._write)
        settings.subscribe(self._on_changed)

    def finish(self) -> None:
        """Writes what has changed, and waits for it."""
        if self._pause.isActive():
            self._pause.stop()
            self._write()
        if self._last is not None:
            self._last.result()

    def _on_changed(self) -> None:
        if not self._pause.isActive():
            self._pause.start()

    def _write(self) -> None:
        if self._path is not None:
            self._last = self._writer.submit(_write, replace(self._settings), self._path)


def _write(settings: Settings, path: Path) -> None:
    with suppress(QMapStudioError, OSError):  # nothing of the work is lost
        settings.write(path)
