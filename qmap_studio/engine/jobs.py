"""The long jobs that can be asked of the engine.

A job holds what the user chose and nothing else; it is of the picture and the map as they were when it was asked for,
whatever is painted before it begins.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qmap_studio.core.rect import Rect

DEFAULT_LAMBDA, DEFAULT_ITERATIONS = 0.1, 5
"""Of a search for a map."""
PictureKind = Literal["reconstruction", "heat_map", "comparison"]


@dataclass(frozen=True)
class OpenPicture:
    """Read a photo from a file."""

    path: Path


@dataclass(frozen=True)
class OpenSfc:
    """Decode an `.sfc` file to its picture and its quality map."""

    path: Path


@dataclass(frozen=True)
class ExportSfc:
    """Encode the picture with its map; `target_bytes` moves the base quality until the file is that large."""

    path: Path
    target_bytes: int | None = None


@dataclass(frozen=True)
class ExportPicture:
    """Save what the codec makes of the picture, where its bits go, or the comparison with its figures.

    Attributes:
        source_name: what a comparison calls the picture that it compares with.
    """

    kind: PictureKind
    path: Path
    source_name: str = "Original"


@dataclass(frozen=True)
class Compare:
    """Encode with the map, and uniformly to the same bytes."""


@dataclass(frozen=True)
class OptimiseMap:
    """Search the map that serves a task best; each better one is delivered as `MapFound`.

    Cancelled, it ends with `JobDone` and the best map so far, or with `JobCancelled` if there is none.

    Attributes:
        task: to keep edges, the features of a region, or what a user's model makes of the picture.
        label: a classifier's class to keep; its own top class without one.
        whole_answer: keep all that a model answers instead of a class.
        lmbda: bits per pixel that one unit of the task's loss is worth.
        from_current: begin with the map as it is, else with a random one.
    """

    task: Literal["edges"] | Rect | Path
    label: int | None = None
    whole_answer: bool = False
    lmbda: float = DEFAULT_LAMBDA
    iterations: int = DEFAULT_ITERATIONS
    from_current: bool = False


@dataclass(frozen=True)
class GradCam:
    """Make a map of where a user's classifier looks, delivered as `MapFound`.

    Attributes:
        label: the class; its own top class without one.
        alpha: the map's highest quality.
    """

    model: Path
    label: int | None = None
    alpha: float = 1.0


@dataclass(frozen=True)
class UseModel:
    """Follow the painting with another model; delivers `EngineReady`. If that fails, the one there is stays."""

    model_id: str


@dataclass(frozen=True)
class ImportCheckpoint:
    """Install the checkpoint of song2021's authors for this user."""

    path: Path


Job = OpenPicture | OpenSfc | ExportSfc | ExportPicture | Compare | OptimiseMap | GradCam | UseModel | ImportCheckpoint
