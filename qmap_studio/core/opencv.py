"""OpenCV, imported in one place because its import has side effects.

The wheel of OpenCV points Qt at the plugins and fonts of its own, older Qt. Found there by PySide6, they keep the
window from opening, so the variables get back what they had. Import it as `from qmap_studio.core.opencv import cv2`.
"""

import os

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_before = {name: os.environ.get(name) for name in _QT_VARIABLES}

import cv2  # noqa: E402 - what it changes must be known first

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

__all__ = ["cv2"]
