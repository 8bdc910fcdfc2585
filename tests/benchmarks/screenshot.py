"""Takes the picture of the window that the README shows: `python -m tests.benchmarks.screenshot -o FILE.png`.

Needs a screen, which may be a virtual one: `xvfb-run -s "-screen 0 1600x1000x24" python -m ...`.
"""

import argparse
import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qmap_studio.app import load_the_rest, make_application
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.core.settings import Settings
from qmap_studio.engine import LiveResult
from qmap_studio.ui.opening import ReadyComparison
from qmap_studio.ui.theme import apply_theme
from qmap_studio.ui.window import MainWindow

TIMEOUT_MS = 120_000
# Through the sample photo's face and medals, as shares of its width and height.
STROKES = (
    (150, ((0.50, 0.14), (0.44, 0.28), (0.46, 0.40))),
    (110, ((0.56, 0.18), (0.55, 0.38))),
    (70, ((0.68, 0.80), (0.78, 0.82))),
)
SETTLE_MS = 400  # for the last repaint


def main() -> int:
    arguments = _parser().parse_args()
    application = make_application()
    settings = Settings(theme=arguments.theme, brush_hardness=0.2, brush_flow=1.0)
    if arguments.panes:
        settings.panes = arguments.panes.split(",")
    apply_theme(settings.theme)
    window = MainWindow(settings)
    window.resize(*(int(side) for side in arguments.size.split("x")))
    shot = _Shot(window, arguments)
    if arguments.empty:
        window.first_painted.connect(lambda: QTimer.singleShot(SETTLE_MS, shot.take))
    else:
        window.first_painted.connect(lambda: load_the_rest(window))
        window.controller.document_shown.connect(lambda _document: QTimer.singleShot(SETTLE_MS, shot.paint))
        window.controller.live_result_arrived.connect(shot.on_live_result)
        window.controller.compared.connect(shot.on_compared)
        window.open(sample_photo_path())
    window.show()
    QTimer.singleShot(TIMEOUT_MS, lambda: application.exit(1))
    return application.exec()


class _Shot:
    def __init__(self, window: MainWindow, arguments: argparse.Namespace) -> None:
        self._window, self._arguments = window, arguments
        self._is_painted = False

    def paint(self) -> None:
        """Paints through real mouse events."""
        window = self._window
        document, workspace = window.controller.document, window.canvas.workspace
        window.controller.edit(lambda document: document.fill_uniform(0.2))
        pane = workspace.panes.pane("original").viewport()
        ratio = pane.devicePixelRatioF()
        height, width = document.picture.height, document.picture.width
        shown = workspace.zoom / ratio
        left, top = (pane.width() - width * shown) / 2, (pane.height() - height * shown) / 2
        for size_px, points in STROKES:
            window.options.show_values(_sized(window.options.values, size_px))
            window.options.values_changed.emit(window.options.values)
            places = [QPoint(round(left + x * width * shown), round(top + y * height * shown)) for x, y in points]
            QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=places[0])
            for place in places:
                QTest.mouseMove(pane, place)
            QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=places[-1])
        window.options.show_values(_sized(window.options.values, 120))
        window.options.values_changed.emit(window.options.values)
        QApplication.sendEvent(workspace.panes.pane("original"), QEvent(QEvent.Type.Leave))  # no brush in the picture
        self._is_painted = True

    def on_live_result(self, result: LiveResult) -> None:
        window = self._window
        if not self._is_painted or result.figures is None or not window.controller.is_current(result.revision):
            return
        self._is_painted = False
        if self._arguments.compare:
            window.controller.compare()
        else:
            QTimer.singleShot(SETTLE_MS, self.take)

    def on_compared(self, _ready: ReadyComparison) -> None:
        QTimer.singleShot(SETTLE_MS, self.take)

    def take(self) -> None:
        path = Path(self._arguments.output)
        self._window.grab().save(str(path))
        print(f"wrote {path}")
        if (bridge := self._window._bridge) is not None:
            bridge.stop()
        QApplication.exit(0)


def _sized(values, size_px: float):
    from dataclasses import replace

    return replace(values, size_px=size_px)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--theme", default="dark")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--panes", default="")
    parser.add_argument("--empty", action="store_true", help="the window as it starts")
    parser.add_argument("--compare", action="store_true", help="with the comparison open")
    return parser


if __name__ == "__main__":
    sys.exit(main())
