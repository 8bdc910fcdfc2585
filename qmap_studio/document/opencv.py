"""OpenCV, imported without its traces in the environment.

`import cv2` points Qt to plugins of its own, of another Qt version, and a window opened afterwards fails.
"""

import os
from pathlib import Path

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")

_before = {name: os.environ.get(name) for name in _QT_VARIABLES}

import cv2  # noqa: E402 - what the environment held has to be read first


def _restore_environment() -> None:
    package = str(Path(cv2.__file__).parent)
    for name, value in _before.items():
        # OpenCV may have been imported by somebody else already: then its value is the one that was found.
        if value is not None and not value.startswith(package):
            os.environ[name] = value
        else:
            os.environ.pop(name, None)


_restore_environment()

__all__ = ["cv2"]
