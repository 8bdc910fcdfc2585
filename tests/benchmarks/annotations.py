"""Very many annotations, and very large files of them: `python -m tests.benchmarks.annotations`.

100,000 made boxes of 20 classes become a map of 24 megapixels, without and with a feather, once all of one quality and
once each class of its own. A made COCO file of 450 MB, as that of the training photos of COCO 2017 is, is read for one
of its photos, in a process of its own, whose memory is told. Then a person does both in the real window with the real
engine: a timer beats in it every 5 ms; a pause is the time between two beats. Seconds are from what the person did
until the map is whole again. The window opens unseen, unless QT_QPA_PLATFORM says otherwise.

--only does some of it (map, file, window); --details keeps where every thread was in pauses of more than 50 ms.
"""

import argparse
import json
import multiprocessing
import os
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePath
from time import perf_counter, process_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image

from qmap_studio.core.pictures import Picture
from qmap_studio.document import Annotation, AnnotationsFile, Document, PictureIdentity, read_annotations
from qmap_studio.document.annotations.rules import ClassRule, Length, Rules

HEIGHT, WIDTH = 4000, 6000
BOXES, CLASSES = 100_000, 20
IMAGES, ANNOTATIONS, OF_PHOTO = 118_000, 860_000, 7
PHOTO, PHOTO_ID = "000000118000.jpg", 118_000
MAP_S, FILE_S, FILE_GB, PAUSE_MS = 2.0, 15.0, 2.0, 100.0


def boxes() -> list[tuple[str, float, float, float, float]]:
    """Class, left, top, width and height; most sides are of 12 to 50 pixels."""
    random = np.random.default_rng(0)
    sides = np.clip(random.lognormal(np.log(24), 0.7, (BOXES, 2)), 3, 600)
    corners = random.uniform(0, 1, (BOXES, 2)) * ((WIDTH, HEIGHT) - sides)
    labels = [f"class {n}" for n in random.integers(CLASSES, size=BOXES)]
    return [(label, *row) for label, row in zip(labels, np.hstack([corners, sides]).round(2).tolist(), strict=True)]


def compose() -> list[float]:
    """From rules to the whole map: seconds of each case."""
    found = AnnotationsFile(tuple(Annotation.box(*box) for box in boxes()))
    by_class = tuple((f"class {n}", ClassRule((n + 1) / (CLASSES + 1))) for n in range(CLASSES))
    times = []
    for kind, classes in (("of one quality", ()), ("of 20 qualities", by_class)):
        for feather_px in (0, 16):
            document = Document(Picture(np.zeros((HEIGHT, WIDTH, 3), np.uint8)))
            rules = Rules(classes, feather=Length(feather_px))
            begun, worked = perf_counter(), process_time()
            document.apply_annotations(found, rules, "boxes.json")
            times.append(perf_counter() - begun)
            told = f"{times[-1]:.2f} s, {process_time() - worked:.2f} s of a core (budget {MAP_S:g} s)"
            print(f"{BOXES} boxes {kind}, feather {feather_px}: {told}", flush=True)
    return times


def write_coco(path: Path) -> None:
    """A COCO file in the order of the published ones."""
    random = np.random.default_rng(1)
    images = (f'{{"id": {n}, {_image(n)}}}' for n in range(1, IMAGES + 1))
    outlines = [_outline(random) for _ in range(1000)]
    owners = np.append(random.integers(1, IMAGES, ANNOTATIONS - OF_PHOTO), [PHOTO_ID] * OF_PHOTO)
    random.shuffle(owners)
    entries = (
        f'{{"id": {n}, "image_id": {owner}, "category_id": {n % 80 + 1}, {outlines[n % 1000]}}}'
        for n, owner in enumerate(owners.tolist())
    )
    categories = (json.dumps({"id": n, "name": f"class {n}"}) for n in range(1, 81))
    with path.open("w") as file:
        file.write('{"info": {"description": "made"}, "licenses": []')
        for key, values in (("images", images), ("annotations", entries), ("categories", categories)):
            file.write(f', "{key}": [')
            file.writelines(_joined(values))
            file.write("]")
        file.write("}")


def _image(number: int) -> str:
    url = f"http://images.example.org/train/{number:012d}.jpg"
    size = f'"width": {WIDTH}, "height": {HEIGHT}'
    return f'"file_name": "{number:012d}.jpg", "coco_url": "{url}", "flickr_url": "{url}", "license": 3, {size}'


def _outline(random: np.random.Generator) -> str:
    points = random.uniform(0, HEIGHT, 2 * random.integers(10, 37)).round(2).tolist()
    return f'"iscrowd": 0, "area": {points[0]}, "bbox": {points[:4]}, "segmentation": [{points}]'


