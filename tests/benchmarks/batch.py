"""Folders of photos: `python -m tests.benchmarks.batch PHOTOS [speed] [many] [annotations] [kills]`, all by default.

- speed: 200 photos of 0.4 megapixels, cut from those given, by one and by two worker processes; how often the codec was
  loaded.
- many: 100,000 tiny photos, without and with a file of annotations each: from the start of the process to the first
  photo that is begun, the parent's memory over the whole run (files are made up, journal, table and page are real), and
  the time of a run over what is done.
- annotations: one COCO file of 118,000 photos and 430 MB for all: the first photo and each further one.
- kills: the command over some photos is killed at a random moment and started again, until it is done; then nothing may
  be missing, nothing be done twice, and every file be what an unbroken run writes.

Other programs are no part of the figures: the machine's load is told beside them.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

import numpy as np
from PIL import Image

from qmap_studio.batch import Outcome, Plan, Run, Task, Totals
from qmap_studio.batch.journal import Journal
from qmap_studio.batch.processes import Processes
from qmap_studio.batch.table import rows_of
from qmap_studio.document import PictureIdentity
from qmap_studio.document.annotations.repeated import RepeatedReader
from qmap_studio.recipes.maps import MapRecipe

PARTS = ("speed", "many", "annotations", "kills")
SPEED_PHOTOS, HEIGHT, WIDTH = 200, 512, 768
FASTER_BAR = 1.8
MANY = 100_000
START_BAR_S, RESUME_BAR_S, MEMORY_BAR_MB = 10.0, 20.0, 500
COCO_PICTURES, COCO_BOXES = 118_000, 860_000
KILLED_PHOTOS = 10


class Silent:
    """Follows a run and says nothing."""

    def listed(self, totals: Totals) -> None:
        pass

    def ended(self, outcome: Outcome, totals: Totals) -> None:
        pass


class MadeUp:
    """Workers whose files are made up, to see what the parent does.

    Attributes:
        first, first_cpu: when the first one was begun, and the processor's seconds until then.
    """

    count = 2

    def __init__(self) -> None:
        self.first: float | None = None
        self.first_cpu = 0.0

    def outcomes(self, tasks: Iterator[Task], is_stopped: Callable[[], bool]) -> Iterator[tuple[Task, Outcome]]:
        for number, task in enumerate(tasks):
            if self.first is None:
                self.first, self.first_cpu = time.time(), time.process_time()
            task.output.parent.mkdir(parents=True, exist_ok=True)
            task.output.write_bytes(b"made up")
            bpp, psnr = 0.1 + number % 997 / 500, 30 + number % 89 / 10
            yield task, Outcome(task.place, task.file, 8, 8, 7, bpp, psnr, psnr + 1, psnr - 1, 0.97, 0.98, 0.96, 0.5)

    def close(self) -> None:
        pass


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--count", type=int, default=SPEED_PHOTOS, help="photos of the part speed")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--parent", type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.parent is not None:
        return parent(arguments.photos, arguments.parent)
    parts: dict[str, Callable[[Path], bool]] = {
        "speed": lambda folder: speed(arguments.photos, arguments.count, folder),
        "many": many,
        "annotations": annotations,
        "kills": lambda folder: kills(arguments.photos, arguments.kills, folder),
    }
    is_good = True
    for name in arguments.parts or PARTS:
        print(f"{name} (load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores)", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            is_good = parts[name](Path(folder)) and is_good
    return 0 if is_good else 1


def cut(photos: Path, count: int, height: int, width: int, folder: Path) -> Path:
    """So many parts of photos, of one size."""
    chance = random.Random(0)
    folder.mkdir()
    whole = [np.asarray(Image.open(path).convert("RGB")) for path in sorted(photos.glob("*.png"))]
    for number in range(count):
        pixels = whole[number % len(whole)]
        if pixels.shape[0] < height or pixels.shape[1] < width:
            pixels = np.rot90(pixels)
        top, left = (chance.randint(0, room) for room in (pixels.shape[0] - height, pixels.shape[1] - width))
        Image.fromarray(pixels[top : top + height, left : left + width]).save(folder / f"{number:03}.png")
    return folder


def speed(photos: Path, count: int, folder: Path) -> bool:
    cut(photos, count, HEIGHT, WIDTH, folder / "photos")
    seconds: dict[int, float] = {}
    processor: dict[int, float] = {}
    for workers in (1, 2):
        before = children_s()
        out = folder / f"out{workers}"
        processes = Processes(workers, "live", "cpu")
        began = time.perf_counter()
        totals = Run(Plan((folder / "photos",), out, MapRecipe(0.5)), Silent()).with_workers(processes)
        seconds[workers] = time.perf_counter() - began
        processes.close()
        processor[workers] = children_s() - before
        assert totals.done == count, "photos have failed"
        coding = sum(float(row["seconds"]) for row in rows_of(out / "batch.csv"))
        each = f"{seconds[workers] / count:.2f} s a photo, {coding / count:.2f} s of it in a worker"
        each += f", {processor[workers] / count:.2f} s of the processor"
        print(f"  {workers} processes: {seconds[workers]:.1f} s, {each} (load {os.getloadavg()[0]:.1f})", flush=True)
    ratio = seconds[1] / seconds[2]
    print(f"  two are {ratio:.2f} times as fast (bar {FASTER_BAR});", end=" ")
    print(f"by the processor's time, as with a core for each, {2 * processor[1] / processor[2]:.2f} times")
    return ratio >= FASTER_BAR


def children_s() -> float:
    """The processor's time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def many(folder: Path) -> bool:
    photos, labels = folder / "photos", folder / "labels"
    labels.mkdir()
    small = folder / "small.png"
    Image.new("RGB", (8, 8)).save(small)
    content = small.read_bytes()
    for number in range(MANY):
        place = photos / f"{number // 1000:03}"
        if number % 1000 == 0:
            place.mkdir(parents=True)
        (place / f"{number:06}.png").write_bytes(content)
        (labels / f"{number:06}.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    is_good = True
    for what in ("plain", "annotated"):
        for run in ("new", "again"):
            command = [sys.executable, "-m", "tests.benchmarks.batch", str(folder), "--parent", str(time.time())]
            environment = {**os.environ, "ANNOTATED": what}
            found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
            start_s, start_cpu_s, whole_s, whole_cpu_s, memory_mb, done, before = map(float, found.split())
            if run == "new":
                told = (
                    f"first photo begun after {start_s:.1f} s, {start_cpu_s:.1f} of the processor (bar {START_BAR_S:g})"
                )
                is_good = is_good and start_s <= START_BAR_S and done == MANY
            else:
                told = f"over after {whole_s:.1f} s, {whole_cpu_s:.1f} of the processor (bar {RESUME_BAR_S:g})"
                is_good = is_good and whole_s <= RESUME_BAR_S and before == MANY
            print(
                f"  {what}, {run}: {told}; {memory_mb:.0f} MB (bar {MEMORY_BAR_MB}), {whole_s:.0f} s in all", flush=True
            )
            is_good = is_good and memory_mb <= MEMORY_BAR_MB
        shutil.rmtree(folder / "out")
    return is_good


def parent(folder: Path, started: float) -> int:
    """A run with made up files; prints what `many` reads."""
    recipe = MapRecipe(annotations=folder / "labels") if os.environ["ANNOTATED"] == "annotated" else MapRecipe()
    workers = MadeUp()
    totals = Run(Plan((folder / "photos",), folder / "out", recipe), Silent()).with_workers(workers)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    first_s, whole_s = (workers.first or started) - started, time.time() - started
    print(first_s, workers.first_cpu, whole_s, time.process_time(), memory_mb, totals.done, totals.before)
    return 0


def annotations(folder: Path) -> bool:
    chance = random.Random(0)
    path = folder / "coco.json"
    outlines = [[[round(chance.uniform(0, 480), 2) for _ in range(44)]] for _ in range(500)]
    with path.open("w") as file:
        file.write('{"images": [')
        pictures = ({"id": n, "file_name": f"{n:012}.jpg", "width": 640, "height": 480} for n in range(COCO_PICTURES))
        file.write(", ".join(map(json.dumps, pictures)) + '], "annotations": [')
        for number in range(COCO_BOXES):
            box = {"id": number, "image_id": chance.randrange(COCO_PICTURES), "category_id": 1, "iscrowd": 0}
            box |= {"bbox": [473.07, 395.93, 38.65, 28.67], "segmentation": outlines[number % 500]}
            file.write(", " * bool(number) + json.dumps(box))
        file.write('], "categories": [{"id": 1, "name": "person"}]}')
    reader = RepeatedReader(folder)
    seconds = []
    for number in range(1000):
        began = time.perf_counter()
        reader.read(path, PictureIdentity(PurePath(f"{number * 100:012}.jpg"), 640, 480))
        seconds.append(time.perf_counter() - began)
    kept = sum(each.stat().st_size for each in folder.glob("*.sqlite"))
    print(f"  {path.stat().st_size / 1e6:.0f} MB: {seconds[0]:.1f} s for the first photo, then", end=" ")
    print(f"{1000 * float(np.median(seconds[1:])):.1f} ms; {kept / 1e6:.0f} MB are kept beside it meanwhile")
    return max(seconds[1:]) < 1.0


def kills(photos: Path, most: int, folder: Path) -> bool:
    cut(photos, KILLED_PHOTOS, 128, 192, folder / "photos")
    names = sorted(path.name for path in (folder / "photos").iterdir())
    whole = command(folder, "whole")
    began = time.perf_counter()
    assert whole.wait() == 0
    took = time.perf_counter() - began
    wanted = {path.name: path.read_bytes() for path in (folder / "whole").glob("*.sfc")}
    assert len(wanted) == len(names)
    chance = random.Random(0)
    count = rounds = 0
    faults: list[str] = []
    while count < most:
        rounds += 1
        shutil.rmtree(folder / "out", ignore_errors=True)
        while True:
            process = command(folder, "out")
            try:
                process.wait(chance.uniform(0, took))
                break
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                count += 1
                half = [path.name for path in (folder / "out").glob("*.sfc") if path.read_bytes() != wanted[path.name]]
                faults += [f"half a file: {name}" for name in half]
        faults += [f"ended with {process.returncode}"] if process.returncode else []
        files = {path.name: path.read_bytes() for path in (folder / "out").glob("*.sfc")}
        told = [row["photo"] for row in rows_of(folder / "out" / "batch.csv") if not row["error"]]
        journal = [outcome.photo for _, outcome in Journal(folder / "out")._lines()]
        faults += [] if files == wanted else ["the files are others"]
        faults += [] if sorted(told) == names else ["the table is not true"]
        faults += [] if sorted(journal) == names else ["a photo was done twice"]
    print(f"  {count} kills in {rounds} runs over {KILLED_PHOTOS} photos: {len(faults)} faults", *faults, sep="\n    ")
    return not faults


def command(folder: Path, out: str) -> "subprocess.Popen[bytes]":
    """The program itself, in a session of its own."""
    line = [sys.executable, "-m", "qmap_studio", "batch", str(folder / "photos"), "-o", str(folder / out)]
    line += ["--device", "cpu", "--workers", "2"]
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


if __name__ == "__main__":
    raise SystemExit(main())
