"""Keys as they come from the keyboard: to the window, which gives them to shortcuts or to what has the focus."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

NONE = Qt.KeyboardModifier.NoModifier


def press(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyPress(window.windowHandle(), key, modifiers)


def release(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyRelease(window.windowHandle(), key, modifiers)


def click(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    press(window, key, modifiers)
    release(window, key, modifiers)
