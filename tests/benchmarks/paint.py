"""How long a dab takes from the mouse to the screen, on a photo of 24 megapixels.

    python -m tests.benchmarks.paint [--bounds]

Real mouse events drag a brush through the canvas, once by itself and once in the window with all its panels, whose
engine takes in every edit and computes nothing. Each move that puts a dab on the map is timed until every pane is
painted again; moves between two dabs, which cost less, are not counted. The panes show results, and their view rests
before the stroke begins. With --bounds error bounds are painted. The window opens on the screen there is, or unseen
with QT_QPA_PLATFORM=offscreen.
"""

import os
import sys
from itertools import cycle
from pathlib import Path
from time import perf_counter, thread_time

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qmap_studio.core.bounds import LARGEST_BOUND, WITHOUT_LOSS
from qmap_studio.core.cells import cells_of
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.core.settings import Settings
from qmap_studio.document.brush import Brush
from qmap_studio.document.document import Document
from qmap_studio.engine import LiveResult, PictureOpened
from qmap_studio.evaluation.region import Figures, RegionFigures
from qmap_studio.ui.bridge import EngineBridge
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.canvas_controller import CanvasController
from qmap_studio.ui.opening import made_ready
from qmap_studio.ui.theme import apply_theme
from qmap_studio.ui.window import MainWindow

HEIGHT, WIDTH = 4000, 6000
WINDOW = (1600, 1000)
DABS, MOVES = 40, 600  # a stroke ends with the first that is reached
PANES = ("original", "reconstruction", "heat_map", "difference")
# Each stroke another than the one before: what is painted already is no dab.
QUALITIES = cycle((0.9, 0.1))
BOUNDS = cycle(range(WITHOUT_LOSS, LARGEST_BOUND + 1) if "--bounds" in sys.argv else (None,))
REST_MS = 200  # after a change of the view
BUDGET_MS = 16.0


class IdleEngine:
    """Takes in what the window tells it, and does nothing about it."""

    def __getattr__(self, name: str):
        return lambda *arguments: None


def main() -> int:
    app = QApplication.instance() or QApplication(sys.argv)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    picture = Picture(np.stack([rows // 16, columns // 24, (rows ^ columns) & 255], axis=2).astype(np.uint8))
    print(f"{WIDTH}x{HEIGHT}, {WINDOW[0]}x{WINDOW[1]}, ms from the mouse to the screen for each of {DABS} dabs")
    print("(busy: the part the window's own thread was at work; the rest is the screen's, or another program's)")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'in':>7} {'panes':>6} {'zoom':>6} {'brush px':>9} {'median':>8} {'p95':>8} {'max':>8} {'busy p95':>9}")
    canvas = Workspace()
    canvas.set_document(Document(picture))
    canvas.panes.set_reconstruction(Rect.whole(HEIGHT, WIDTH), picture.pixels[::-1])
    cells = cells_of(Rect.whole(HEIGHT, WIDTH))
    bits = np.random.default_rng(0).uniform(0, 512, (cells.height, cells.width)).astype(np.float32)
    canvas.panes.set_cell_bits(cells, bits)
    canvas.resize(*WINDOW)
    canvas.show()
    worst = [_measure(app, "canvas", canvas, PANES[:n], zoom) for n in (1, 2, 4) for zoom in (None, 0.7, 1.0, 2.0)]
    canvas.hide()

    window = MainWindow(Settings())
    apply_theme("dark", window)
    bridge = EngineBridge(lambda deliver: IdleEngine(), window)  # type: ignore[arg-type, return-value]
    window.attach(CanvasController(window.settings), bridge)
    bridge.result_delivered.emit(made_ready(PictureOpened(1, Path("photo.png"), picture)))
    document = window.controller.document
    assert document is not None
    assert window.canvas is not None
    region = RegionFigures(WIDTH * HEIGHT, 8e6, 8e6 / (WIDTH * HEIGHT), 35.0, 0.99, 1.0)
    figures = Figures(region, region, region, 1_000_000, False)
    whole = Rect.whole(HEIGHT, WIDTH)
    stale = np.zeros((-(-picture.height // 64), -(-picture.width // 64)), bool)
    result = LiveResult(picture, document.revision, stale, whole, picture.pixels[::-1], bits, cells, figures)
    bridge.result_delivered.emit(result)
    window.resize(*WINDOW)
    window.show()
    worst += [_measure(app, "window", window.canvas.workspace, PANES[:n], zoom) for n in (2, 4) for zoom in (None, 1.0)]
    document.mark_saved()
    p95, busy_p95 = np.max(worst, axis=0)
    print(f"worst p95: {p95:.1f} ms, busy {busy_p95:.1f} ms (budget {BUDGET_MS:.0f} ms)")
    return 0 if p95 <= BUDGET_MS else 1


def _measure(
    app: QApplication, name: str, workspace: Workspace, panes: tuple[str, ...], zoom: float | None
) -> tuple[float, float]:
    """Prints a line for each size of the brush; gives the worst 95th percentiles, on the clock and at work."""
    workspace.panes.show_only(panes)
    worst = []
    for size in (50, 300, 1000):
        workspace.panes.fit()
        if zoom is not None:
            workspace.panes.zoom_to(zoom)
        workspace.brush = Brush(size_px=size, flow=0.3, quality=next(QUALITIES), bound=next(BOUNDS))
        QTest.qWait(REST_MS)
        while workspace.panes.is_writing:  # a result, band by band
            QTest.qWait(REST_MS)
        times, busy = _stroke(app, workspace)
        p50, p95 = np.percentile(times, [50, 95])
        worst.append((p95, np.percentile(busy, 95)))
        print(
            f"{name:>7} {len(panes):6} {workspace.zoom:6.2f} {size:9} "
            f"{p50:8.1f} {p95:8.1f} {max(times):8.1f} {worst[-1][1]:9.1f}"
        )
    return tuple(np.max(worst, axis=0))


def _stroke(app: QApplication, workspace: Workspace) -> tuple[list[float], list[float]]:
    """Times of the dabs of one stroke, on the clock and at work: a hand at 8 pixels a move, bending slowly."""
    pane = workspace.panes.pane("original")
    viewport = pane.viewport()
    document = workspace.document
    at, heading = np.array([0.3, 0.5]) * (viewport.width(), viewport.height()), 0.0

    def send(kind: QEvent.Type, button: Qt.MouseButton, buttons: Qt.MouseButton) -> None:
        point = QPointF(*at)
        event = QMouseEvent(kind, point, viewport.mapToGlobal(point), button, buttons, Qt.KeyboardModifier.NoModifier)
        app.sendEvent(viewport, event)
        app.processEvents()

    send(QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton)
    times, busy = [], []
    for _ in range(MOVES):
        heading += 0.06
        at += 8 * np.array([np.cos(heading), np.sin(heading)])
        revision, started, at_work = document.revision, perf_counter(), thread_time()
        send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton)
        if document.revision != revision:
            times.append(1e3 * (perf_counter() - started))
            busy.append(1e3 * (thread_time() - at_work))
        if len(times) == DABS:
            break
    send(QEvent.Type.MouseButtonRelease, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton)
    return times, busy


if __name__ == "__main__":
    raise SystemExit(main())
