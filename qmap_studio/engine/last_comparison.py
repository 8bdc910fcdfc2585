"""The comparison that was made last: saving it as a picture does not search again."""

from typing import TYPE_CHECKING

from qmap_studio.engine.snapshot import Snapshot

if TYPE_CHECKING:
    from qmap_studio.recipes.compare import Comparison


class LastComparison:
    """Holds one comparison and what it is of."""

    def __init__(self) -> None:
        self._of: Snapshot | None = None
        self._comparison: Comparison | None = None

    def get(self, snapshot: Snapshot) -> "Comparison | None":
        """The comparison of this picture, map and region, if it is the last one."""
        of = self._of
        is_same = of is not None and of.picture is snapshot.picture and _choices(of) == _choices(snapshot)
        return self._comparison if is_same else None

    def keep(self, snapshot: Snapshot, comparison: "Comparison") -> None:
        """In place of the one before."""
        self._of, self._comparison = snapshot, comparison

    def forget(self) -> None:
        """It is not that of the codec in use any more."""
        self._of = self._comparison = None


def _choices(snapshot: Snapshot) -> tuple[object, ...]:
    return snapshot.revision, snapshot.selection, snapshot.threshold
