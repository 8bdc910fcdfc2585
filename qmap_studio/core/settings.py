"""What the program remembers from one start to the next: one row a setting, in a file that a person can read."""

import json
import os
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Generic, Protocol, Self, TypeVar

from qmap_studio.core.files import atomic_write, make_folder
from qmap_studio.core.language import N_
from qmap_studio.core.resources import config_path
from qmap_studio.core.strip import STRIPS

RECENT_FILES = 8
MOST_FOLDERS = 50
"""So many folders' annotations are remembered."""
THEMES = ("system", "light", "dark")
DEVICES = ("auto", "cpu", "cuda", "mps")
BATCH_MAPS = ("quality", "pattern", "annotations")
BATCH_LIMITS = ("none", "bytes", "bpp")
MOST_PROCESSES = 256
PANES = ("original", "reconstruction", "heat_map", "difference")

T = TypeVar("T")
Value = TypeVar("Value", covariant=True)


class Kind(Protocol[Value]):
    """What a setting may be."""

    def read(self, stored: object) -> Value | None:
        """The value that a file holds; None if it means nothing."""


@dataclass(frozen=True)
class Number:
    """A number from lowest to highest; never a NaN."""

    lowest: float
    highest: float

    def read(self, stored: object) -> float | None:
        if isinstance(stored, bool) or not isinstance(stored, int | float) or not self.lowest <= stored <= self.highest:
            return None
        return float(stored)


@dataclass(frozen=True)
class Choice:
    """One word of several."""

    choices: tuple[str, ...]

    def read(self, stored: object) -> str | None:
        return stored if isinstance(stored, str) and stored in self.choices else None


@dataclass(frozen=True)
class Choices:
    """One word of several or more, in an order."""

    choices: tuple[str, ...]

    def read(self, stored: object) -> list[str] | None:
        if not isinstance(stored, list) or not stored or not all(item in self.choices for item in stored):
            return None
        return list(stored)


@dataclass(frozen=True)
class Switch:
    """On or off."""

    def read(self, stored: object) -> bool | None:
        return stored if isinstance(stored, bool) else None


@dataclass(frozen=True)
class Text:
    """Any text."""

    def read(self, stored: object) -> str | None:
        return stored if isinstance(stored, str) else None


@dataclass(frozen=True)
class Texts:
    """Any number of texts, in an order."""

    def read(self, stored: object) -> list[str] | None:
        return list(stored) if isinstance(stored, list) and all(isinstance(item, str) for item in stored) else None


@dataclass(frozen=True)
class TextTable:
    """Rows of so many texts by a name, in an order."""

    width: int

    def read(self, stored: object) -> dict[str, list[str]] | None:
        if not isinstance(stored, dict):
            return None
        texts = Texts()
        rows = {name: row for name, given in stored.items() if (row := texts.read(given)) and len(row) == self.width}
        return rows if len(rows) == len(stored) else None


@dataclass(frozen=True)
class Row(Generic[T]):
    """All there is to say of a setting besides its name and its Python type.

    Attributes:
        label: what people call it; marked, and translated where it is shown.
    """

    label: str
    kind: Kind[T]
    default: T


def setting(label: str, kind: Kind[T], default: T) -> T:
    """A row of the table below.

    Raises:
        ValueError: the kind does not take the default.
    """
    if kind.read(default) != default:
        raise ValueError(f"{default!r} is no {kind}")
    row = Row(label, kind, default)
    # A new list for each, so that nobody changes the default.
    made: T = field(default_factory=lambda: copy(default), metadata={"row": row})
    return made


