"""The one place where the engine's results cross into Qt's thread."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from qmap_studio.ui.opening import made_ready

if TYPE_CHECKING:
    from qmap_studio.engine import Engine, Result

EngineFactory = Callable[[Callable[["Result"], None]], "Engine"]


class EngineBridge(QObject):
    """Owns the engine and re-emits its results, made ready, in the thread that this object lives in.

    Args:
        make_engine: gives an engine that calls the function it is given, from any thread.
    """

    result_delivered = Signal(object)
    _crossed = Signal(object)

    def __init__(self, make_engine: EngineFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crossed.connect(self.result_delivered, Qt.ConnectionType.QueuedConnection)
        self._is_open = True
        self.engine = make_engine(self._deliver)

    def start(self) -> None:
        self.engine.start()

    def stop(self) -> None:
        """Has the engine end, without waiting for it; nothing is delivered from now on."""
        self._is_open = False
        self.engine.stop(wait_s=0)

    def _deliver(self, result: "Result") -> None:
        if self._is_open:
            self._crossed.emit(made_ready(result))
