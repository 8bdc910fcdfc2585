"""Stands where the window stands, in tests and benchmarks: owns the document, tells the engine, keeps what it shows."""

import queue
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec import load_codec
from qmap_studio.codec.common.container import unpack
from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.document import Brush, Document, QualityMap
from qmap_studio.document.layers.gradient import LinearGradient, RadialGradient
from qmap_studio.engine import Engine, EngineReady, ExportSfc, JobDone, JobFailed, LiveResult, Result
from qmap_studio.evaluation.metrics import ms_ssim, psnr_db
from qmap_studio.evaluation.region import region_of

R = TypeVar("R")


class LiveWindow:
    """An engine with the trained codec, and what it has shown of a picture so far.

    Attributes:
        shown, bits: the reconstruction and each cell's bits.
        passed: all results since the picture was shown.
        estimates: of each answer with estimated figures, the map's revision, the share of the picture that was exact,
            and the file's size.
    """

    def __init__(self, device: str = "cpu") -> None:
        self._results: queue.Queue[Result] = queue.Queue()
        self.passed: list[Result] = []
        self.engine = Engine(self._results.put, device=device)
        self.engine.start()
        self.wait_for(EngineReady)
        self.document: Document
        self.threshold: float | None = None
        self.shown: NDArray[np.uint8] = np.zeros((0, 0, 3), np.uint8)
        self.bits: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self.estimates: list[tuple[int, float, int]] = []

    def wait_for(self, kind: type[R], accept: Callable[[R], bool] = lambda _result: True) -> R:
        """Takes results until one of a kind comes."""
        while True:
            result = self._results.get(timeout=300)
            self._take(result)
            assert not isinstance(result, JobFailed) or kind is JobFailed, result
            if isinstance(result, kind) and accept(result):
                return result

    def take(self) -> None:
        """Takes what has come so far."""
        while not self._results.empty():
            self._take(self._results.get())

    def show(self, picture: Picture, quality_map: QualityMap | None = None) -> LiveResult:
        """Begins with a picture, and waits for its figures."""
        self.begin(picture, quality_map)
        return self.measured()

    def begin(self, picture: Picture, quality_map: QualityMap | None = None) -> None:
        """Begins with a picture."""
        self.document = Document(picture, quality_map=quality_map)
        self.threshold = None
        self.shown = np.zeros_like(picture.pixels)
        self.bits = np.zeros((-(-picture.height // 16), -(-picture.width // 16)), np.float32)
        self.passed.clear()
        self.estimates.clear()
        values, bounds = self.document.quality_map.values.copy(), self.document.bounds
        self.engine.show(picture, values, self.document.revision, None if bounds is None else bounds.copy())

    def paint(self, points: list[tuple[int, int]], quality: float, bound: int | None = None) -> None:
        """A stroke."""
        self.tell(self.document.begin_stroke(Brush(60, 0.5, 1.0, quality, bound=bound), *points[0]))
        for point in points[1:]:
            self.tell(self.document.continue_stroke(*point))
        self.document.end_stroke()

    def tell(self, changed: Rect) -> None:
        """A part of the map has changed."""
        values, bounds = self.document.quality_map.values[changed.slices].copy(), self.document.bounds
        part = None if bounds is None else bounds[changed.slices].copy()
        self.engine.update_map(changed, values, self.document.revision, part)

    def inside_above(self, threshold: float | None) -> None:
        """Inside is where quality is higher."""
        self.threshold = threshold
        self.engine.set_threshold(threshold)
        self.passed.clear()  # figures before are of another inside

    def measured(self) -> LiveResult:
        """The answer with the file's own figures for the map as it is now, which may have come already."""

        def is_exact(result: Result) -> bool:
            return (
                isinstance(result, LiveResult)
                and result.revision == self.document.revision
                and result.figures is not None
                and not result.approximate
            )

        passed = next((r for r in self.passed if is_exact(r)), None)
        return passed if isinstance(passed, LiveResult) else self.wait_for(LiveResult, is_exact)

    def _take(self, result: Result) -> None:
        self.passed.append(result)
        if not isinstance(result, LiveResult) or result.picture is not self.document.picture:
            return
        self.shown[result.rect.slices] = result.reconstruction
        self.bits[result.cell_rect.slices] = result.cell_bits
        if result.figures is not None and result.approximate:
            self.estimates.append((result.revision, result.exact_share, result.figures.size_bytes))


@dataclass(frozen=True)
class Truth:
    """What is shown, once it calls itself exact, against the file that is exported then.

    Attributes:
        wrong_pixels: how many differ by more than one level from the decoded file's.
        bytes_off: of the figure, as a share of the file.
        heat_off: of the heat map's sum, as a share of the bytes of map and latents.
        psnr_off_db, ms_ssim_off: of all figures, the largest.
        pixels_off: of the areas inside and outside.
    """

    wrong_pixels: int
    bytes_off: float
    heat_off: float
    psnr_off_db: float
    ms_ssim_off: float
    pixels_off: int


def compare_with_file(window: LiveWindow, path: Path) -> Truth:
    """Exports what is shown, decodes that and measures it anew."""
    figures = window.measured().figures
    assert figures is not None
    assert not figures.estimated
    shown, bits = window.shown.copy(), window.bits.copy()
    window.engine.submit(ExportSfc(path))
    window.wait_for(JobDone, lambda done: done.path == path)
    data = path.read_bytes()
    decoded, original = load_codec(device="cpu").decode(data).picture.pixels, window.document.picture.pixels
    region = _region_of(window)
    parts = [(figures.overall, None)]
    if region is not None:
        parts += [(figures.inside, region), (figures.outside, ~region)]
    psnr, similarity, areas = [0.0], [0.0], [0]
    for found, part in parts:
        pixels = decoded.size // 3 if part is None else int(part.sum())
        areas.append(abs((found.pixels if found else 0) - pixels))
        if found is not None:
            measured_db = psnr_db(original, decoded, part)
            psnr.append(
                0.0 if found.psnr_db == measured_db else abs(found.psnr_db - measured_db)
            )  # both may be infinite
            similarity.append(abs(found.ms_ssim - ms_ssim(original, decoded, part)))
    file = unpack(data)
    payload = len(file.map_stream) + sum(map(len, file.streams)) + len(file.detail) + len(file.kept)
    return Truth(
        wrong_pixels=int((np.abs(decoded.astype(np.int16) - shown).max(axis=2) > 1).sum()),
        bytes_off=figures.size_bytes / len(data) - 1,
        heat_off=float(bits.sum(dtype=np.float64)) / 8 / payload - 1,
        psnr_off_db=max(psnr),
        ms_ssim_off=max(similarity),
        pixels_off=max(areas),
    )


def _region_of(window: LiveWindow) -> NDArray[np.bool_] | None:
    """What figures call inside: where quality is above the threshold, or, of a uniform map, where bounds are."""
    quality, bounds = window.document.quality_map.quality(), window.document.bounds
    if bounds is not None and bounds.min() < UNBOUNDED and (window.threshold is None or quality.min() == quality.max()):
        return bounds < UNBOUNDED
    return None if window.threshold is None else region_of(quality, window.threshold)


def edit_at_random(window: LiveWindow, random: np.random.Generator) -> None:
    """Does one thing a person might do, and looks at some of the answers or at none before the next."""
    document, height, width = window.document, window.document.picture.height, window.document.picture.width

    def place() -> tuple[float, float]:
        return float(random.uniform(0, width)), float(random.uniform(0, height))

    def rectangle() -> Rect:
        (left, right), (top, bottom) = (sorted(random.integers(0, side, 2).tolist()) for side in (width, height))
        return Rect(left, top, right - left + 1, bottom - top + 1)

    quality = float(random.choice([0.0, 0.2, 0.5, 0.505, 0.9, 1.0, random.uniform()]))
    bound = random.choice([None, None, WITHOUT_LOSS, 2, UNBOUNDED])
    match random.choice(["stroke", "stroke", "fill", "undo", "redo", "zoom", "pan", "inside"]):
        case "stroke":
            size = float(np.exp(random.uniform(np.log(8), np.log(min(height, width) / 2))))
            window.tell(document.begin_stroke(Brush(size, 0.5, 0.8, quality, bound=bound), *place()))
            for _ in range(random.integers(1, 12)):
                window.tell(document.continue_stroke(*place()))
            if random.random() < 0.1:
                window.tell(document.cancel_stroke())
            document.end_stroke()
        case "fill":
            other = float(random.uniform())
            window.tell(
                [
                    lambda: document.fill_uniform(quality),
                    lambda: document.add_layer(LinearGradient(place(), place(), quality, other), "Linear gradient"),
                    lambda: document.add_layer(RadialGradient(place(), place(), quality, other), "Radial gradient"),
                    lambda: document.fill_rectangle(rectangle(), quality, float(random.uniform(0, 40)), bound),
                    document.invert,
                ][random.integers(5)]()
            )
        case "undo":
            window.tell(document.undo() or Rect(0, 0, 0, 0))
        case "redo":
            window.tell(document.redo() or Rect(0, 0, 0, 0))
        case "zoom":
            seen = rectangle()
            window.engine.set_view(seen, float(min(1600 / seen.width, 1000 / seen.height)))
        case "pan":
            window.engine.set_view(rectangle(), float(random.choice([0.3, 1.0, 2.0])))
        case "inside":
            window.inside_above(None if random.random() < 0.2 else float(random.uniform()))
    window.take()
    for _ in range(random.choice([0, 0, 1, 3])):
        if not any(isinstance(r, LiveResult) and r.revision == document.revision and r.figures for r in window.passed):
            window.wait_for(LiveResult)
