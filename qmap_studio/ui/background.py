"""What takes a moment and is no work for the engine: done in a thread of the window's own."""

from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from qmap_studio.core.errors import QMapStudioError

T = TypeVar("T")


class Background(QObject):
    """Does one thing after the other; what has come of it is handed over in the window's thread."""

    failed = Signal(str)
    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, "qmap-studio-background")
        self._latest: dict[Hashable, object] = {}
        self._done.connect(lambda hand_over: hand_over(), Qt.ConnectionType.QueuedConnection)

    def do(self, work: Callable[[], T], then: Callable[[T], object], subject: Hashable = None) -> None:
        """Does work, then calls `then` with what came of it; an error of it is told.

        Args:
            subject: of several that are asked for only the last one is handed over, and what has not begun is not done.
        """
        ticket = self._latest[subject] = object() if subject is not None else None

        def is_wanted() -> bool:
            return subject is None or self._latest.get(subject) is ticket

        def run() -> None:
            if not is_wanted():
                return
            try:
                made: Any = work()
            except QMapStudioError as error:
                message = str(error)
                self._done.emit(lambda: self.failed.emit(message))
            else:
                self._done.emit(lambda: then(made) if is_wanted() else None)

        self._thread.submit(run)

    def forget(self, subject: Hashable) -> None:
        """Nothing of a subject is handed over any more."""
        self._latest.pop(subject, None)

    def end(self) -> None:
        """Waits for what is being done, such as a file that is written."""
        self._thread.shutdown(cancel_futures=True)
