"""What edits cost on photos of 24 and 50 megapixels: `python -m tests.benchmarks.brush`.

Strokes of every size wander over the map at a person's pace; each call of the document, as the canvas makes it for a
mouse event, is timed, and so are the stroke's beginning (the first dab), its end and its undo. Besides qualities a
bound is painted, "without loss". The map is painted alone, and composed of five layers of which each covers everything:
two lie below the one that is painted, two above. A shape of 1000 px is moved through the five layers, too, alone and
in a layer with 50 others; and a layer changes its place.
"""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np

from qmap_studio.core.bounds import WITHOUT_LOSS
from qmap_studio.core.pictures import Picture
from qmap_studio.document import Brush, Document
from qmap_studio.document.layers.gradient import LinearGradient, RadialGradient
from qmap_studio.document.layers.layer import Layer, Rule
from qmap_studio.document.layers.raster import BrushLayer, MaskLayer
from qmap_studio.document.layers.shape import PlacedShape, ShapeLayer
from qmap_studio.document.layers.uniform import UniformLayer
from qmap_studio.document.shapes import Ellipse, Mask, Polygon, Rectangle, Shape

PICTURES = ((4000, 6000), (5774, 8660))
SIZES = (20, 100, 300, 600, 1000)
DAB_MS, UNDO_MS, FRAME_MS, ORDER_MS = 16.0, 50.0, 33.0, 300.0
SHAPES: dict[str, Shape] = {
    "rectangle": Rectangle(0, 0, 1000, 1000),
    "ellipse": Ellipse(0, 0, 1000, 1000),
    "polygon": Polygon(tuple((500 + 500 * np.cos(a), 500 + 400 * np.sin(3 * a)) for a in np.linspace(0, 6.2, 400))),
    "mask": Mask(0, 0, np.hypot(*(np.mgrid[:1000, :1000] - 499.5)) < 500),
}
_STROKES, _EVENTS = 8, 60


def timed(action: Callable[[], object]) -> float:
    """Milliseconds that a call takes."""
    start = perf_counter()
    action()
    return (perf_counter() - start) * 1e3


def five_layers(height: int, width: int) -> tuple[Layer, ...]:
    """Layers that all show, everywhere, around the one that is painted."""
    noise = np.random.default_rng(0).integers(20000, 40000, (height, width), np.uint16)
    return (
        MaskLayer.of(noise),
        LinearGradient((0, 0), (width, height), 0.2, 0.8, opacity=0.5),
        BrushLayer(),
        RadialGradient((width / 2, height / 2), (width, height / 2), 0.9, 0.6, rule=Rule.MULTIPLY),
        LinearGradient((0, height), (width, 0), 0.1, 0.3, rule=Rule.MAXIMUM),
    )


def with_layers(height: int, width: int, layers: tuple[Layer, ...]) -> Document:
    document = Document(Picture(np.zeros((height, width, 3), np.uint8)))
    document.preview(layers, "Layers")
    document.finish()
    return document


def strokes(document: Document, brush: Brush, random: np.random.Generator) -> dict[str, list[float]]:
    """Milliseconds of the dabs, the ends and the undo of some strokes in the document's brush layer."""
    height, width = document.quality_map.values.shape
    times: dict[str, list[float]] = {"dab": [], "end": [], "undo": []}
    for _ in range(_STROKES):
        layers = document.layers_of(brush.aspect)
        layer = next((layer for layer in layers if isinstance(layer, BrushLayer)), None)
        x, y, heading = random.uniform(0, width), random.uniform(0, height), random.uniform(0, 2 * np.pi)
        times["dab"].append(timed(lambda x=x, y=y, layer=layer: document.begin_stroke(brush, x, y, layer=layer)))
        for _ in range(_EVENTS):
            heading += random.normal(0, 0.2)
            # About one tenth of the diameter between two events: a big stroke crosses the photo in a second.
            x = float(np.clip(x + 0.1 * brush.size_px * np.cos(heading), 0, width))
            y = float(np.clip(y + 0.1 * brush.size_px * np.sin(heading), 0, height))
            times["dab"].append(timed(lambda x=x, y=y: document.continue_stroke(x, y)))
        times["end"].append(timed(document.end_stroke))
        times["undo"].append(timed(document.undo))
        document.redo()
    return times


