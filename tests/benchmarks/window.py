"""How long a person waits in the window with large photos, and how long it stands still meanwhile.

    python -m tests.benchmarks.window [--photos FOLDER] [--only NAME ...] [--idle-only] [--details FOLDER]

The real window with the real engine opens photos, is painted on with the mouse, compares and exports, once by itself
and once beside a process that keeps one core busy; each scenario runs in a process of its own, and its photo is the one
of the folder that is nearest in size (100 megapixels are put together from all of them). Seconds are from what the
person did until it is painted, or until the file lies there. A timer beats in the window every 5 ms; a pause is the
time between two beats. Told are the longest of a step and the one that 99 of 100 do not reach. Where there is no
screen, the window opens on one of xvfb-run.

--details keeps pictures of the window, and where every thread was in pauses of more than 50 ms.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import numpy as np
from PIL import Image, ImageOps
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QRect, QSettings, Qt, QTimer
from PySide6.QtGui import QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from qmap_studio.app import load_the_rest, make_application
from qmap_studio.core.settings import Settings
from qmap_studio.engine import LiveResult
from qmap_studio.recipes.folders import pictures_in
from qmap_studio.ui.theme import apply_theme
from qmap_studio.ui.window import MainWindow

SCENARIOS = {"24mp": 24, "3mp-compare": 3, "3mp-export": 3, "100mp": 100}  # by the megapixels of their photos
MOSAIC, TILES = (11_600, 8_700), 4  # pixels, and photos along each side
WINDOW = (1600, 1000)
LIMIT_S = 300.0
BEAT_MS, LONG_MS = 5, 50
BRUSH_PX, STROKE_PX, STROKE_S, MOVES = 300, 2000, 1.0, 60


class Watch(QObject):
    """Looks at the window as a person does, and at its pauses."""

    def __init__(self, name: str, window: Any, details: Path | None) -> None:
        super().__init__(window)
        self.cells: dict[str, str] = {}
        self.longest_ms: dict[str, float] = {}
        self._name, self._window, self._details = name, window, details
        self._pauses: list[float] = []
        self._last = perf_counter()
        self._known = QRegion()  # where there is a reconstruction
        self._changed: dict[str, float] = {}  # when a pane got what it is waited for
        self._painted: dict[object, float] = {}
        self._loop = QEventLoop(self)
        self._is_over: Callable[[], bool] = lambda: True
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        window.controller.document_shown.connect(lambda _document: self._changed.update(original=perf_counter()))
        window.controller.live_result_arrived.connect(self._on_live_result)
        if details is not None:
            threading.Thread(target=self._trace, args=(details / f"{name}.txt",), daemon=True).start()

    def wait(self, reached: Callable[[], bool]) -> None:
        """Lets the window work until the person sees something."""
        begun = perf_counter()
        self._is_over = lambda: reached() or perf_counter() - begun > LIMIT_S
        self._loop.exec()
        if not reached():
            raise TimeoutError

    def rest_until(self, moment: float) -> None:
        self.wait(lambda: perf_counter() >= moment)

    def step(self, name: str, begun: float, reached: Callable[[], bool]) -> None:
        """Waits, and writes down for how long and with which pauses."""
        told = f"not reached in {LIMIT_S:.0f} s"
        try:
            self.wait(reached)
            told = f"{perf_counter() - begun:.2f} s"
        finally:
            pauses = 1e3 * np.array(self._pauses)
            self.longest_ms[name] = float(pauses.max())
            self.cells[name] = f"{told}, pauses {pauses.max():.0f} / {np.percentile(pauses, 99):.0f} ms"
            if self._details is not None:
                self._window.grab().save(str(self._details / f"{self._name}, {name}.png"))
            self.begin()

    def begin(self) -> None:
        """From now on pauses count."""
        self._pauses.clear()
        self._last = perf_counter()

    def shows(self, pane: str) -> bool:
        """Whether the pane was painted since it got what it is to show."""
        viewport = self._window.canvas.workspace.panes.pane(pane).viewport()
        return pane in self._changed and self._painted.get(viewport, 0.0) > self._changed[pane]

    def is_exact(self) -> bool:
        return bool(self._window.figures.state == "exact")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._painted[watched] = perf_counter()
        return False

    def _on_live_result(self, result: LiveResult) -> None:
        self._known = self._known.united(QRect(*result.rect))
        if QRegion(0, 0, result.picture.width, result.picture.height).subtracted(self._known).isEmpty():
            QTimer.singleShot(0, self._when_written)

    def _when_written(self) -> None:
        """Large results are written to the canvas band by band."""
        if self._window.canvas.workspace.panes.is_writing:
            QTimer.singleShot(0, self._when_written)
        else:
            self._changed.setdefault("reconstruction", perf_counter())

    def _beat(self) -> None:
        now = perf_counter()
        self._pauses.append(now - self._last)
        self._last = now
        if self._is_over():
            self._loop.quit()

    def _trace(self, path: Path) -> None:
        with path.open("w") as file:
            while True:
                sleep(LONG_MS / 4e3)
                pause_ms = 1e3 * (perf_counter() - self._last)
                if pause_ms > LONG_MS:
                    print(f"{pause_ms:.0f} ms, after {list(self.cells)[-1:]}", file=file)
                    for thread, frame in sys._current_frames().items():
                        calls = traceback.extract_stack(frame)[:-9:-1]
                        places = [f"{Path(call.filename).name}:{call.lineno} {call.name}" for call in calls]
                        print(f"  {thread}: {' < '.join(places)}", file=file, flush=True)


def run_scenario(name: str, photo: Path, details: Path | None) -> dict[str, str]:
    """What was measured, by the steps' names."""
    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        window: Any = MainWindow(Settings(theme="dark", folder=folder))
        apply_theme("dark", window)
        window.resize(*WINDOW)
        watch = Watch(name, window, details)
        ready: list[str] = []
        window.controller.codec_changed.connect(ready.append)
        window.first_painted.connect(lambda: load_the_rest(window))
        window.show()
        with suppress(TimeoutError):
            watch.step("start: the codec is loaded", perf_counter(), lambda: bool(ready))
            play(name, photo, window, watch, Path(folder) / "exported.sfc")
        status = Path("/proc/self/status")
        peak = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
        watch.cells["peak memory"] = f"{int(peak[1]) / 1024:.0f} MB" if peak else "unknown"
        window._bridge.stop()
    application.processEvents()
    return watch.cells


