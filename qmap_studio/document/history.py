"""Undo and redo of a quality map, kept as compressed tiles."""

import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.rect import Rect

TILE = 256
"""Pixels of a tile's side."""


@dataclass(frozen=True)
class _Entry:
    """One edit: what its tiles held on the other side of it."""

    name: str
    rect: Rect
    tiles: list[tuple[Rect, bytes]]
    before: int
    after: int

    @property
    def size_bytes(self) -> int:
        return sum(len(data) for _, data in self.tiles)


class History:
    """The edits of a map that can be undone and redone.

    The map is held twice: `values`, which edits write to, and `committed`, how it was after the last edit that was
    recorded. An edit is any change of values followed by `record`, or by `discard` to give it up; so an edit copies
    nothing when it begins.

    Args:
        values: uint16 (H, W), edited in place from now on.
        limit_bytes: the oldest edits are forgotten when the compressed tiles take more; the last edit stays.
    """

    def __init__(self, values: NDArray[np.uint16], limit_bytes: int = 256 * 2**20) -> None:
        self.committed = values.copy()
        self.state = 0
        """A number that names what the map holds: it comes back when undo or redo brings the map back."""
        self._values = values
        self._limit_bytes = limit_bytes
        self._undo: deque[_Entry] = deque()
        self._redo: list[_Entry] = []
        self._last_state = 0

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    @property
    def undo_name(self) -> str | None:
        """What undo would take back."""
        return self._undo[-1].name if self._undo else None

    @property
    def redo_name(self) -> str | None:
        """What redo would do again."""
        return self._redo[-1].name if self._redo else None

    @property
    def size_bytes(self) -> int:
        """Memory taken by the compressed tiles."""
        return sum(entry.size_bytes for entry in (*self._undo, *self._redo))

    def record(self, name: str, rect: Rect) -> bool:
        """Makes one edit of what changed inside a rectangle since the last one.

        Returns:
            Whether anything had changed; if not, there is no edit and redo stays possible.
        """
        tiles = [
            (tile, _pack(self.committed[tile.slices]))
            for tile in self._tiles(rect)
            if not np.array_equal(self.committed[tile.slices], self._values[tile.slices])
        ]
        if not tiles:
            return False
        for tile, _ in tiles:
            self.committed[tile.slices] = self._values[tile.slices]
        self._last_state += 1
        self._undo.append(_Entry(name, rect, tiles, before=self.state, after=self._last_state))
        self._redo.clear()
        self.state = self._last_state
        while self.size_bytes > self._limit_bytes and len(self._undo) > 1:
            self._undo.popleft()
        return True

    def discard(self, rect: Rect) -> None:
        """Gives up what changed inside a rectangle since the last edit."""
        self._values[rect.slices] = self.committed[rect.slices]

    def undo(self) -> Rect:
        """Takes the last edit back.

        Returns:
            The rectangle that changed.
        Raises:
            IndexError: there is nothing to undo.
        """
        entry = self._undo.pop()
        self._redo.append(self._exchange(entry))
        self.state = entry.before
        return entry.rect

    def redo(self) -> Rect:
        """Does the edit again that was taken back last.

        Returns:
            The rectangle that changed.
        Raises:
            IndexError: there is nothing to redo.
        """
        entry = self._redo.pop()
        self._undo.append(self._exchange(entry))
        self.state = entry.after
        return entry.rect

    def _exchange(self, entry: _Entry) -> _Entry:
        """Puts an entry's tiles into the map; the entry returned holds what they replaced."""
        replaced = []
        for tile, data in entry.tiles:
            replaced.append((tile, _pack(self.committed[tile.slices])))
            self.committed[tile.slices] = self._values[tile.slices] = _unpack(data, tile)
        return _Entry(entry.name, entry.rect, replaced, entry.before, entry.after)

    def _tiles(self, rect: Rect) -> Iterator[Rect]:
        height, width = self._values.shape
        area = rect.clipped(width, height).aligned(TILE)
        for y in range(area.y, area.bottom, TILE):
            for x in range(area.x, area.right, TILE):
                yield Rect(x, y, TILE, TILE).clipped(width, height)


def _pack(tile: NDArray[np.uint16]) -> bytes:
    # Differences along the rows: a gradient becomes a few values that repeat, smaller and faster to compress.
    differences = np.diff(tile, axis=1, prepend=np.uint16(0))
    return zlib.compress(differences.tobytes(), 1)


def _unpack(data: bytes, tile: Rect) -> NDArray[np.uint16]:
    differences = np.frombuffer(zlib.decompress(data), np.uint16).reshape(tile.height, tile.width)
    return np.cumsum(differences, axis=1, dtype=np.uint16)
