"""How long a dab takes from the mouse to the screen, on a photo of 24 megapixels.

    python -m tests.benchmarks.paint

Real mouse events drag a brush through a real workspace; each is timed until the panes are painted again. The window
opens on the screen there is, or unseen with QT_QPA_PLATFORM=offscreen.
"""

import sys
from time import perf_counter, thread_time

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from qmap_studio.core.picture import Picture
from qmap_studio.document.brush import Brush
from qmap_studio.document.document import Document
from qmap_studio.ui.canvas import Workspace

HEIGHT, WIDTH = 4000, 6000
WINDOW = (1600, 1000)
MOVES = 120
BUDGET_MS = 16.0


def main() -> int:
    app = QApplication.instance() or QApplication(sys.argv)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    pixels = np.stack([rows // 16, columns // 24, (rows ^ columns) & 255], axis=2).astype(np.uint8)
    workspace = Workspace()
    workspace.resize(*WINDOW)
    workspace.set_document(Document(Picture(pixels)))
    workspace.show()
    app.processEvents()
    worst = worst_busy = 0.0
    print(f"{WIDTH}x{HEIGHT}, window {WINDOW[0]}x{WINDOW[1]}, {MOVES} moves each, ms from the mouse to the screen")
    print("(busy: the part the window's own thread was at work; the rest is the screen's, or another program's)")
    print(f"{'panes':>7} {'zoom':>6} {'brush px':>9} {'median':>8} {'p95':>8} {'max':>8} {'busy p95':>9}")
    for panes in (["original"], ["original", "reconstruction"]):
        workspace.set_panes(panes)
        for zoom in (None, 0.5, 1.0, 2.0):
            for size in (50, 300, 1000):
                workspace.fit()
                if zoom is not None:
                    workspace.zoom_to(zoom)
                workspace.brush = Brush(size_px=size, flow=0.3)
                times, busy = _stroke(app, workspace)
                p50, p95 = np.percentile(times, [50, 95])
                busy_p95 = float(np.percentile(busy, 95))
                worst, worst_busy = max(worst, p95), max(worst_busy, busy_p95)
                print(
                    f"{len(panes):7} {workspace.zoom:6.2f} {size:9} "
                    f"{p50:8.1f} {p95:8.1f} {max(times):8.1f} {busy_p95:9.1f}"
                )
    print(f"worst p95: {worst:.1f} ms, busy {worst_busy:.1f} ms (budget {BUDGET_MS:.0f} ms)")
    return 0 if worst <= BUDGET_MS else 1


def _stroke(app: QApplication, workspace: Workspace) -> tuple[list[float], list[float]]:
    """Times of the moves of one stroke, on the clock and at work: a hand at 8 pixels a move, bending slowly."""
    pane = workspace.pane("original")
    viewport = pane.viewport()
    at, heading = np.array([0.3, 0.5]) * (viewport.width(), viewport.height()), 0.0

    def send(kind: QEvent.Type, button: Qt.MouseButton, buttons: Qt.MouseButton) -> None:
        point = QPointF(*at)
        event = QMouseEvent(kind, point, viewport.mapToGlobal(point), button, buttons, Qt.KeyboardModifier.NoModifier)
        app.sendEvent(viewport, event)
        app.processEvents()

    for _ in range(20):  # let the view come to rest
        app.processEvents()
    send(QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton)
    times, busy = [], []
    for _ in range(MOVES):
        heading += 0.06
        at += 8 * np.array([np.cos(heading), np.sin(heading)])
        started, at_work = perf_counter(), thread_time()
        send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton)
        times.append(1e3 * (perf_counter() - started))
        busy.append(1e3 * (thread_time() - at_work))
    send(QEvent.Type.MouseButtonRelease, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton)
    return times, busy


if __name__ == "__main__":
    raise SystemExit(main())
