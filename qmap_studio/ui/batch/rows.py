"""What is known of each photo of a batch."""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from qmap_studio.batch import Outcome


class State(Enum):
    """How far a photo is."""

    WAITING = auto()
    CODING = auto()
    DONE = auto()
    DONE_BEFORE = auto()
    FAILED = auto()


@dataclass(slots=True)
class Row:
    """A photo.

    Attributes:
        place: of the photo below the folders that were asked for.
        outcome: what has come of it; None until then.
    """

    place: str
    photo: Path
    state: State
    outcome: Outcome | None = None


Change = tuple[int, State, Outcome | None]
"""The row's number, and what it is now."""