@dataclass
class Settings:
    """The choices of a person. To add one, add its row: nothing else lists them.

    What is missing in the file, damaged or out of range keeps its default. Lists are replaced, never changed in place.

    >>> Settings.read(Path("no such file")).brush_size_px
    96.0
    """

    theme: str = setting(N_("Theme"), Choice(THEMES), "system")
    model: str = setting(N_("Model"), Text(), "live")
    device: str = setting(N_("Where the network runs"), Choice(DEVICES), "auto")
    panes: list[str] = setting(N_("Panes"), Choices(PANES), ["original", "reconstruction", "heat_map"])
    overlay_opacity: float = setting(N_("Opacity of the overlay"), Number(0, 1), 0.35)
    brush_size_px: float = setting(N_("Brush size in pixels"), Number(2, 2000), 96.0)
    brush_hardness: float = setting(N_("Brush hardness"), Number(0, 1), 0.3)
    brush_flow: float = setting(N_("Brush flow"), Number(0.01, 1), 0.6)
    brush_quality: float = setting(N_("Painted quality"), Number(0, 1), 0.9)
    other_quality: float = setting(N_("The other quality"), Number(0, 1), 0.1)
    feather_px: float = setting(N_("Feather in pixels"), Number(0, 500), 24.0)
    strip_metadata: str = setting(N_("Metadata left out of files"), Choice(STRIPS), "none")
    export_layers: bool = setting(N_("Layers in exported files"), Switch(), False)
    export_thorough: bool = setting(N_("Thorough search for exported files"), Switch(), False)
    annotated: dict[str, list[str]] = setting(N_("Annotations and rules for folders of photos"), TextTable(2), {})
    recent_rules: list[str] = setting(N_("Recent rules"), Texts(), [])
    batch_folders: list[str] = setting(N_("Folders of photos of the last batch"), Texts(), [])
    batch_results: str = setting(N_("Folder of results of the last batch"), Text(), "")
    batch_map: str = setting(N_("What the maps of a batch are"), Choice(BATCH_MAPS), "quality")
    batch_quality: float = setting(N_("Quality of a batch"), Number(0, 1), 0.5)
    batch_pattern: str = setting(N_("Pattern of maps of a batch"), Text(), "")
    batch_annotations: str = setting(N_("Annotations of a batch"), Text(), "")
    batch_rules: str = setting(N_("Rules of a batch; without a file those that were used last"), Text(), "")
    batch_limit: str = setting(N_("What limits the files of a batch"), Choice(BATCH_LIMITS), "none")
    batch_kilobytes: float = setting(N_("Largest file of a batch in KB"), Number(0.2, 1_000_000), 100.0)
    batch_bpp: float = setting(N_("Bits per pixel of a batch at most"), Number(0.01, 24), 0.5)
    batch_processes: float = setting(
        N_("Processes of a batch; 0 for all cores but one"), Number(0, MOST_PROCESSES), 0.0
    )
    recent_files: list[str] = setting(N_("Recent files"), Texts(), [])
    folder: str = setting(N_("Last folder"), Text(), "")

    def __post_init__(self) -> None:
        self._observers: list[Callable[[], object]] = []

    def subscribe(self, observer: Callable[[], object]) -> None:
        """Has an observer called after each change of a setting."""
        self._observers.append(observer)

    def __setattr__(self, name: str, value: object) -> None:
        before = self.__dict__.get(name)
        super().__setattr__(name, value)
        if value != before:
            for observer in self.__dict__.get("_observers", ()):
                observer()

    @staticmethod
    def default_path() -> Path:
        """Where the person's settings lie: what QMAP_STUDIO_SETTINGS names, or else the usual place of the system."""
        return Path(os.environ.get("QMAP_STUDIO_SETTINGS") or config_path("settings.json"))

    @classmethod
    def read(cls, path: Path) -> Self:
        """The settings of a file; the defaults where there is none."""
        settings = cls()
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return settings
        for name, row in SETTINGS.items():
            value = row.kind.read(content.get(name)) if isinstance(content, dict) else None
            if value is not None:
                setattr(settings, name, value)
        return settings

    def write(self, path: Path) -> None:
        """Saves the settings.

        Raises:
            FileAccessError: the file cannot be written.
        """
        make_folder(path.parent)
        atomic_write(path, (json.dumps(asdict(self), indent=2) + "\n").encode())

    def add_recent(self, path: Path) -> None:
        """Puts a file first among the recent ones."""
        self.recent_files = _first(str(path), self.recent_files)

    def add_recent_rules(self, path: Path) -> None:
        """Puts a file first among the recent rules."""
        self.recent_rules = _first(str(path), self.recent_rules)

    def annotate(self, folder: Path, annotations: Path, rules: str) -> None:
        """Remembers where the annotations of a folder's photos lie, and the text of the rules for them."""
        others = {name: row for name, row in self.annotated.items() if name != str(folder)}
        kept = list(others.items())[1 - MOST_FOLDERS :]
        self.annotated = {**dict(kept), str(folder): [str(annotations), rules]}

    def forget_annotations(self, folder: Path) -> None:
        """Photos of a folder are opened as they are."""
        self.annotated = {name: row for name, row in self.annotated.items() if name != str(folder)}


def _first(text: str, others: list[str]) -> list[str]:
    return [text, *(other for other in others if other != text)][:RECENT_FILES]


def rows_of(table: type[Settings]) -> Mapping[str, Row[object]]:
    """The rows of a table by name, in its order.

    Raises:
        TypeError: a setting was added without a row.
    """
    for known in fields(table):
        if "row" not in known.metadata:
            raise TypeError(f"{known.name} has no row: make it with setting(label, kind, default)")
    return MappingProxyType({known.name: known.metadata["row"] for known in fields(table)})


SETTINGS = rows_of(Settings)
"""The table, for whoever shows or checks settings."""
