"""What a person does in the story of `test_story.py`, with real mouse and key events on a real window.

Run by itself it is the first half, which ends by kill -9: `python -m tests.e2e.story PHOTO FOLDER`.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest

from qmap_studio.app import load_the_rest, make_application
from qmap_studio.core.settings import Settings
from qmap_studio.document import Document
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.theme import apply_theme
from qmap_studio.ui.window import MainWindow

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
PATIENCE_MS = 120_000


class Person:
    """Works in a window."""

    def __init__(self, folder: Path) -> None:
        self.window = MainWindow(Settings(theme="dark", device="cpu", brush_size_px=60.0), None, folder / "recovery")
        self.window.resize(1360, 860)
        self.window.show()
        self.window.activateWindow()
        load_the_rest(self.window)
        self.wait_until(self.window.isActiveWindow)  # else no shortcut is its own

    @property
    def document(self) -> Document:
        document = self.window.controller.document
        assert document is not None, "a document is open"
        return document

    def wait_until(self, is_so: Callable[[], object]) -> None:
        """Lets the window work until something is so."""
        loop, look, end = QEventLoop(), QTimer(interval=20), QTimer(singleShot=True, interval=PATIENCE_MS)
        look.timeout.connect(lambda: loop.quit() if is_so() else None)
        end.timeout.connect(loop.quit)
        look.start()
        end.start()
        loop.exec()
        assert is_so(), "it has not come to that in time"

    def open(self, path: Path) -> None:
        before = self.window.controller.document
        self.window.open(path)
        self.wait_until(lambda: self.window.controller.document not in (None, before))
        self.wait_until(lambda: not self.window.controller.jobs.is_busy)

    def choose_tool(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.key(key, modifiers)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """On the canvas, or as the window's shortcut."""
        canvas = self._canvas
        canvas.setFocus()
        QTest.keyClick(canvas, key, modifiers)

    def drag(self, *points: tuple[float, float], meanwhile: Callable[[], object] = lambda: None) -> None:
        """With the left button, by shares of the photo's width and height; `meanwhile` is called on the way."""
        viewport = self._canvas.panes.pane("original").viewport()
        first, *rest = (self._place(*point) for point in points)
        QTest.mousePress(viewport, LEFT, NONE, first)
        for place in rest:
            QTest.mouseMove(viewport, place)
            meanwhile()
        QTest.mouseRelease(viewport, LEFT, NONE, rest[-1] if rest else first)

    @property
    def _canvas(self):
        assert self.window.canvas is not None
        return self.window.canvas.workspace

    def _place(self, across: float, down: float) -> QPoint:
        pane, picture = self._canvas.panes.pane("original"), self.document.picture
        at = pane.view.to_pane(Point(across * picture.width, down * picture.height), pane.size_device)
        return QPoint(round(at.x / pane.devicePixelRatioF()), round(at.y / pane.devicePixelRatioF()))


def first_half(person: Person, project: Path) -> None:
    """Paints, fills, draws, moves, reorders, undoes, saves, and paints once more."""
    from qmap_studio.ui import saving

    key = Qt.Key
    person.choose_tool(key.Key_B)
    person.drag((0.2, 0.2), (0.4, 0.3), (0.5, 0.2))
    person.choose_tool(key.Key_G)
    person.drag((0.1, 0.9), (0.5, 0.5), (0.9, 0.1))
    person.choose_tool(key.Key_R)
    person.drag((0.55, 0.5), (0.65, 0.6), (0.75, 0.7))
    person.choose_tool(key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    person.drag((0.1, 0.5), (0.2, 0.6), (0.3, 0.7))
    person.choose_tool(key.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    person.drag((0.4, 0.75), (0.5, 0.75), (0.5, 0.9), (0.4, 0.9), (0.4, 0.76))
    person.choose_tool(key.Key_V)
    person.drag((0.65, 0.6), (0.7, 0.6), (0.72, 0.62))
    person.key(key.Key_Down, CTRL | Qt.KeyboardModifier.ShiftModifier)  # the shapes below the gradient
    assert len(person.document.edits) == 7, person.document.edits
    for _ in range(5):
        person.key(key.Key_Z, CTRL)
    for _ in range(5):
        person.key(key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    saving.ask_save_as = lambda *_arguments: (project, 0)
    person.key(key.Key_S, CTRL)
    person.wait_until(lambda: not person.document.is_modified)
    person.choose_tool(key.Key_B)
    person.drag((0.8, 0.2), (0.85, 0.3), (0.9, 0.4))


def main() -> None:
    photo, folder = Path(sys.argv[1]), Path(sys.argv[2])
    application = make_application()
    apply_theme("dark")
    person = Person(folder)
    person.open(photo)
    first_half(person, folder / "story.qmapproj")
    keeping = person.window.keeping
    keeping.keep_all()
    person.wait_until(lambda: keeping._recovery is not None and keeping._recovery.wait(0.01))
    import numpy as np

    np.save(folder / "shown.npy", person.document.quality_map.values)
    assert application is not None
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
