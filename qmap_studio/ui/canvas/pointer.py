"""The mouse or the pen over a pane."""

from dataclasses import dataclass

from PySide6.QtCore import Qt

from qmap_studio.ui.canvas.geometry import Point


@dataclass(frozen=True)
class Pointer:
    """Where it is, and what it holds."""

    at: Point  # in the picture
    on_screen: Point  # in device pixels of the pane
    button: Qt.MouseButton = Qt.MouseButton.NoButton  # the one pressed or released
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    pressure: float = 1.0  # of a pen, 0 to 1