def play(name: str, photo: Path, window: Any, watch: Watch, exported: Path) -> None:
    """Works as a person would."""
    for pane in ("original", "reconstruction"):
        window.canvas.workspace.panes.pane(pane).viewport().installEventFilter(watch)
    watch.begin()
    begun = perf_counter()
    window.open(photo)
    watch.step("opening: on the canvas", begun, lambda: watch.shows("original"))
    if name == "3mp-compare":
        asked = perf_counter()
        window.actions_by_name["compare"].trigger()
        watch.step("compare, asked at opening", asked, lambda: window.comparing.view is not None)
    else:
        watch.step("opening: whole reconstruction, approximate", begun, lambda: watch.shows("reconstruction"))
    watch.step("opening: all exact, with figures", begun, watch.is_exact)
    if name == "24mp":
        draw_stroke(window, watch)
    elif name == "3mp-export":
        export(window, watch, "export to half the size", exported, window.files.size_bytes // 2)
    elif name == "100mp":
        export(window, watch, "export of what is shown", exported, None)


def draw_stroke(window: Any, watch: Watch) -> None:
    """A stroke through the middle of the photo, at the zoom that fits."""
    workspace = window.canvas.workspace
    workspace.brush = replace(workspace.brush, size_px=BRUSH_PX)
    pane = workspace.panes.pane("original").viewport()
    reach = STROKE_PX / 2 * workspace.zoom / pane.devicePixelRatioF()
    places = [pane.rect().center() + QPoint(round(x), 0) for x in np.linspace(-reach, reach, MOVES)]
    begun = perf_counter()
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=places[0])
    for i, place in enumerate(places):
        watch.rest_until(begun + i * STROKE_S / MOVES)
        QTest.mouseMove(pane, place)
    released = perf_counter()
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=places[-1])
    watch.step("stroke: drawn", begun, lambda: True)
    watch.step("stroke: all exact again, with figures", released, watch.is_exact)


