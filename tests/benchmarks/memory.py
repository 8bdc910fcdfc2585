"""What a document of 50 megapixels takes: `python -m tests.benchmarks.memory PHOTO`.

The real window shows a photo of 8,700 x 5,800 pixels; its map gets five layers and a hundred strokes, many of them
over one another. Memory is that of the process, above what the empty window takes with the codec loaded. The engine
computes nothing here: what it keeps to code a photo is its own (`tests.benchmarks.window` follows a photo through it).
"""

import argparse
import os
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import psutil
from PIL import Image
from PySide6.QtTest import QTest

from qmap_studio.app import make_application
from qmap_studio.codec import load_codec
from qmap_studio.core.pictures import read_picture
from qmap_studio.core.settings import Settings
from qmap_studio.document import Brush, Document
from qmap_studio.engine import PictureOpened
from qmap_studio.ui.bridge import EngineBridge
from qmap_studio.ui.canvas_controller import CanvasController
from qmap_studio.ui.opening import made_ready
from qmap_studio.ui.theme import apply_theme
from qmap_studio.ui.window import MainWindow
from tests.benchmarks.brush import five_layers
from tests.benchmarks.paint import IdleEngine

WIDTH, HEIGHT = 8700, 5800
STROKES, MOVES = 100, 40
BUDGET_GB = 1.5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", type=Path, help="is repeated until it is large enough")
    photo = parser.parse_args().photo
    application = make_application()
    apply_theme("dark")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.jpg")
        pixels = np.asarray(Image.open(photo).convert("RGB"))
        tiled = np.tile(pixels, (-(-HEIGHT // pixels.shape[0]), -(-WIDTH // pixels.shape[1]), 1))[:HEIGHT, :WIDTH]
        Image.fromarray(tiled).save(path, quality=92)
        window = MainWindow(Settings(), Path(folder, "settings.json"))
        bridge = EngineBridge(lambda deliver: IdleEngine(), window)
        window.attach(CanvasController(window.settings), bridge)
        window.resize(1600, 1000)
        window.show()
        codec = load_codec()
        QTest.qWait(500)
        empty = resident_gb()
        print(f"empty window, {codec.model_id} loaded: {empty:.2f} GB; above it:")
        bridge.result_delivered.emit(made_ready(PictureOpened(1, path, read_picture(path))))
        while window.canvas.workspace.panes.is_writing:
            QTest.qWait(100)
        print(f"shown: {resident_gb() - empty:.2f} GB")
        edit(window.controller.document, application.processEvents)
        edited = resident_gb() - empty
        print(f"five layers and {STROKES} strokes: {edited:.2f} GB (budget {BUDGET_GB} GB)")
        window.controller.document.mark_saved()
        window.close()
    return 0 if edited <= BUDGET_GB else 1


def edit(document: Document, rest) -> None:
    """Five layers, and strokes of all sizes in the middle one."""
    document.preview(five_layers(HEIGHT, WIDTH), "Layers")
    document.finish()
    random = np.random.default_rng(0)
    for _ in range(STROKES):
        brush = Brush(float(random.choice([60, 150, 400, 1000])), 0.3, 0.5, float(random.uniform(0, 1)))
        x, y = random.uniform(0, WIDTH), random.uniform(0, HEIGHT)
        document.begin_stroke(brush, x, y, layer=document.layers[2])
        for _ in range(MOVES):
            x, y = x + random.normal(20, 80), y + random.normal(0, 80)
            document.continue_stroke(x, y)
        document.end_stroke()
        rest()


def resident_gb() -> float:
    return psutil.Process().memory_info().rss / 1e9


if __name__ == "__main__":
    raise SystemExit(main())
