"""Where models, icons and anchors lie, in a clone, an installed wheel, or a bundle; and what is the user's own."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path


def resource_path(name: str) -> Path:
    """The path of a file or folder under resources/, such as "models/live.safetensors".

    The path need not exist: who opens it knows best what its absence means.
    """
    return _resources_root() / name


def user_path(name: str) -> Path:
    """The path of a file or folder that the program keeps for the user, such as "models"; it need not exist."""
    home = Path.home()
    usual = {
        "win32": os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local",
        "darwin": home / "Library" / "Application Support",  # no text: a folder
    }
    folder = os.environ.get("XDG_DATA_HOME") or usual.get(sys.platform) or home / ".local" / "share"
    return Path(folder) / "qmap-studio" / name


def config_path(name: str) -> Path:
    """The path of a file in which the program keeps choices of the user; it need not exist.

    Where Qt has its AppConfigLocation for the organisation "QMap Studio" and the application "qmap-studio".
    """
    home = Path.home()
    usual = {
        "win32": os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local",
        "darwin": home / "Library" / "Preferences",
    }
    chosen = os.environ.get("XDG_CONFIG_HOME", "")
    linux = chosen if os.path.isabs(chosen) else home / ".config"
    return Path(usual.get(sys.platform) or linux) / "QMap Studio" / "qmap-studio" / name  # no text: a folder


def _resources_root() -> Path:
    bundle = getattr(sys, "_MEIPASS", None)  # set by PyInstaller's loader
    if bundle is not None:
        return Path(bundle) / "resources"
    package = Path(__file__).resolve().parent.parent
    installed = package / "_resources"  # where the wheel puts them
    return installed if installed.is_dir() else package.parent / "resources"


def sample_photo_path() -> Path:
    """A portrait to begin with, as matplotlib ships it; found without importing matplotlib."""
    package = find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "mpl-data" / "sample_data" / "grace_hopper.jpg"