def export(window: Any, watch: Watch, name: str, path: Path, target_bytes: int | None) -> None:
    """Through the menu and its dialog."""

    def answer() -> None:
        dialog: Any = QApplication.activeModalWidget()
        next(line for line in dialog.findChildren(QLineEdit) if line.accessibleName() == "File").setText(str(path))
        if target_bytes is not None:
            dialog.limit_to(target_bytes)
        dialog.accept()

    begun = perf_counter()
    QTimer.singleShot(0, answer)
    window.actions_by_name["export"].trigger()
    watch.step(name, begun, path.exists)


def measure(name: str, photo: Path, is_busy: bool, details: Path | None) -> dict[str, str]:
    """What a process of its own finds, beside one that does nothing but compute if that is wanted."""
    command = [sys.executable, "-m", "tests.benchmarks.window", "--only", name, "--scenario", str(photo)]
    if details is not None:
        folder = details / ("busy" if is_busy else "idle")
        folder.mkdir(parents=True, exist_ok=True)
        command += ["--details", str(folder)]
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())  # what a person has installed takes no part
        if is_busy:
            other = stack.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            stack.callback(other.kill)
        done = subprocess.run(command, env=os.environ | {"XDG_DATA_HOME": home}, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout)) if done.returncode == 0 else {"ended": f"with {done.returncode}"}


def make_mosaic(photos: list[Path], path: Path) -> None:
    width, height = MOSAIC[0] // TILES, MOSAIC[1] // TILES
    mosaic = Image.new("RGB", MOSAIC)
    for i in range(TILES**2):
        with Image.open(photos[i % len(photos)]) as image:
            tile = ImageOps.fit(image.convert("RGB"), (width, height))
        mosaic.paste(tile, (i % TILES * width, i // TILES * height))
    mosaic.save(path, quality=92)


def megapixels(path: Path) -> float:
    with Image.open(path) as image:
        return image.width * image.height / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.window")
    parser.add_argument("--photos", type=Path, default=Path("../shared/data/large"))
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=list(SCENARIOS), metavar="NAME")
    parser.add_argument("--idle-only", action="store_true")
    parser.add_argument("--details", type=Path)
    parser.add_argument("--scenario", type=Path, metavar="PHOTO", help=argparse.SUPPRESS)  # in a process of its own
    arguments = parser.parse_args()
    if arguments.scenario is not None:
        print(json.dumps(run_scenario(arguments.only[0], arguments.scenario, arguments.details)))
        return 0
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        command = [sys.executable, "-m", "tests.benchmarks.window", *sys.argv[1:]]
        os.execvp("xvfb-run", ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", *command])
    photos = pictures_in(arguments.photos)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; pauses: the longest / 99 of 100 are shorter\n")
    print("| photo | what | idle | busy |\n| --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.only:
            photo = min(photos, key=lambda path: abs(megapixels(path) - SCENARIOS[name]))
            if name == "100mp":
                photo = Path(folder) / "mosaic.jpg"
                make_mosaic(photos, photo)
            idle = measure(name, photo, False, arguments.details)
            busy = {} if arguments.idle_only else measure(name, photo, True, arguments.details)
            for what in dict.fromkeys((*idle, *busy)):
                cells = f"{idle.get(what, '')} | {busy.get(what, '')}"
                print(f"| {megapixels(photo):.1f} MP | {what} | {cells} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
