"""How long projects take to save and open: `python -m tests.benchmarks.projects`.

A map of 50 megapixels has five layers, of which each covers everything, and a hundred strokes; one of the layers is
noise, which nothing makes smaller. It is saved and opened, and versions of it are kept for the case of a crash, as
after each stroke. Besides seconds the times are given as multiples of copying a file of that size.
"""

import tempfile
import zipfile
from pathlib import Path
from time import perf_counter

import numpy as np

from qmap_studio.core.files import atomic_write
from qmap_studio.document import Brush, Document
from qmap_studio.document.layers.raster import BrushLayer
from qmap_studio.document.project import ProjectWriter, read_project, write_project
from tests.benchmarks.brush import five_layers, with_layers

HEIGHT, WIDTH, STROKES, VERSIONS = 5774, 8660, 100, 10
BUDGET_S = 2.0


def seconds(action) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start


def painted() -> Document:
    document = with_layers(HEIGHT, WIDTH, five_layers(HEIGHT, WIDTH))
    document.change_layers((Document(document.picture).layers[0], *document.layers), "Base")
    random = np.random.default_rng(2)
    for _ in range(STROKES):
        paint(document, random)
    return document


def paint(document: Document, random: np.random.Generator) -> None:
    """A stroke of any size across the map."""
    layer = next(layer for layer in document.layers if isinstance(layer, BrushLayer))
    brush = Brush(float(random.choice([60, 200, 600])), quality=float(random.uniform()))
    x, y = random.uniform(0, WIDTH), random.uniform(0, HEIGHT)
    document.begin_stroke(brush, x, y, layer=layer)
    for _ in range(30):
        x, y = x + random.normal(0, brush.size_px / 3), y + random.normal(0, brush.size_px / 3)
        document.continue_stroke(x, y)
    document.end_stroke()


def main() -> int:
    document = painted()
    print(f"{WIDTH} x {HEIGHT} pixels, {len(document.layers)} layers, {STROKES} strokes")
    with tempfile.TemporaryDirectory() as folder:
        path, copy = Path(folder, "a.qmapproj"), Path(folder, "copy")
        saved = min(seconds(lambda: write_project(path, document.project())) for _ in range(3))
        content = path.read_bytes()
        copied = min(seconds(lambda: atomic_write(copy, content)) for _ in range(3))
        print(
            f"save: {saved:.2f} s, {len(content) / 1e6:.0f} MB, {saved / copied:.1f} times as long as writing so much"
        )
        read = min(seconds(lambda: read_project(path)) for _ in range(3))
        project = read_project(path).project
        composed = min(seconds(lambda: Document.of_project(project, document.picture)) for _ in range(3))
        total = read + composed
        print(f"open: {total:.2f} s, of which composing {composed:.2f}; {total / copied:.1f} times as long")
        random, kept, ends = np.random.default_rng(3), [], []
        with Path(folder, "recovery").open("wb") as file, zipfile.ZipFile(file, "w") as archive:
            writer = ProjectWriter(archive)
            writer.write_version(document.project())
            for _ in range(VERSIONS):
                paint(document, random)
                ends.append(file.tell())
                kept.append(seconds(lambda: (writer.write_version(document.project()), file.flush())))
        grown = np.diff(ends).mean() / 1e6
        print(
            f"a version after a stroke: {np.median(kept) * 1e3:.0f} ms, at most {max(kept) * 1e3:.0f}; {grown:.2f} MB"
        )
    return 0 if max(saved, total) <= BUDGET_S else 1


if __name__ == "__main__":
    raise SystemExit(main())
