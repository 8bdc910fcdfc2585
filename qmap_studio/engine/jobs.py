"""The long jobs that can be asked of the engine.

A job holds what the user chose and nothing else; the picture and the map are those that the engine holds when the
job starts. A `Compare` or an export therefore shows what was painted until then.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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


Job = OpenPicture | OpenSfc | ExportSfc | ExportPicture | Compare
