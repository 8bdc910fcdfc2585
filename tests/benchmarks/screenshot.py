"""Takes the pictures of the window that the README shows: `python -m tests.benchmarks.screenshot -o FILE.webp`.

Needs a screen, which may be a virtual one: `xvfb-run -s "-screen 0 1600x1000x24" python -m ...`.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qmap_studio.app import load_the_rest, make_application
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.core.settings import Settings
from qmap_studio.document import Annotation, AnnotationsFile, Document
from qmap_studio.document.annotations.placement import Placement
from qmap_studio.document.annotations.rules import ClassRule, Rules
from qmap_studio.document.choice import Choice
from qmap_studio.document.layers.gradient import LinearGradient
from qmap_studio.document.layers.layer import Rule
from qmap_studio.document.layers.placed_shape import PlacedShape
from qmap_studio.document.shapes import Ellipse, Polygon, Rectangle
from qmap_studio.engine import AnnotationsRead, LiveResult
from qmap_studio.ui.opening import ReadyComparison
from qmap_studio.ui.panels.layers import LayersPanel
from qmap_studio.ui.theme import apply_theme
from qmap_studio.ui.tools.arrange import ARRANGE
from qmap_studio.ui.window import MainWindow

TIMEOUT_MS = 120_000
# Through the sample photo's face and medals, as shares of its width and height.
STROKES = (
    (150, ((0.50, 0.14), (0.44, 0.28), (0.46, 0.40))),
    (110, ((0.56, 0.18), (0.55, 0.38))),
    (70, ((0.68, 0.80), (0.78, 0.82))),
)
SEEN = (
    ("face", Ellipse(0.4, 0.21, 0.29, 0.34, 0), 0.98),
    (
        "cap",
        Polygon(((0.38, 0.2), (0.38, 0.13), (0.5, 0.03), (0.64, 0.05), (0.71, 0.14), (0.71, 0.22), (0.55, 0.18))),
        0.8,
    ),
    ("medal", Rectangle(0.63, 0.81, 0.26, 0.065, 0), 0.91),
    ("name", Rectangle(0.14, 0.795, 0.21, 0.07, 0), 0.41),
)
"""In the sample photo: labels, shapes in shares of its width and height, scores."""
RULES = Rules(
    (
        ("face", ClassRule(0.95)),
        ("cap", ClassRule(0.6)),
        ("medal", ClassRule(0.9)),
        ("name", ClassRule(0.9, is_on=False)),
    ),
    rest=0.15,
    score=0.3,
)
SETTLE_MS = 400  # for the last repaint


def main() -> int:
    arguments = _parser().parse_args()
    application = make_application()
    settings = Settings(theme=arguments.theme, brush_hardness=0.2, brush_flow=1.0)
    if arguments.panes:
        settings.panes = arguments.panes.split(",")
    apply_theme(settings.theme)
    with tempfile.TemporaryDirectory() as folder:  # what is painted here is nobody's unsaved work
        window = MainWindow(settings, recovery_folder=Path(folder))
        window.resize(*(int(side) for side in arguments.size.split("x")))
        shot = _Shot(window, arguments)
        begin = shot.annotate if arguments.annotations else shot.paint
        if arguments.empty:
            window.first_painted.connect(lambda: QTimer.singleShot(SETTLE_MS, shot.take))
        else:
            window.first_painted.connect(lambda: load_the_rest(window))
            window.controller.document_shown.connect(lambda _item: QTimer.singleShot(SETTLE_MS, begin))
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
        if self._arguments.layers:
            self._add_layers(document)
        self._is_painted = True

    def annotate(self) -> None:
        """What a detector may have found, with rules for it."""
        document = self._window.controller.document
        placement = Placement(document.picture.width, document.picture.height, 1, 1, 1)
        found = AnnotationsFile(tuple(Annotation(label, placement.placed(part), score) for label, part, score in SEEN))
        path = Path("detections.json")
        self._window.controller.annotations_read.emit(AnnotationsRead(0, document.picture, path, found))
        panel = self._window.annotating.panel
        panel.rules = RULES
        panel.rules_changed.emit()
        panel.table.selectRow(1)
        self._is_painted = True

    def _add_layers(self, document: Document) -> None:
        """A gradient and shapes over what is painted, one of them selected."""
        height, width = document.picture.height, document.picture.width
        sky = LinearGradient((width / 2, 0.02 * height), (width / 2, 0.6 * height), 0.55, 0.1, rule=Rule.MAXIMUM)
        document.add_layer(replace(sky, opacity=0.6), "Linear gradient")
        cap = Ellipse(0.3 * width, 0.02 * height, 0.46 * width, 0.15 * height, -4)
        medals = Rectangle(0.6 * width, 0.74 * height, 0.28 * width, 0.13 * height, 6)
        hand = Polygon.by_hand([(0.1 * width, 0.8 * height), (0.32 * width, 0.74 * height), (0.36 * width, height)], 1)
        shapes = [
            PlacedShape(cap, 0.7, 20, "cap"),
            PlacedShape(hand, 0.05, 20, "cloth"),
            PlacedShape(medals, 0.95, 12, "medals", is_inside=True),
        ]
        document.add_shapes(shapes, "Boxes")
        document.choose(Choice(document.active_layer.key, frozenset({shapes[-1].key})))
        self._window.canvas.workspace.set_tool(ARRANGE)
        panel = self._window.panel(LayersPanel)
        self._window._side.show_panel(panel)
        panel.tree.expandAll()

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
        image = self._window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
        Image.fromarray(pixels).save(path, quality=90, method=6)  # of a WebP file; a PNG keeps all
        print(f"wrote {path}")
        if (bridge := self._window._bridge) is not None:
            bridge.stop()
        QApplication.exit(0)


def _sized(values, size_px: float):
    return replace(values, size_px=size_px)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--theme", default="dark")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--panes", default="")
    parser.add_argument("--empty", action="store_true", help="the window as it starts")
    parser.add_argument("--layers", action="store_true", help="with layers and shapes, and their panel")
    parser.add_argument("--annotations", action="store_true", help="with annotations to be decided about")
    parser.add_argument("--compare", action="store_true", help="with the comparison open")
    return parser


if __name__ == "__main__":
    sys.exit(main())
