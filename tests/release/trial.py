"""What a packed program must do, whatever it is packed in."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from qmap_studio import __version__
from qmap_studio.core.pictures import read_picture
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.evaluation.metrics import psnr_db

ROOT = Path(__file__).parents[2]
LEAST_PSNR_DB = 30.0
"""At quality 0.5 the sample photo comes back better than this; with foreign weights it would be noise."""


class TrialError(Exception):
    """What was packed does not do what it must; the message is a sentence."""


class Program:
    """A packed program that is tried in a folder of its own, away from the clone and from a person's settings.

    Args:
        command: how it is started.
        folder: an empty folder for what it reads and writes.
    """

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self.command, self.folder = list(command), folder
        self.environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA"):
            self.environment[name] = str(folder)
        self.environment.pop("QMAP_STUDIO_SETTINGS", None)

    def check_version(self) -> str:
        """That it starts and is of this version.

        Raises:
            TrialError: it is not.
        """
        told = self._run("--version").strip()
        if told != f"qmap-studio {__version__}":
            raise TrialError(f"--version should tell {__version__}; it told {told!r}.")
        return f"it starts: {told}"

    def check_photo(self) -> str:
        """That it encodes the sample photo, and that what it decodes is the photo.

        Raises:
            TrialError: it does not.
        """
        photo, file, picture = sample_photo_path(), self.folder / "photo.sfc", self.folder / "photo.png"
        self._run("encode", str(photo), "-o", str(file))
        self._run("decode", str(file), "-o", str(picture))
        psnr = psnr_db(read_picture(photo).pixels, read_picture(picture).pixels)
        if not psnr > LEAST_PSNR_DB:
            raise TrialError(f"the photo came back with {psnr:.2f} dB; above {LEAST_PSNR_DB:g} dB was expected.")
        return f"it encodes a photo to {file.stat().st_size} bytes and decodes them, PSNR {psnr:.2f} dB"

    def check_window(self, patience_s: float = 120) -> str:
        """That its window opens, on a screen of its own, with the sample photo in it.

        Raises:
            TrialError: it ends, or shows nothing in time.
        """
        photo = sample_photo_path()
        screen, number = _start_screen()
        environment = self.environment | {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        log = self.folder / "window.log"
        begin = time.monotonic()
        with log.open("w") as output:
            window = subprocess.Popen(
                [*self.command, str(photo)], cwd=self.folder, env=environment, stdout=output, stderr=output
            )
        try:
            _wait_until(lambda: photo.name in _titles(number) or window.poll() is not None, patience_s)
            if window.poll() is not None:
                raise TrialError(f"the window ended with code {window.returncode}: {_end_of(log.read_text())}")
            if photo.name not in _titles(number):
                raise TrialError(f"no window shows {photo.name} after {patience_s:g} s: {_end_of(log.read_text())}")
            return f"its window shows {photo.name} after {time.monotonic() - begin:.1f} s"
        finally:
            for process in (window, screen):
                process.terminate()
                process.wait()

    def _run(self, *arguments: str) -> str:
        run = subprocess.run(
            [*self.command, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        if run.returncode:
            raise TrialError(f"{arguments[0]} ended with code {run.returncode}: {_end_of(run.stderr)}")
        return run.stdout


def build(command: Sequence[str]) -> None:
    """Runs a command that builds something of the clone.

    Raises:
        TrialError: it fails.
    """
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        raise TrialError(f"{' '.join(command[:4])}… ended with code {run.returncode}: {_end_of(run.stderr)}")


def report(trial: Callable[[Callable[[str], None]], None]) -> int:
    """Runs a trial that tells what it has checked, as a command does; gives the exit code."""
    try:
        trial(lambda sentence: print(f"ok: {sentence}", flush=True))
    except TrialError as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    return 0


def _end_of(output: str) -> str:
    return "\n".join(output.strip().splitlines()[-12:]) or "it told nothing"


def _start_screen() -> tuple[subprocess.Popen[bytes], int]:
    """An Xvfb and the number of its display, which it chooses itself."""
    if shutil.which("Xvfb") is None or shutil.which("xwininfo") is None:
        raise TrialError("Xvfb and xwininfo are needed to see the window (Debian: xvfb, x11-utils).")
    reading, writing = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    if not number:
        raise TrialError(f"Xvfb ended with code {screen.wait()}.")
    return screen, int(number)


def _titles(display: int) -> str:
    """What xwininfo tells of all windows of a display."""
    command = ["xwininfo", "-display", f":{display}", "-root", "-tree"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _wait_until(holds: Callable[[], bool], patience_s: float) -> None:
    end = time.monotonic() + patience_s
    while not holds() and time.monotonic() < end:
        time.sleep(0.5)
