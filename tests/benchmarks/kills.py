"""What is lost when the program is killed: `python -m tests.benchmarks.kills PHOTO`.

The real window shows a photo; a script paints with the mouse, adds layers, drags shapes, changes adjustments, undoes
and saves the project, at random. At a random moment the process gets kill -9. Then every project and every copy in the
recovery folder must open, and what is lost is the time from the first edit that is in none of them to the kill.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import sleep, time

import numpy as np
from PIL import Image

from qmap_studio.core.pictures import Picture
from qmap_studio.document import Document
from qmap_studio.document.project import read_project
from qmap_studio.engine import abandoned

BUDGET_S = 5.0
SIDE_PX = 2000
FIRST_S, LAST_S = 2.0, 12.0


def worker(photo: Path, folder: Path, seed: int) -> None:
    """Works until it is killed; each line of the log is the time of an edit, by its number."""
    from qmap_studio.app import make_application
    from qmap_studio.document.layers import arrange
    from qmap_studio.document.layers.adjustments import Blur
    from qmap_studio.document.layers.gradient import LinearGradient
    from qmap_studio.ui import saving
    from tests.e2e.story import Person

    chance = random.Random(seed)
    application = make_application()
    person = Person(folder)
    person.open(photo)
    document = person.document
    saving.ask_save_as = lambda *_arguments: (folder / "work.qmapproj", 0)
    log = (folder / "log").open("w")
    number = 0

    def edit() -> None:
        at = chance.random(), chance.random()
        what = chance.choice(["stroke", "stroke", "stroke", "gradient", "shape", "move", "adjust", "undo", "save"])
        if what == "stroke":
            person.choose_tool(66)
            person.drag(at, (chance.random(), chance.random()), (chance.random(), chance.random()))
        elif what == "gradient":
            document.add_layer(LinearGradient((0, 0), (1000 * at[0] + 5, 900), 0.2, 0.8, opacity=0.3), "Gradient")
        elif what == "shape":
            person.choose_tool(82)
            person.drag(at, (at[0] + 0.05, at[1] + 0.05), (at[0] + 0.1, at[1] + 0.1))
        elif what == "move":
            person.choose_tool(86)
            person.drag(at, (at[0] + 0.05, at[1]), (at[0] + 0.1, at[1]))
        elif what == "adjust" and len(document.layers) > 1:
            layer = document.layers[-1]
            document.replace_layer(layer, replace(layer, adjustments=(Blur(chance.randint(1, 20)),)), "Adjust")
        elif what == "undo":
            document.undo()
        elif what == "save":
            person.window.saving.save()

    print("begun", flush=True)
    while True:
        edit()
        number += 1
        base = document.layers[0]
        # The number goes along in the name of the base, as one more edit.
        document.replace_layer(base, replace(base, name=f"{number}"), "Number")
        log.write(f"{time()} {number}\n")
        log.flush()
        if len(document.layers) > 12:
            document.change_layers(arrange.without(document.finish(), document.layers[1].key), "Fewer")
        rest = time() + chance.uniform(0.02, 0.3)
        while time() < rest:
            application.processEvents()


def kill_once(photo: Path, number: int) -> tuple[float, int, int]:
    """Seconds of work that were lost, how many edits there were, and how many files opened; raises if one does not."""
    chance = random.Random(number)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-m", "tests.benchmarks.kills", str(photo), "--worker", name, "--seed", str(number)]
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_DATA_HOME": name}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        sleep(chance.uniform(FIRST_S, LAST_S))
        killed = time()
        process.send_signal(signal.SIGKILL)
        process.wait()
        edits = [line.split() for line in (folder / "log").read_text().splitlines() if line.count(" ") == 1]
        times = {int(edit): float(when) for when, edit in edits}
        paths = [copy.path for copy in abandoned(folder / "recovery")]
        paths += [path for path in (folder / "work.qmapproj",) if path.exists()]
        kept = 0
        with Image.open(photo) as image:
            picture = Picture(np.zeros((image.height, image.width, 3), np.uint8))
        for path in paths:
            document = Document.of_project(read_project(path).project, picture)
            base = document.layers[0].name
            kept = max(kept, int(base) if base.isdigit() else 0)
        lost = [when for edit, when in times.items() if edit > kept and when <= killed]
        return (killed - min(lost) if lost else 0.0), len(times), len(paths)


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
        lost = []
        for number in range(arguments.kills):
            seconds, edits, files = kill_once(small, number)
            lost.append(seconds)
            print(f"{number + 1:3d}: {edits:3d} edits, {files} files open, {seconds:.1f} s lost", flush=True)
    print(
        f"{len(lost)} kills: {np.median(lost):.1f} s lost at the median, {max(lost):.1f} at most (budget {BUDGET_S:g})"
    )
    return 0 if max(lost) <= BUDGET_S else 1


if __name__ == "__main__":
    raise SystemExit(main())
