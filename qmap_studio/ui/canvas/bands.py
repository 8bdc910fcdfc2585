"""Large pictures are written band by band: at once, the window would stand still."""

from collections import deque
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from qmap_studio.core.rect import Rect

WRITTEN_AT_ONCE_PX = 1 << 20


class Bands(QObject):
    """Writes one band at a time, between two frames, in the order in which they came."""

    written = Signal(Rect)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._later: deque[tuple[Rect, Callable[[], None]]] = deque()
        self._pause = QTimer(self, singleShot=True, interval=0)
        self._pause.timeout.connect(self.go_on)

    def __bool__(self) -> bool:
        """Whether any is still to be written."""
        return bool(self._later)

    def add(self, band: Rect, write: Callable[[], None]) -> None:
        """To be written after those before it."""
        self._later.append((band, write))

    def clear(self) -> None:
        """None is written any more."""
        self._later.clear()

    def go_on(self) -> None:
        """Writes the next one, unless one is due already."""
        if self._later and not self._pause.isActive():
            band, write = self._later.popleft()
            write()
            self.written.emit(band)
            if self._later:
                self._pause.start()


def bands_of(rect: Rect) -> Iterator[Rect]:
    """A rectangle cut into bands of so many pixels that one is written between two frames."""
    height = max(1, WRITTEN_AT_ONCE_PX // max(1, rect.width))
    for top in range(rect.y, rect.bottom, height):
        yield Rect(rect.x, top, rect.width, min(height, rect.bottom - top))
