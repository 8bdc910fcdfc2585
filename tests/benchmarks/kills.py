"""What is lost when the program is killed: `python -m tests.benchmarks.kills PHOTO`.

The real window shows a photo; a script paints with the mouse, adds layers, drags shapes, changes adjustments, undoes
and saves the project, at random. At a random moment, also in the middle of a drag, the process gets kill -9. Then every
project and every copy in the recovery folder must open and miss nothing, but for a copy that the kill cut off in its
first version. What is lost is the time from the beginning of the first edit that is in none of those that the program
offers to the kill.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep, time

import numpy as np
from PIL import Image

from qmap_studio.core.errors import ProjectError, QMapStudioError
from qmap_studio.core.pictures import Picture
from qmap_studio.document import Document
from qmap_studio.document.project import read_project
from qmap_studio.engine import abandoned

BUDGET_S = 5.0
SIDE_PX = 2000
FIRST_S, LAST_S = 2.0, 12.0
"""After the photo is open."""
STALE_BYTES = 1 << 18
"""Little, so that copies are begun anew in seconds as else in hours."""


def worker(photo: Path, folder: Path, seed: int) -> None:
    """Works until it is killed; each line of the log is when an edit began, its number and what it was."""
    from PySide6.QtCore import Qt

    from qmap_studio.app import make_application
    from qmap_studio.document.layers import arrange
    from qmap_studio.document.layers.adjustments import Blur
    from qmap_studio.document.layers.gradient import LinearGradient
    from qmap_studio.document.layers.shape import ShapeLayer
    from qmap_studio.engine import recovery
    from qmap_studio.ui import saving
    from tests.e2e.story import Person

    recovery.LEAST_STALE_BYTES = STALE_BYTES
    chance = random.Random(seed)
    application = make_application()
    person = Person(folder)
    person.open(photo)
    document = person.document
    saving.ask_save_as = lambda *_arguments: (folder / "work.qmapproj", 0)
    log = (folder / "log").open("w")
    number = 0

    def wait(least_s: float, most_s: float) -> None:
        end = time() + chance.uniform(least_s, most_s)
        while time() < end:
            application.processEvents()

    def drag(*points: tuple[float, float]) -> None:
        person.drag(*points, meanwhile=lambda: wait(0, 0.1))

    def edit(what: str) -> None:
        x, y = chance.random(), chance.random()
        shapes = [placed for layer in document.layers if isinstance(layer, ShapeLayer) for placed in layer.shapes]
        if what == "stroke":
            person.choose_tool(Qt.Key.Key_B)
            drag((x, y), (chance.random(), chance.random()), (chance.random(), chance.random()))
        elif what == "gradient":
            document.add_layer(LinearGradient((0, 0), (1000 * x + 5, 900), 0.2, 0.8, opacity=0.3), "Gradient")
        elif what == "shape" or (what == "move" and not shapes):
            person.choose_tool(Qt.Key.Key_R)
            drag((x, y), (x + 0.05, y + 0.05), (x + 0.1, y + 0.1))
        elif what == "move":
            person.choose_tool(Qt.Key.Key_V)
            reach = chance.choice(shapes).reach
            across = (reach.x + reach.width / 2) / document.picture.width
            down = (reach.y + reach.height / 2) / document.picture.height
            drag((across, down), ((across + x) / 2, (down + y) / 2), (x, y))
        elif what == "adjust":
            layer = document.layers[-1]
            document.replace_layer(layer, replace(layer, adjustments=(Blur(chance.randint(1, 20)),)), "Adjust")
        elif what == "undo":
            document.undo()  # of the number
            document.undo()
        else:
            person.window.saving.save()

    print("begun", flush=True)
    while True:
        what = chance.choice(["stroke", "stroke", "stroke", "gradient", "shape", "move", "adjust", "undo", "save"])
        number += 1
        log.write(f"{time()} {number} {what}\n")
        log.flush()
        edit(what)
        base = document.layers[0]
        # The number goes along in the name of the base, as one more edit.
        document.replace_layer(base, replace(base, name=f"{number}"), "Number")
        if len(document.layers) > 12:
            document.change_layers(arrange.without(document.finish(), document.layers[1].key), "Fewer")
        wait(0.02, 0.3)


@dataclass(frozen=True)
class Outcome:
    """Of one kill.

    Attributes:
        lost_s: how much work is lost.
        edits: what was done, in order.
        files: how many files opened.
        cut_off: how many copies the kill cut off in their first version.
        faults: why other files did not open, or what they miss.
    """

    lost_s: float
    edits: tuple[str, ...]
    files: int
    cut_off: int
    faults: tuple[str, ...]


def kill_once(photo: Path, number: int) -> Outcome:
    chance = random.Random(number)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-m", "tests.benchmarks.kills", str(photo), "--worker", name, "--seed", str(number)]
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_DATA_HOME": name}
        environment["QT_LOGGING_RULES"] = "default.warning=false"  # of what is not there without a screen
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        sleep(chance.uniform(FIRST_S, LAST_S))
        killed = time()
        process.kill()
        assert process.wait() == -signal.SIGKILL, "it has ended by itself"
        return outcome(photo, folder, killed)


def outcome(photo: Path, folder: Path, killed: float) -> Outcome:
    """What is left in the folder of a worker that was killed."""
    lines = [line.split() for line in (folder / "log").read_text().splitlines()]
    project = folder / "work.qmapproj"
    copies = sorted((folder / "recovery").glob("*/*.qmapproj"))
    held: dict[Path, int] = {}
    cut_off, faults = 0, []
    for path in (*copies, *([project] if project.exists() else [])):
        try:
            held[path] = last_edit(path, photo, is_copy=path != project)
        except QMapStudioError as error:
            if b"manifest-2.json" in path.read_bytes():
                faults.append(f"{path.name}: {error}")
            else:
                cut_off += 1
    offered = {project, *(copy.path for copy in abandoned(folder / "recovery"))}
    kept = max((edit for path, edit in held.items() if path in offered), default=0)
    lost = [float(begun) for begun, edit, _ in lines if int(edit) > kept]
    lost_s = killed - min(lost) if lost else 0.0
    return Outcome(lost_s, tuple(what for *_, what in lines), len(held), cut_off, tuple(faults))


def last_edit(path: Path, photo: Path, is_copy: bool) -> int:
    """The number of the last edit in a file; raises if it does not open, or something is missing."""
    read = read_project(path)
    losses = read.losses[1:] if is_copy else read.losses  # the first is that a copy has no directory
    if losses:
        raise ProjectError(" ".join(losses))
    with Image.open(photo) as image:
        picture = Picture(np.zeros((image.height, image.width, 3), np.uint8))
    name = Document.of_project(read.project, picture).layers[0].name
    return int(name) if name.isdigit() else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker is not None:
        worker(arguments.photo, arguments.worker, arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder, "photo.png")
        image = Image.open(arguments.photo).convert("RGB")
        image.thumbnail((SIDE_PX, SIDE_PX))
        image.save(small)
        outcomes = []
        for number in range(arguments.kills):
            found = kill_once(small, number)
            outcomes.append(found)
            figures = f"{len(found.edits):3d} edits, {found.files} files open, {found.cut_off} cut off"
            print(f"{number + 1:3d}: {figures}, {found.lost_s:.1f} s lost", *found.faults, sep="\n     ", flush=True)
    lost, faults = [found.lost_s for found in outcomes], sum(len(found.faults) for found in outcomes)
    done = Counter(what for found in outcomes for what in found.edits)
    print(f"{done.total()} edits:", ", ".join(f"{count} {what}" for what, count in done.most_common()))
    print(f"{len(lost)} kills: {faults} files do not open or miss something;", end=" ")
    print(f"{np.median(lost):.1f} s lost at the median, {max(lost):.1f} at most (budget {BUDGET_S:g})")
    return 0 if max(lost) <= BUDGET_S and not faults else 1


if __name__ == "__main__":
    raise SystemExit(main())
