"""What a job is of."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine.results import MapValues

if TYPE_CHECKING:
    from qmap_studio.document.inside import Inside


@dataclass(frozen=True)
class Snapshot:
    """The picture and its map at one moment: a job works on it while painting goes on.

    Attributes:
        bounds: uint8 (H, W), the error bounds; None where no pixel has one.
    """

    picture: Picture
    values: MapValues
    revision: int
    selection: "Rect | Inside | None"
    threshold: float | None = None
    bounds: Bounds | None = None
