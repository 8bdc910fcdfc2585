"""From the end of a stroke to the updated reconstruction around it: `python -m tests.benchmarks.stroke_latency`.

A person's strokes, dab by dab at the pace of a mouse, go through the document and the engine with the real codec, as
they do in the window. Measured from the last dab of each stroke: the first answer that shows that dab, the exact
answer, and the figures.
"""

import argparse
import os
import queue
import time
from pathlib import Path

import numpy as np
from PIL import Image

from qmap_studio.core.pictures import Picture, read_picture
from qmap_studio.core.rect import Rect
from qmap_studio.document import Brush, Document
from qmap_studio.engine import Engine, EngineFailed, EngineReady, LiveResult, Result

BUDGET_MS = 300.0
HEIGHT, WIDTH = 512, 768
DABS, DABS_PER_SECOND = 40, 60


def default_photo() -> Picture:
    """The sample portrait, enlarged to cover 768 x 512."""
    from matplotlib import cbook

    with cbook.get_sample_data("grace_hopper.jpg") as file:
        image = Image.open(file).convert("RGB").resize((WIDTH, WIDTH * 600 // 512))
    return Picture(np.asarray(image)[:HEIGHT].copy())


def paint(document: Document, engine: Engine, brush: Brush, random: np.random.Generator) -> tuple[float, Rect]:
    """A stroke; the time of its last dab and what that changed."""
    height, width = document.picture.height, document.picture.width
    x, y = random.uniform(0.1, 0.9) * width, random.uniform(0.1, 0.9) * height
    heading = random.uniform(0, 2 * np.pi)
    changed = document.begin_stroke(brush, x, y)
    for _ in range(DABS):
        engine.update_map(changed, document.quality_map.values[changed.slices].copy(), document.revision)
        time.sleep(1 / DABS_PER_SECOND)
        heading += random.normal(0, 0.2)
        x = float(np.clip(x + 8 * np.cos(heading), 1, width - 1))
        y = float(np.clip(y + 8 * np.sin(heading), 1, height - 1))
        last, changed = changed, document.continue_stroke(x, y)
        changed = last if changed.empty else changed
    ended = time.perf_counter()
    engine.update_map(changed, document.quality_map.values[changed.slices].copy(), document.revision)
    document.end_stroke()
    return ended, changed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", nargs="?", type=Path, help="a photo (the sample portrait at 768 x 512 without one)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--strokes", type=int, default=15)
    parser.add_argument("--brush", type=int, default=80, help="diameter in pixels")
    arguments = parser.parse_args()

    results: queue.Queue[tuple[float, Result]] = queue.Queue()
    engine = Engine(lambda result: results.put((time.perf_counter(), result)), device=arguments.device)
    engine.start()
    ready = results.get()[1]
    if isinstance(ready, EngineFailed):
        raise SystemExit(ready.message)
    assert isinstance(ready, EngineReady)

    picture = read_picture(arguments.photo) if arguments.photo else default_photo()
    document = Document(picture)
    random = np.random.default_rng(1)
    engine.set_view(Rect.whole(picture.height, picture.width), 1.0)
    engine.show(picture, document.quality_map.values.copy(), document.revision)

    def wait_for_figures(middle: Rect) -> dict[str, float]:
        """When each kind of answer came first for the map as it is now."""
        came: dict[str, float] = {}
        while "figures" not in came:
            at, result = results.get(timeout=120)
            if not isinstance(result, LiveResult) or result.revision != document.revision:
                continue
            if not result.rect.intersected(middle).empty:
                came.setdefault("around the stroke", at)
            if not result.approximate:
                came.setdefault("exact", at)
            if result.figures is not None:
                came["figures"] = at
        return came

    wait_for_figures(Rect(0, 0, 1, 1))
    times: dict[str, list[float]] = {"around the stroke": [], "exact": [], "figures": []}
    for _ in range(arguments.strokes):
        quality = float(random.uniform(0, 1))
        ended, last = paint(document, engine, Brush(arguments.brush, 0.5, 1.0, quality), random)
        middle = Rect(last.x + last.width // 2, last.y + last.height // 2, 1, 1)
        for name, at in wait_for_figures(middle).items():
            times[name].append((at - ended) * 1e3)
    engine.stop()

    print(f"{picture.width} x {picture.height}, {ready.device}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("milliseconds after the last dab |    p50    p95    max")
    for name, values in times.items():
        p50, p95 = np.percentile(values, [50, 95])
        print(f"{name:31s} | {p50:6.0f} {p95:6.0f} {max(values):6.0f}")
    median = float(np.median(times["around the stroke"]))
    print(f"median {median:.0f} ms: {'within' if median <= BUDGET_MS else 'over'} the budget of {BUDGET_MS:.0f} ms")


if __name__ == "__main__":
    main()
