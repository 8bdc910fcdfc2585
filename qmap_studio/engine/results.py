"""What the engine delivers, from its worker thread.

Every job ends in exactly one of `JobDone`, `JobFailed` and `JobCancelled`; what it brought (`PictureOpened`,
`SfcOpened`, `Compared`, `MapFound`) comes before `JobDone`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qmap_studio.core.picture import Picture
from qmap_studio.core.rect import Rect

if TYPE_CHECKING:
    from qmap_studio.evaluation.region import Figures

Pixels = npt.NDArray[np.uint8]
MapValues = npt.NDArray[np.uint16]
CellBits = npt.NDArray[np.float32]


@dataclass(frozen=True)
class EngineReady:
    """A codec is loaded, and from now on the results are its own."""

    device: str
    model_id: str
    notices: tuple[str, ...]


@dataclass(frozen=True)
class EngineFailed:
    """The codec cannot be loaded; photos still open, nothing can be encoded."""

    message: str


@dataclass(frozen=True)
class Notice:
    """A sentence the user should see; nothing was lost."""

    text: str


@dataclass(frozen=True)
class LiveResult:
    """The decoded result of a part of the picture, for the map at `revision`.

    Attributes:
        picture: the one it belongs to; a result may still be on its way when another picture is shown.
        stale: bool, for each block of 64 px of the whole picture: approximate there, or older than the map.
        rect: the part of the picture, in pixels, that `reconstruction` shows; may be empty.
        cell_rect: the latent cells that `cell_bits` holds, in cells.
        figures: None where there are none yet, or none that are new.
    """

    picture: Picture
    revision: int
    stale: npt.NDArray[np.bool_]
    rect: Rect
    reconstruction: Pixels
    cell_bits: CellBits
    cell_rect: Rect
    figures: "Figures | None"

    @property
    def approximate(self) -> bool:
        """Whether any block of the picture is."""
        return bool(self.stale.any())

    @property
    def exact_share(self) -> float:
        """Share of the blocks that are exact."""
        return 1.0 - float(np.mean(self.stale))


@dataclass(frozen=True)
class PictureOpened:
    """A photo, upright and in 8 bits."""

    job_id: int
    path: Path
    picture: Picture


@dataclass(frozen=True)
class SfcOpened:
    """A decoded file; `values` is its map, one value a pixel, ready to be edited."""

    job_id: int
    path: Path
    picture: Picture
    values: MapValues
    cell_bits: CellBits
    size_bytes: int


@dataclass(frozen=True)
class Side:
    """One side of a comparison."""

    reconstruction: Pixels
    cell_bits: CellBits
    size_bytes: int
    figures: "Figures"
    quality_text: str


@dataclass(frozen=True)
class Compared:
    """The map's file and the uniform file of the same size."""

    job_id: int
    original: Pixels
    roi: Side
    uniform: Side


@dataclass(frozen=True)
class MapFound:
    """A map for the picture, better than the one before; `values` is uint16 (H, W)."""

    job_id: int
    picture: Picture
    values: MapValues


@dataclass(frozen=True)
class JobProgress:
    """How far a job is, told a few times a second; the fraction never falls."""

    job_id: int
    fraction: float
    text: str


@dataclass(frozen=True)
class JobDone:
    """A job's end, with a sentence for the status bar; `path` is the file it read or wrote."""

    job_id: int
    path: Path | None
    text: str


@dataclass(frozen=True)
class JobFailed:
    """A job's end, with a sentence that says why and what to do."""

    job_id: int
    message: str


@dataclass(frozen=True)
class JobCancelled:
    """A job's end on request; it left no file."""

    job_id: int


Result = (
    EngineReady
    | EngineFailed
    | Notice
    | LiveResult
    | PictureOpened
    | SfcOpened
    | Compared
    | MapFound
    | JobProgress
    | JobDone
    | JobFailed
    | JobCancelled
)
