"""Keys as they come from the keyboard: to the window, which gives them to shortcuts or to what has the focus."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSlider, QToolButton, QWidget

from qmap_studio.ui.window import MainWindow

NONE = Qt.KeyboardModifier.NoModifier

FOCUS: dict[str, Callable[[MainWindow], QWidget]] = {
    "canvas": lambda window: window.canvas.workspace,
    "field": lambda window: _named(window.options, QDoubleSpinBox, "Size"),
    "slider": lambda window: _named(window.options, QSlider, "Size"),
    "list": lambda window: window.options.findChild(QComboBox),
    "button": lambda window: next(b for b in window.map_panel.findChildren(QToolButton) if b.text() == "Invert"),
}
"""A widget of each kind that can have the focus."""


def _named(parent: QWidget, kind: type, name: str) -> QWidget:
    return next(child for child in parent.findChildren(kind) if child.accessibleName() == name)


def press(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyPress(window.windowHandle(), key, modifiers)


def release(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyRelease(window.windowHandle(), key, modifiers)


def click(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    press(window, key, modifiers)
    release(window, key, modifiers)
