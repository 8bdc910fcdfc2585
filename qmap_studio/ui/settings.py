"""What the program remembers from one start to the next, in a file that a person can read."""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Self

from PySide6.QtCore import QStandardPaths

RECENT_FILES = 8
THEMES = ("system", "light", "dark")


@dataclass
class Settings:
    """The choices of the person; what is missing or damaged in the file keeps its default."""

    theme: str = "system"
    device: str = "auto"
    panes: list[str] = field(default_factory=lambda: ["original", "reconstruction", "heat_map"])
    overlay_opacity: float = 0.5
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
        except (OSError, ValueError):
            return settings
        for known in fields(cls):
            value = content.get(known.name) if isinstance(content, dict) else None
            if _is_like(value, getattr(settings, known.name)):
                setattr(settings, known.name, value)
        if settings.theme not in THEMES:
            settings.theme = cls.theme
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


def _is_like(value: object, default: object) -> bool:
    if isinstance(default, list):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, type(default))
