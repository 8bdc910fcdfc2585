"""Progress on stderr, where somebody watches."""

import sys
import time
from types import TracebackType
from typing import Self, TextIO

_WIDTH = 30
_INTERVAL_S = 0.1


class ProgressBar:
    """A line that is redrawn in place and gone in the end; silent unless the stream is a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._shown = self._stream.isatty()
        self._drawn_at = 0.0
        self._is_drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._is_drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def update(self, fraction: float, text: str = "") -> None:
        """Shows the fraction done; fits as a codec's checkpoint."""
        now = time.monotonic()
        if not self._shown or (self._is_drawn and now - self._drawn_at < _INTERVAL_S):
            return
        fraction = min(max(fraction, 0.0), 1.0)
        bar = "#" * round(fraction * _WIDTH)
        self._stream.write(f"\r\x1b[K[{bar:<{_WIDTH}}] {fraction:4.0%} {text}")
        self._stream.flush()
        self._drawn_at, self._is_drawn = now, True
