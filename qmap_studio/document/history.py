"""Undo and redo: edits hold the layers before and after, and layers share what did not change."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from sys import getsizeof
from typing import Self

from qmap_studio.core.rect import Rect
from qmap_studio.document.layers.raster import RasterLayer
from qmap_studio.document.layers.shape import ShapeLayer
from qmap_studio.document.layers.stack import Layers
from qmap_studio.document.tiles import MapTile

UNPACKED_BYTES = 64 * 2**20
"""So much of what the latest edits replaced stays as it was, to come back at once; older tiles are compressed."""


@dataclass(frozen=True)
class Edit:
    """One undo: the layers before and after, which differ within a rectangle alone."""

    name: str
    before: Layers
    after: Layers
    rect: Rect


@dataclass
class _Entry:
    """An edit in the history.

    Attributes:
        kept: the tiles that only the history holds because of it.
        shapes_bytes: memory of lists of shapes that only the history holds, about.
        states: names of what the map holds before and after.
    """

    edit: Edit
    states: tuple[int, int]
    kept: list[MapTile]
    shapes_bytes: int
    size_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.measure()

    @classmethod
    def of(cls, edit: Edit, states: tuple[int, int], held: Layers, now: Layers) -> Self:
        """An edit of layers that are held and not those of now."""
        return cls(edit, states, _tiles_lost(held, now), _bytes_of_shapes_lost(held, now))

    def measure(self) -> None:
        self.size_bytes = self.shapes_bytes + sum(tile.size_bytes for tile in self.kept)

    def pack(self) -> None:
        for tile in self.kept:
            tile.pack()
        self.measure()

    @property
    def is_packed(self) -> bool:
        return all(tile.is_packed for tile in self.kept)


class History:
    """The edits that can be undone and redone.

    Args:
        limit_bytes: the edits furthest away are forgotten when the tiles that only the history holds take more; the
            nearest one stays.
    """

    def __init__(self, limit_bytes: int = 256 * 2**20) -> None:
        self.state = 0
        """A number that names what the map holds: it comes back when undo or redo brings the map back."""
        self._limit_bytes = limit_bytes
        self._undo: list[_Entry] = []
        self._redo: list[_Entry] = []
        self._last_state = 0
        self._forgets = False

    @property
    def undo_name(self) -> str | None:
        """What undo would take back."""
        return self._undo[-1].edit.name if self._undo else None

    @property
    def redo_name(self) -> str | None:
        """What redo would do again."""
        return self._redo[-1].edit.name if self._redo else None

    @property
    def names(self) -> tuple[str, ...]:
        """Of all edits, from the oldest that is remembered to the last that can be done again."""
        return tuple(entry.edit.name for entry in (*self._undo, *reversed(self._redo)))

    @property
    def position(self) -> int:
        """How many of them are done."""
        return len(self._undo)

    @property
    def forgets(self) -> bool:
        """Whether older edits were forgotten, so that what came before the first is not the beginning."""
        return self._forgets

    @property
    def size_bytes(self) -> int:
        """Memory taken by what only the history holds."""
        return sum(entry.size_bytes for entry in (*self._undo, *self._redo))

    def record(self, edit: Edit) -> None:
        """Adds an edit that was done; what was undone before can not be redone any more."""
        self._last_state += 1
        self._undo.append(_Entry.of(edit, (self.state, self._last_state), edit.before, edit.after))
        self._redo.clear()
        self.state = self._last_state
        self._save_memory()

    def undo(self) -> Edit | None:
        """The last edit, which its owner takes back; None if there is none."""
        if not self._undo:
            return None
        entry = self._undo.pop()
        self.state = entry.states[0]
        self._redo.append(_Entry.of(entry.edit, entry.states, entry.edit.after, entry.edit.before))
        self._save_memory()
        return entry.edit

    def redo(self) -> Edit | None:
        """The edit that was taken back last, which its owner does again; None if there is none."""
        if not self._redo:
            return None
        entry = self._redo.pop()
        self.state = entry.states[1]
        self._undo.append(_Entry.of(entry.edit, entry.states, entry.edit.before, entry.edit.after))
        self._save_memory()
        return entry.edit

    def _save_memory(self) -> None:
        for entries in (self._undo, self._redo):
            unpacked = 0
            for entry in entries[-2::-1]:  # the nearest one stays as it is
                unpacked += entry.size_bytes
                if unpacked > UNPACKED_BYTES and not entry.is_packed:
                    entry.pack()
        while self.size_bytes > self._limit_bytes and max(len(self._undo), len(self._redo)) > 1:
            self._forgets |= len(self._undo) > 1
            del (self._undo if len(self._undo) > 1 else self._redo)[0]


def _tiles_lost(held: Layers, now: Layers) -> list[MapTile]:
    """The tiles of some layers that others do not hold."""
    still = {id(tile) for tile in _tiles(now)}
    return [tile for tile in _tiles(held) if id(tile) not in still]


def _tiles(layers: Layers) -> Iterable[MapTile]:
    return (tile for layer in layers if isinstance(layer, RasterLayer) for tile in layer.tiles.values())


def _bytes_of_shapes_lost(held: Layers, now: Layers) -> int:
    still = {id(layer.shapes) for layer in now if isinstance(layer, ShapeLayer)}
    lost = [layer.shapes for layer in held if isinstance(layer, ShapeLayer) and id(layer.shapes) not in still]
    return sum(map(getsizeof, lost))  # of the lists; their shapes are mostly in others, too
