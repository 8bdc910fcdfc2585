"""A workspace with a small document, and a hand that holds the mouse."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.pictures import Picture
from qmap_studio.document import Brush, Document
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.geometry import Point

HEIGHT, WIDTH = 96, 160
NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def document() -> Document:
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    return Document(Picture(np.stack([rows, columns, rows + columns], axis=2).astype(np.uint8)))


@pytest.fixture
def workspace(qtbot: QtBot, document: Document) -> Workspace:
    workspace = Workspace()
    qtbot.addWidget(workspace)
    workspace.resize(800, 500)
    workspace.set_document(document)
    workspace.brush = Brush(size_px=20, hardness=0.5, quality=0.9)
    workspace.show()
    return workspace


class Hand:
    """Presses, moves and releases the mouse at points of the picture."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def press(self, x: float, y: float, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._send(QEvent.Type.MouseButtonPress, x, y, button, button, keys)

    def move(self, x: float, y: float, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._send(QEvent.Type.MouseMove, x, y, NONE, LEFT, keys)

    def release(self, x: float, y: float, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._send(QEvent.Type.MouseButtonRelease, x, y, button, NONE, keys)

    def drag(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        button: Qt.MouseButton = LEFT,
        keys: Qt.KeyboardModifier = NO_KEYS,
    ) -> None:
        self.press(*start, button, keys)
        self.move(*end, keys)
        self.release(*end, button, keys)

    def _send(
        self,
        kind: QEvent.Type,
        x: float,
        y: float,
        button: Qt.MouseButton,
        buttons: Qt.MouseButton,
        keys: Qt.KeyboardModifier,
    ) -> None:
        pane = self._workspace.panes.pane("original")
        at = pane.view.to_pane(Point(x, y), pane.size_device)
        position = QPointF(at.x, at.y) / pane.devicePixelRatioF()
        viewport = pane.viewport()
        event = QMouseEvent(kind, position, viewport.mapToGlobal(position), button, buttons, keys)
        QApplication.sendEvent(viewport, event)


@pytest.fixture
def hand(workspace: Workspace) -> Hand:
    return Hand(workspace)


Quality = Callable[[int, int], float]


@pytest.fixture
def quality_at(document: Document) -> Quality:
    """The map's quality at column x and row y."""
    return lambda x, y: float(document.quality_map.values[y, x] / MAX_LEVEL)