def _joined(values: Iterator[str]) -> Iterator[str]:
    yield next(values)
    yield from (f", {value}" for value in values)


def write_boxes(path: Path) -> None:
    """All the boxes as a list of detections."""
    names = [f"class {n}" for n in range(CLASSES)]
    content = {
        "images": [{"id": PHOTO_ID, "file_name": PHOTO, "width": WIDTH, "height": HEIGHT}],
        "categories": [{"id": n, "name": name} for n, name in enumerate(names)],
        "annotations": [
            {"image_id": PHOTO_ID, "category_id": names.index(label), "bbox": box} for label, *box in boxes()
        ],
    }
    path.write_text(json.dumps(content))


def read(path: Path) -> tuple[int, float, float]:
    """How many annotations there are, the seconds that it takes to read them, and the process's peak memory in GB."""
    begun = perf_counter()
    found = read_annotations(path, PictureIdentity(PurePath(PHOTO), WIDTH, HEIGHT))
    seconds = perf_counter() - begun
    return len(found.annotations), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def read_alone(path: Path) -> tuple[float, float]:
    """Seconds and GB, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        count, seconds, peak_gb = pool.apply(read, (path,))
    size = f"{path.stat().st_size / 1e6:.0f} MB, {ANNOTATIONS} annotations"
    print(f"{size}: {count} read in {seconds:.1f} s (budget {FILE_S:g} s), {peak_gb:.2f} GB (budget {FILE_GB:g} GB)")
    return seconds, peak_gb


def work(folder: Path, large: Path, details: Path | None) -> float:
    """Takes annotations in the window; gives the longest pause in ms."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QPushButton

    from qmap_studio.app import make_application
    from qmap_studio.ui.annotations.classes import KEEP
    from qmap_studio.ui.theme import apply_theme
    from tests.benchmarks.window import Watch
    from tests.e2e.story import LEFT, Person

    application = make_application()
    apply_theme("dark")
    person = Person(folder)
    window, annotating = person.window, person.window.annotating
    rough = np.random.default_rng(2).integers(0, 256, (HEIGHT // 40, WIDTH // 40, 3), np.uint8)
    Image.fromarray(rough).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC).save(folder / PHOTO, quality=90)
    person.open(folder / PHOTO)
    many = folder / "boxes.json"
    write_boxes(many)
    watch = Watch("annotations", window, details)

    def shows_preview() -> bool:
        task = annotating._task
        return task is not None and task.shown == task.panel.rules and is_whole(1)

    def is_whole(edits: int) -> bool:
        document = person.document
        return document.position + document.is_pending == edits and not document.is_behind

    def step(name: str, action, reached) -> None:
        watch.rest_until(perf_counter() + 0.5)
        watch.begin()
        begun = perf_counter()
        action()
        watch.step(name, begun, reached)
        print(f"{name}: {watch.cells[name]}", flush=True)

    def bring(path: Path) -> None:
        window.files._ask_open = lambda _title, _filters: path
        person.key(Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)

    def answer(text: str) -> None:
        button = next(b for b in annotating.panel.footer.findChildren(QPushButton) if b.text() == text)
        QTest.mouseClick(button, LEFT)

    def give_class() -> None:
        model = annotating.panel.table.model()
        model.setData(model.index(0, KEEP), "0.2")

    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    step("the large file: read and previewed", lambda: bring(large), shows_preview)
    step("cancelled", lambda: answer("Cancel"), lambda: is_whole(0))
    step(f"{BOXES} boxes: read", lambda: bring(many), lambda: annotating.panel is not None)
    step("previewed", lambda: None, shows_preview)
    step("a class gets another quality", give_class, shows_preview)
    step("accepted", lambda: answer("Import"), lambda: person.document.position == 1 and is_whole(1))
    step("undone", lambda: person.key(Qt.Key.Key_Z, control), lambda: is_whole(0))
    step("done again", lambda: person.key(Qt.Key.Key_Z, control | shift), lambda: is_whole(1))
    person.document.mark_saved()
    window.close()
    application.processEvents()
    return max(watch.longest_ms.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=("map", "file", "window"), default=("map", "file", "window"))
    parser.add_argument("--details", type=Path)
    options = parser.parse_args()
    kept = []
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder, "instances.json")
        if "map" in options.only:
            kept += [seconds <= MAP_S for seconds in compose()]
        if {"file", "window"} & set(options.only):
            write_coco(large)
        if "file" in options.only:
            seconds, peak_gb = read_alone(large)
            kept += [seconds <= FILE_S, peak_gb <= FILE_GB]
        if "window" in options.only:
            longest = work(Path(folder), large, options.details)
            print(f"longest pause: {longest:.0f} ms (budget {PAUSE_MS:g} ms)")
            kept.append(longest <= PAUSE_MS)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