def frames(document: Document, shape: Shape, others: tuple[PlacedShape, ...] = ()) -> list[float]:
    """Milliseconds of each frame while a shape is dragged among others and the document's layers."""
    before, times = document.layers, []
    layer = ShapeLayer(others)
    for step in range(_EVENTS):
        placed = PlacedShape(shape.moved(1000 + 8 * step, 900 + 5 * step), 0.9, feather_px=24)
        layers = (*before[:2], replace(layer, shapes=(*others, placed)), *before[3:])
        times.append(timed(lambda layers=layers: document.preview(layers, "Move")))
    times.append(timed(document.finish))
    document.undo()
    return times


def fifty_shapes(height: int, width: int, random: np.random.Generator) -> tuple[PlacedShape, ...]:
    """Shapes of all kinds and two qualities, spread over the map, with a feather each."""
    kinds = list(SHAPES.values())
    places = random.uniform((0, 0), (width - 1000, height - 1000), (50, 2))
    return tuple(
        PlacedShape(kinds[n % len(kinds)].moved(*map(round, place)), (0.2, 0.8)[n % 3 == 0], feather_px=24)
        for n, place in enumerate(places)
    )


def order(document: Document) -> tuple[float, float]:
    """Milliseconds of taking the second layer over the fourth, and of its undo."""
    first, second, third, fourth, *rest = document.layers
    moved = timed(lambda: document.change_layers((first, third, fourth, second, *rest), "Move layer"))
    return moved, timed(document.undo)


def main() -> int:
    random = np.random.default_rng(1)
    budgets = f"dab {DAB_MS:g} and frame {FRAME_MS:g} at p95, undo {UNDO_MS:g}, of an order of layers {ORDER_MS:g}"
    print(f"milliseconds; budgets: {budgets}")
    dabs, undone, moved, ordered = [], [], [], []
    for height, width in PICTURES:
        for layers in ((UniformLayer(0.5), BrushLayer()), five_layers(height, width)):
            document = with_layers(height, width, layers)
            print(f"{width} x {height} pixels, {len(layers)} layers")
            print("size px  flow |  dab p50    p95    max |  end p50    max | undo p50    max")
            for size in SIZES:
                for flow, bound in ((1.0, None), (0.3, None), (1.0, WITHOUT_LOSS)):
                    brush = Brush(size, hardness=0.3, flow=flow, quality=0.9, bound=bound)
                    times = strokes(document, brush, random)
                    (p50, p95), end, undo = np.percentile(times["dab"], [50, 95]), times["end"], times["undo"]
                    dabs.append(p95)
                    undone.append(max(undo))
                    print(
                        f"{size:7d} {flow:5.1f} | {p50:8.2f} {p95:6.2f} {max(times['dab']):6.2f} | "
                        f"{np.median(end):8.1f} {max(end):6.1f} | {np.median(undo):8.1f} {max(undo):6.1f}"
                        f"{'' if bound is None else '  without loss'}"
                    )
        for name, shape in SHAPES.items():
            p50, p95 = np.percentile(frames(document, shape), [50, 95])
            moved.append(p95)
            print(f"{name:>10} of 1000 px dragged: a frame p50 {p50:.1f}, p95 {p95:.1f}")
            p50, p95 = np.percentile(frames(document, shape, fifty_shapes(height, width, random)), [50, 95])
            moved.append(p95)
            print(f"{'':>10} with 50 others: a frame p50 {p50:.1f}, p95 {p95:.1f}")
        there, back = order(document)
        ordered.append(back)
        print(f"order of layers: {there:.0f}, undo {back:.0f}")
        print(f"whole map: invert {timed(document.invert):.0f}, undo {timed(document.undo):.0f}")
    kept = [max(dabs) <= DAB_MS, max(undone) <= UNDO_MS, max(moved) <= FRAME_MS, max(ordered) <= ORDER_MS]
    worst = f"dab p95 {max(dabs):.2f}, undo {max(undone):.1f}, frame p95 {max(moved):.1f}, order {max(ordered):.0f}"
    print(f"worst: {worst}; within: {kept}")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
