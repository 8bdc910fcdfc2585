"""What a dab costs on a 24 megapixel photo: `python -m tests.benchmarks.brush`.

Strokes of every size wander over the map at a person's pace; each call of the document, as the canvas makes it for a
mouse event, is timed, and so are the stroke's beginning (the first dab) and its end (the undo entry).
"""

from time import perf_counter

import numpy as np

from qmap_studio.core.picture import Picture
from qmap_studio.document import Brush, Document

HEIGHT, WIDTH = 4000, 6000
SIZES = (20, 100, 300, 600, 1000)
BUDGET_MS = 16.0
_STROKES, _EVENTS = 12, 60


def measure(document: Document, brush: Brush, random: np.random.Generator) -> dict[str, list[float]]:
    """Milliseconds of each beginning, move and end of some strokes."""
    times: dict[str, list[float]] = {"begin": [], "move": [], "end": []}
    for _ in range(_STROKES):
        x, y, heading = random.uniform(0, WIDTH), random.uniform(0, HEIGHT), random.uniform(0, 2 * np.pi)
        start = perf_counter()
        document.begin_stroke(brush, x, y)
        times["begin"].append((perf_counter() - start) * 1e3)
        for _ in range(_EVENTS):
            heading += random.normal(0, 0.2)
            # About one tenth of the diameter between two events: a big stroke crosses the photo in a second.
            x = float(np.clip(x + 0.1 * brush.size_px * np.cos(heading), 0, WIDTH))
            y = float(np.clip(y + 0.1 * brush.size_px * np.sin(heading), 0, HEIGHT))
            start = perf_counter()
            document.continue_stroke(x, y)
            times["move"].append((perf_counter() - start) * 1e3)
        start = perf_counter()
        document.end_stroke()
        times["end"].append((perf_counter() - start) * 1e3)
    return times


def main() -> None:
    document = Document(Picture(np.zeros((HEIGHT, WIDTH, 3), np.uint8)))
    random = np.random.default_rng(1)
    print(f"{WIDTH} x {HEIGHT} pixels, milliseconds; a dab is a stroke's beginning or a move (budget {BUDGET_MS:g})")
    print("size px  flow |  dab p50    p95    max | begin p50 |  end p50    max")
    worst = 0.0
    for size in SIZES:
        for flow in (1.0, 0.3):
            times = measure(document, Brush(size, hardness=0.3, flow=flow, quality=0.9), random)
            dabs = times["begin"] + times["move"]
            p50, p95 = np.percentile(dabs, [50, 95])
            worst = max(worst, p95)
            print(
                f"{size:7d} {flow:5.1f} | {p50:8.2f} {p95:6.2f} {max(dabs):6.2f} | {np.median(times['begin']):9.2f} | "
                f"{np.median(times['end']):8.1f} {max(times['end']):6.1f}"
            )
    print(f"worst p95 {worst:.2f} ms: {'within' if worst <= BUDGET_MS else 'over'} the budget")


if __name__ == "__main__":
    main()
