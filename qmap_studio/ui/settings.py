"""What the program remembers from one start to the next, in a file that a person can read."""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Self

from PySide6.QtCore import QStandardPaths

RECENT_FILES = 8
THEMES = ("system", "light", "dark")
DEVICES = ("auto", "cpu", "cuda", "mps")
PANES = ("original", "reconstruction", "heat_map", "difference")
RANGES = {
    "overlay_opacity": (0, 1),
    "brush_size_px": (2, 2000),
    "brush_hardness": (0, 1),
    "brush_flow": (0.01, 1),
    "brush_quality": (0, 1),
    "other_quality": (0, 1),
    "feather_px": (0, 500),
}


@dataclass
class Settings:
    """The choices of the person; what is missing, damaged or out of range in the file keeps its default."""

    theme: str = "system"
    model: str = "live"
    device: str = "auto"
    panes: list[str] = field(default_factory=lambda: ["original", "reconstruction", "heat_map"])
    overlay_opacity: float = 0.35
    brush_size_px: float = 96.0
    brush_hardness: float = 0.3
    brush_flow: float = 0.6
    brush_quality: float = 0.9
    other_quality: float = 0.1
    feather_px: float = 24.0
    recent_files: list[str] = field(default_factory=list)
    folder: str = ""

    @staticmethod
    def default_path() -> Path:
        """Where the person's settings lie on this system."""
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation), "settings.json")

    @classmethod
    def read(cls, path: Path) -> Self:
        """The settings of a file; the defaults where there is none."""
        settings = cls()
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return settings
        for known in fields(cls):
            value = content.get(known.name) if isinstance(content, dict) else None
            if _fits(known.name, value):
                setattr(settings, known.name, value)
        return settings

    def write(self, path: Path) -> None:
        """Saves the settings.

        Raises:
            FileAccessError: the file cannot be written.
        """
        from qmap_studio.core.files import atomic_write

        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, (json.dumps(asdict(self), indent=2) + "\n").encode())

    def add_recent(self, path: Path) -> None:
        """Puts a file first among the recent ones."""
        text = str(path)
        self.recent_files = [text, *(other for other in self.recent_files if other != text)][:RECENT_FILES]


def _fits(name: str, value: object) -> bool:
    if name in RANGES:
        low, high = RANGES[name]
        return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high  # never a NaN
    match name:
        case "theme":
            return value in THEMES
        case "device":
            return value in DEVICES
        case "panes":
            return isinstance(value, list) and bool(value) and all(item in PANES for item in value)
        case "recent_files":
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, str)
