"""OpenCV, imported in one place because its import has side effects.

The wheel of OpenCV points Qt at the plugins and fonts of its own, older Qt. Found there by PySide6, they keep the
window from opening, so the variables get back what they had. Import it as `from qmap_studio.core.opencv import cv2`.
"""

import os
from pathlib import Path

_before = {name: os.environ.get(name) for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")}

import cv2  # noqa: E402 - what it changes must be known first

for _name, _value in _before.items():
    # Imported by somebody else already, OpenCV has left its value before we looked.
    if _value is None or _value.startswith(str(Path(cv2.__file__).parent)):
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

# Its readers print lines about files that they read all the same.
cv2.setLogLevel(2)  # errors

__all__ = ["cv2"]
