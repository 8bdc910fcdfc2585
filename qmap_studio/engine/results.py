"""What the engine delivers, from its worker thread.

Every job ends in exactly one of `JobDone`, `JobFailed` and `JobCancelled`; what it brought comes before. Results that
only one job brings are in the file of that job.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect

if TYPE_CHECKING:
    from qmap_studio.evaluation.region import Figures

Pixels = npt.NDArray[np.uint8]
MapValues = npt.NDArray[np.uint16]
CellBits = npt.NDArray[np.float32]


class Result:
    """Anything that the engine delivers."""


@dataclass(frozen=True)
class JobResult(Result):
    """What a job delivers; `job_id` is the number that `Engine.submit` gave it."""

    job_id: int


@dataclass(frozen=True)
class EngineReady(Result):
    """A codec is loaded, and from now on the results are its own.

    Attributes:
        learns_importance: whether the jobs about what its model finds important can be done.
        can_be_thorough: whether an export can be.
    """

    device: str
    model_id: str
    notices: tuple[str, ...]
    learns_importance: bool = False
    can_be_thorough: bool = False


@dataclass(frozen=True)
class EngineFailed(Result):
    """The codec cannot be loaded; photos still open, nothing can be encoded."""

    message: str


@dataclass(frozen=True)
class Notice(Result):
    """A sentence the user should see; nothing was lost."""

    text: str


@dataclass(frozen=True)
class LiveResult(Result):
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
class JobProgress(JobResult):
    """How far a job is, told at most ten times a second; the fraction never falls."""

    fraction: float
    text: str


@dataclass(frozen=True)
class JobDone(JobResult):
    """A job's end, with a sentence for the status bar; `path` is the file it read or wrote."""

    path: Path | None
    text: str


@dataclass(frozen=True)
class JobFailed(JobResult):
    """A job's end, with a sentence that says why and what to do."""

    message: str


@dataclass(frozen=True)
class JobCancelled(JobResult):
    """A job's end on request; it left no file."""
